"""Asking everybody whether she is safe, and writing down what is heard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.alerts import facts, policies, queries, rolls
from village.alerts.actions.drafting import home_of, neighbourhoods_of
from village.alerts.models import Answer, Condition, RollCall, Source
from village.core.actor import Actor
from village.core.errors import DomainError, Invalid, NotFound
from village.journal import notices
from village.journal.actions import record
from village.stewardship.queries import settings_of, setup_of

SHELTERS_MAX = 20
AT_ONCE_MAX = 5
FORGOTTEN_AT_ONCE = 20
# A neighbour does not write over what the household says, nor either over who knows best.
_LESS_SURE = (Source.NEIGHBOUR, Source.FAMILY)


class RollCallClosed(DomainError):
    """Nobody is asked any more."""

    code = "alerts.roll_call_closed"

    def __init__(self) -> None:
        super().__init__(_("This roll call is closed."))


class SomebodyKnowsBetter(DomainError):
    """Somebody who is nearer to her has said it: who is less sure does not write over that."""

    code = "alerts.answered_already"

    def __init__(self) -> None:
        super().__init__(_("This person has been heard of already. Thank you."))


class TooManyRollCalls(DomainError):
    """So many are open already that nobody would know which to answer."""

    code = "alerts.too_many_roll_calls"

    def __init__(self) -> None:
        super().__init__(_("Please close another roll call first."))


@transaction.atomic
def open_roll_call(
    *,
    by: Actor,
    village: str,
    alert_id: UUID | None = None,
    neighbourhoods: Sequence[UUID] = (),
    shelters: Sequence[str] = (),
    is_drill: bool = False,
    at: datetime,
) -> RollCall:
    """
    Ask everybody of an area whether she is safe; that of an alert is for those it hits.

    :raises NotFound: if the actor does not live there
    :raises Forbidden: if she does not warn for the town hall
    :raises Invalid: if there is no such alert or neighbourhood
    :raises TooManyRollCalls: if too many are open
    """
    home = home_of(village)
    policies.may_warn(by, village).enforce()
    if RollCall.objects.filter(village=home, closed_at=None).count() >= AT_ONCE_MAX:
        raise TooManyRollCalls
    near = neighbourhoods_of(home, neighbourhoods)
    if alert_id is not None:
        alert = queries.told_in(home.pk).filter(pk=alert_id).first()
        if alert is None:
            raise Invalid(_("There is no such warning."), field="alert")
        near = near or list(alert.neighbourhoods.all())
        is_drill = alert.is_drill
    days = settings_of(home, setup_of(home)).roll_call_days
    roll = RollCall.objects.create(
        village=home,
        alert_id=alert_id,
        is_drill=is_drill,
        shelters=list(dict.fromkeys(shelters))[:SHELTERS_MAX],
        opened_by_id=by.principal_id,
        forget_at=at + timedelta(days=days),
        created_at=at,
    )
    roll.neighbourhoods.set(near)
    record(facts.RollCallOpened(village=home.pk, roll_call=roll.pk), by=by, at=at)
    return roll


@transaction.atomic
def close_roll_call(*, by: Actor, roll_call_id: UUID, at: datetime) -> RollCall:
    """
    Ask nobody any more; what was answered stays until it is forgotten.

    :raises NotFound: if there is none for the actor to see
    :raises Forbidden: if she does not warn for the town hall
    :raises RollCallClosed: if it is closed already
    """
    roll = _locked(roll_call_id)
    policies.may_warn(by, roll.village_id).enforce()
    if roll.closed_at is not None:
        raise RollCallClosed
    roll.closed_at = at
    roll.save(update_fields=["closed_at"])
    record(facts.RollCallEnded(village=roll.village_id, roll_call=roll.pk), by=by, at=at)
    return roll


@transaction.atomic
def give_answer(
    *,
    by: Actor,
    roll_call_id: UUID,
    resident_id: UUID | None = None,
    condition: Condition,
    shelter: str = "",
    note: str = "",
    at: datetime,
) -> Answer:
    """
    Say how somebody is: oneself, a person one helps, or one whom one has looked after or knows.

    The latest word counts; but a neighbour does not write over her household, and neither of them
    over herself, her helper, or who has seen her.

    :raises NotFound: if there is no such roll call, or nobody there whom the actor may speak of
    :raises RollCallClosed: if nobody is asked any more
    :raises SomebodyKnowsBetter: if the actor comes after better knowledge
    :raises Invalid: if the shelter is none of those that were named
    """
    roll = _locked(roll_call_id)
    about = resident_id or by.principal_id
    source = policies.source_of(by, roll, about)
    if source is None:
        raise NotFound
    if roll.closed_at is not None:
        raise RollCallClosed
    if condition == Condition.AT_SHELTER:
        if roll.shelters and shelter not in roll.shelters:
            raise Invalid(_("Please choose one of the shelters."), field="shelter")
    else:
        shelter = ""
    known = Answer.objects.filter(roll_call=roll, resident=about).first()
    if known is not None and _weight(source) < _weight(known.source):
        raise SomebodyKnowsBetter
    answer, _is_new = Answer.objects.update_or_create(
        roll_call=roll,
        resident_id=about,
        defaults={
            "condition": condition,
            "shelter": shelter,
            "note": note,
            "source": source,
            "given_by_id": by.helper_id or by.principal_id,
            "at": at,
        },
        create_defaults={
            "village_id": roll.village_id,
            "condition": condition,
            "shelter": shelter,
            "note": note,
            "source": source,
            "given_by_id": by.helper_id or by.principal_id,
            "at": at,
            "created_at": at,
        },
    )
    # She was asked, and the question is answered: nobody calls her for it any more.
    notices.settle(
        village=roll.village_id, resident_id=about, thread=f"roll-calls/{roll.pk}", at=at
    )
    fact = facts.AnswerGiven(village=roll.village_id, roll_call=roll.pk, answer=answer.pk)
    record(fact, by=by, at=at)
    return answer


def forget_answers(*, by: Actor, at: datetime) -> int:
    """
    Forget who answered what where its days are over, and keep the numbers; give how many.

    :raises NotFound: if the actor is not the system
    """
    policies.may_take_in(by).enforce()
    forgotten = 0
    for pk in list(rolls.to_forget(at).values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]):
        with transaction.atomic():
            roll = rolls.to_forget(at).select_for_update().filter(pk=pk).first()
            if roll is None:
                continue
            roll.figures = rolls.figures(roll)
            roll.forgotten_at, roll.closed_at = at, roll.closed_at or at
            roll.save(update_fields=["figures", "forgotten_at", "closed_at"])
            roll.answers.all().delete()
            fact = facts.RollCallForgotten(village=roll.village_id, roll_call=roll.pk)
            record(fact, by=by, at=at)
            forgotten += 1
    return forgotten


def _weight(source: str) -> int:
    return _LESS_SURE.index(Source(source)) if source in _LESS_SURE else len(_LESS_SURE)


def _locked(roll_call_id: UUID) -> RollCall:
    found = RollCall.objects.select_for_update().filter(pk=roll_call_id).first()
    if found is None:
        raise NotFound
    return found
