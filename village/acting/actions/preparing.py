"""The verbs of what may only be prepared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.acting import facts, policies, queries
from village.acting.models import PreparedAct, WaitsFor
from village.assist.actions import stay_awake
from village.assist.models import Mandate
from village.core.actor import Actor, Scope
from village.core.errors import DomainError, Invalid, NeedsTwo, NotFound
from village.journal.actions import record

BODY_MAX = 64 * 1024
CARRIED = frozenset({"application/json", "application/x-www-form-urlencoded", ""})


@dataclass(frozen=True, slots=True)
class Request:
    """Hold what a helper asked for, so that it can be asked for again."""

    scope: Scope
    method: str
    path: str
    content_type: str
    body: bytes


class Settled(DomainError):
    """Somebody has decided on it already, or it has waited too long."""

    code = "assist.settled"

    def __init__(self) -> None:
        super().__init__(_("This has been decided already, or it has waited too long."))


# Ask again, as this actor; raises what refuses it.
Ask = Callable[[Request, Actor], None]


@transaction.atomic
def prepare(*, by: Actor, request: Request, waits_for: WaitsFor, at: datetime) -> PreparedAct:
    """
    Keep what a helper would do until somebody else says yes to it.

    :raises Invalid: if it carries a file, or is too large
    """
    if request.content_type not in CARRIED:
        raise Invalid(_("A picture or a file cannot be prepared. Please do it together."))
    if len(request.body) > BODY_MAX or len(request.path) > 500:
        raise Invalid(_("This is too large to be prepared."))
    assert by.mandate_id is not None and by.helper_id is not None
    mandate = Mandate.objects.get(pk=by.mandate_id)
    act = PreparedAct.objects.create(
        village_id=mandate.village_id,
        mandate=mandate,
        volunteer_id=by.helper_id,
        waits_for=waits_for,
        scope=request.scope,
        method=request.method,
        path=request.path,
        content_type=request.content_type,
        body=request.body,
        created_at=at,
    )
    record(_fact(facts.ActPrepared, act), by=by, at=at)
    return act


@transaction.atomic
def carry_out(*, by: Actor, act_id: UUID, ask: Ask, at: datetime) -> PreparedAct:
    """
    Say yes to what was prepared, and do it, as the helper who prepared it.

    Only while her mandate is in force. Where it turns out that two volunteers are needed, it
    goes on waiting for the second one.

    :raises NotFound: if the actor sees no such act
    :raises Forbidden: if it is for somebody else to say yes
    :raises Settled: if it was decided on already
    :raises DomainError: the refusal, if it cannot be done any more
    """
    act = _locked(by, act_id, at)
    confirms_herself = by.is_assisted and by.helper_id == act.volunteer_id
    second_id = None if confirms_herself else (by.helper_id or by.principal_id)
    helper = queries.helper_of(act, second_id=second_id, at=at)
    if act.waits_for == WaitsFor.SECOND and second_id is not None:
        stay_awake(centre_id=act.mandate.centre_id, volunteer_id=second_id, at=at)
    request = request_of(act)
    try:
        with transaction.atomic():
            _settle(act, by, at, is_done=True)
            # Before the act's own facts, which take the streams they are told on.
            record(_fact(facts.ActCarriedOut, act), by=_for_the_person(by, act), at=at)
            ask(request, helper)
    except NeedsTwo:
        PreparedAct.objects.filter(pk=act.pk).update(waits_for=WaitsFor.SECOND)
        act.refresh_from_db(fields=["waits_for", "body", "settled_at", "settled_by", "is_done"])
    return act


@transaction.atomic
def drop(*, by: Actor, act_id: UUID, at: datetime) -> PreparedAct:
    """
    Decide that what was prepared is not done.

    :raises NotFound: if the actor sees no such act
    :raises Forbidden: if it is for somebody else to decide
    :raises Settled: if it was decided on already
    """
    act = _locked(by, act_id, at)
    _settle(act, by, at, is_done=False)
    record(_fact(facts.ActDropped, act), by=_for_the_person(by, act), at=at)
    return act


def request_of(act: PreparedAct) -> Request:
    """Give back what was prepared."""
    return Request(Scope(act.scope), act.method, act.path, act.content_type, bytes(act.body))


def _locked(by: Actor, act_id: UUID, at: datetime) -> PreparedAct:
    act = queries.prepared_acts().select_for_update(of=("self",)).filter(pk=act_id).first()
    if act is None:
        raise NotFound
    policies.may_settle(by, act, at=at).enforce()
    if not PreparedAct.objects.waiting(at).filter(pk=act.pk).exists():
        raise Settled
    return act


def _settle(act: PreparedAct, by: Actor, at: datetime, *, is_done: bool) -> None:
    act.body, act.settled_at, act.is_done = b"", at, is_done
    act.settled_by_id = by.helper_id or by.principal_id
    act.save(update_fields=["body", "settled_at", "settled_by", "is_done"])


def _for_the_person(by: Actor, act: PreparedAct) -> Actor:
    """Give the actor in whose name a yes stands in the ledger: it is the person's ledger."""
    if by.is_assisted or by.principal_id == act.mandate.person_id:
        return by
    return Actor(act.mandate.person_id, helper_id=by.principal_id, mandate_id=act.mandate_id)


def _fact(
    kind: type[facts.ActPrepared] | type[facts.ActCarriedOut] | type[facts.ActDropped],
    act: PreparedAct,
) -> facts.ActPrepared | facts.ActCarriedOut | facts.ActDropped:
    return kind(
        village=act.village_id,
        prepared=act.pk,
        person=act.mandate.person_id,
        centre=act.mandate.centre_id,
    )
