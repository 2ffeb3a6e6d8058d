"""Warning the village: one drafts, another one releases, and one is enough to take it back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.alerts import cap, composing, facts, policies, queries
from village.alerts.actions.drafting import Danger, home_of, message_of, write_down
from village.alerts.models import Alert, Stage
from village.alerts.wordings import marked
from village.core.actor import SYSTEM, Actor
from village.core.errors import DomainError, Invalid, NotFound
from village.journal.actions import record


class AlertDecided(DomainError):
    """The draft has been released or discarded already."""

    code = "alerts.decided"

    def __init__(self) -> None:
        super().__init__(_("Somebody has decided about this already."))


class AlertOver(DomainError):
    """The alert is not in force any more, or was not meant to last until now."""

    code = "alerts.over"

    def __init__(self) -> None:
        super().__init__(_("This is over. Please write a new warning."))


@transaction.atomic
def draft_alert(*, by: Actor, village: str, danger: Danger, at: datetime) -> Alert:
    """
    Write an alert down, to be released by a second person.

    :raises NotFound: if the actor does not live there
    :raises Forbidden: if she does not warn for the town hall
    :raises Invalid: if it has no text, lasts too long, or its area is not in the village
    :raises TooManyDrafts: if too many wait already
    """
    home = home_of(village)
    policies.may_warn(by, village).enforce()
    return write_down(by, home, danger, None, at)


@transaction.atomic
def draft_update(*, by: Actor, alert_id: UUID, danger: Danger, at: datetime) -> Alert:
    """
    Write down how a danger in force goes on; it replaces what was told once it is released.

    :raises NotFound: if there is no such alert for the actor to see
    :raises Forbidden: if she does not warn for the town hall
    :raises AlertOver: if it is not in force
    :raises Invalid: as for a new one; a drill stays a drill
    """
    told = _locked(alert_id)
    policies.may_warn(by, told.village_id).enforce()
    _check_in_force(told, at)
    if danger.is_drill != told.is_drill:
        raise Invalid(_("A drill stays a drill, and no drill becomes serious."), field="drill")
    return write_down(by, told.village, danger, told, at)


@transaction.atomic
def release_alert(*, by: Actor, alert_id: UUID, at: datetime) -> Alert:
    """
    Tell the village, as the second person.

    :raises NotFound: if there is no such draft for the actor to see
    :raises Forbidden: if she has written it herself
    :raises AlertDecided: if it has been released or discarded, or what it replaces has moved on
    :raises AlertOver: if it was not meant to last until now
    """
    draft = _locked(alert_id)
    policies.may_release(by, draft).enforce()
    if draft.stage != Stage.DRAFT:
        raise AlertDecided
    if draft.expires_at <= at:
        raise AlertOver
    return give_out(by, draft, at)


@transaction.atomic
def discard_alert(*, by: Actor, alert_id: UUID, at: datetime) -> Alert:
    """
    Throw a draft away.

    :raises NotFound: if there is no such draft for the actor to see
    :raises AlertDecided: if it has been released or discarded
    """
    draft = _locked(alert_id)
    policies.may_discard(by, draft).enforce()
    if draft.stage != Stage.DRAFT:
        raise AlertDecided
    draft.stage = Stage.DISCARDED
    draft.save(update_fields=["stage"])
    record(facts.AlertDiscarded(village=draft.village_id, alert=draft.pk), by=by, at=at)
    return draft


@transaction.atomic
def cancel_alert(*, by: Actor, alert_id: UUID, why: str = "", at: datetime) -> Alert:
    """
    Take an alert in force back, at once and alone: a false alarm must not wait for anybody.

    :raises NotFound: if there is no such alert for the actor to see
    :raises Forbidden: if she does not warn for the town hall
    :raises AlertOver: if it is not in force
    """
    told = _locked(alert_id)
    policies.may_warn(by, told.village_id).enforce()
    _check_in_force(told, at)
    texts = [text | {"description": why or text["description"]} for text in told.texts]
    cancel = message_of(
        told.village,
        told,
        cap.MsgType.CANCEL,
        at,
        drafted_by_id=by.principal_id,
        category=told.category,
        urgency=cap.Urgency.PAST.value,
        severity=told.severity,
        certainty=told.certainty,
        is_drill=told.is_drill,
        expires_at=told.expires_at,
        texts=marked(texts) if told.is_drill else texts,
        area_name=told.area_name,
        polygon=told.polygon,
    )
    cancel.neighbourhoods.set(told.neighbourhoods.all())
    return give_out(by, cancel, at)


def end_over(*, by: Actor, at: datetime) -> int:
    """
    End what is over, and drafts that came to nothing, so that they leave the screens.

    Give the number of both.

    :raises NotFound: if the actor is not the system
    """
    policies.may_take_in(by).enforce()
    ended = 0
    for pk in list(queries.over(at).values_list("pk", flat=True)[:100]):
        with transaction.atomic():
            if queries.over(at).filter(pk=pk).update(stage=Stage.EXPIRED):
                alert = Alert.objects.get(pk=pk)
                record(facts.AlertExpired(village=alert.village_id, alert=pk), by=by, at=at)
                ended += 1
    for pk in list(queries.stale(at).values_list("pk", flat=True)[:100]):
        with transaction.atomic():
            if queries.stale(at).filter(pk=pk).update(stage=Stage.DISCARDED):
                alert = Alert.objects.get(pk=pk)
                record(facts.AlertDiscarded(village=alert.village_id, alert=pk), by=by, at=at)
                ended += 1
    return ended


def give_out(by: Actor, draft: Alert, at: datetime) -> Alert:
    """Put an alert in force, and out of force what it replaces."""
    if draft.replaces_id is not None:
        gone = Stage.CANCELLED if draft.is_cancel else Stage.REPLACED
        before = Alert.objects.filter(pk=draft.replaces_id)
        moved = before.filter(stage__in=(Stage.RELEASED, Stage.EXPIRED)).update(stage=gone)
        if not moved:
            raise AlertDecided
    draft.stage, draft.released_at = Stage.RELEASED, at
    draft.released_by_id = None if by == SYSTEM else by.principal_id
    if not draft.document:
        draft.sent_at = composing.to_the_second(at)
        draft.document = composing.write(draft, draft.village).decode()
    draft.save(update_fields=["stage", "released_at", "released_by", "sent_at", "document"])
    fact = facts.AlertReleased(
        village=draft.village_id, alert=draft.pk, first=draft.first_id or draft.pk
    )
    record(fact, by=by, at=at)
    return draft


def _check_in_force(told: Alert, at: datetime) -> None:
    if told.stage in (Stage.DRAFT, Stage.DISCARDED):
        raise NotFound
    if told.stage != Stage.RELEASED or told.expires_at <= at or told.is_cancel:
        raise AlertOver


def _locked(alert_id: UUID) -> Alert:
    found = (
        Alert.objects.select_for_update(of=("self",))
        .select_related("village", "feed")
        .filter(pk=alert_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found
