"""Who acts for whom now, what waits for a yes, and what was done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from village.acting.facts import SessionBegun, SessionEnded
from village.acting.models import (
    AssistedSession,
    Graduation,
    Place,
    PreparedAct,
    Statement,
    WaitsFor,
)
from village.assist import queries as mandates
from village.assist.models import Centre, Mandate
from village.core.actor import Actor, Level, Scope
from village.core.errors import DomainError, NotFound
from village.journal.models import Entry
from village.residents.queries import is_member, members


class NoSession(DomainError):
    """
    The helper holds the mandate, and the person is not with her.

    The way on is ``POST /mandates/{id}/sessions``, with a code from the person's card.
    """

    code = "assist.no_session"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            _("Please begin first: ask the person for a code from her card, and enter it.")
        )


def actor_in_session(*, helper_id: UUID, mandate_id: UUID, at: datetime) -> tuple[Actor, str]:
    """
    Give the actor that a helper is while she sits with a person, and the person's name.

    :raises MandateUnknown: if the helper holds no such mandate
    :raises MandateEnded: if it is not in force at this moment
    :raises NoSession: if the person is not with her
    """
    by, name = mandates.actor_under_mandate(helper_id=helper_id, mandate_id=mandate_id, at=at)
    session = _live(by, at)
    if session is None:
        raise NoSession
    until = session.ends_at if by.until is None else min(by.until, session.ends_at)
    limits = {
        scope: level
        for scope in by.scopes
        if (level := min(by.level(scope), Place(session.place).level, key=_height)) is not Level.ACT
    }
    return replace(by, until=until, limits=frozenset(limits.items())), name


def hold(by: Actor) -> None:
    """
    Lock the actor's mandate until the transaction ends, while the person is with her.

    :raises MandateEnded: if it is no longer in force, or no longer covers what it did
    :raises NoSession: if the session has ended
    """
    mandates.hold(by)
    if _live(by, timezone.now()) is None:
        raise NoSession


def stands(by: Actor) -> bool:
    """Tell whether the actor's mandate is in force, and the person with her."""
    return mandates.stands(by) and _live(by, timezone.now()) is not None


def visible_session(by: Actor, session_id: UUID) -> AssistedSession:
    """
    Find a session that the actor has or had, as the volunteer or as the person.

    :raises NotFound: if there is none
    """
    found = (
        AssistedSession.objects.select_related("mandate__centre", "mandate__person", "volunteer")
        .filter(pk=session_id)
        .first()
    )
    if by.is_assisted or found is None:
        raise NotFound
    is_hers = by.principal_id == found.mandate.person_id
    was_there = by.principal_id == found.volunteer_id and is_member(by, found.village_id)
    if not (is_hers or was_there):
        raise NotFound
    return found


def session_of(session_id: UUID) -> AssistedSession | None:
    """Find a session."""
    sessions = AssistedSession.objects.select_related("mandate__centre", "mandate__person")
    return sessions.filter(pk=session_id).first()


def overdue_sessions(at: datetime) -> QuerySet[AssistedSession]:
    """Give the sessions whose time is over and that nobody has ended."""
    return AssistedSession.objects.filter(ended_at=None, ends_at__lte=at).order_by("pk")


def live_session(volunteer_id: UUID, *, at: datetime) -> AssistedSession | None:
    """Give the session in which a volunteer is now."""
    sessions = AssistedSession.objects.live(at).filter(volunteer=volunteer_id)
    return sessions.select_related("mandate__person").first()


def acts_of(session: AssistedSession) -> QuerySet[Entry]:
    """Give what a volunteer did in a session, in its order; there is never another beside it."""
    return Entry.objects.filter(
        helper_id=session.volunteer_id,
        mandate_id=session.mandate_id,
        at__gte=session.starts_at,
        at__lte=session.over_at,
    ).order_by("pk")


def deeds_of(session: AssistedSession) -> QuerySet[Entry]:
    """Give what was done in a session, without what opens and closes every one."""
    return acts_of(session).exclude(kind__in=(SessionBegun.kind, SessionEnded.kind))


def ledger_of(person_id: UUID) -> QuerySet[Entry]:
    """Give what helpers did in a person's name."""
    return Entry.objects.filter(principal_id=person_id, helper_id__isnull=False)


def ledger_between(
    person_id: UUID, village: str, begins_at: datetime, ends_at: datetime
) -> QuerySet[Entry]:
    """Give what helpers did in a person's name in a time, [begins_at, ends_at), oldest first."""
    acts = ledger_of(person_id).filter(village=village, at__gte=begins_at, at__lt=ends_at)
    return acts.order_by("pk")


def month_before(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Give the calendar month that was over last, on a village's clock."""
    this = at.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (this - timedelta(days=1)).replace(day=1), this


def to_be_told(village: str, begins_at: datetime, ends_at: datetime) -> list[UUID]:
    """
    Give the people who are still to be told of a month.

    They are those for whom something was done, and those for whom it could have been.
    """
    acted_for = Entry.objects.filter(
        village=village, helper_id__isnull=False, at__gte=begins_at, at__lt=ends_at
    ).values("principal_id")
    could_be = Mandate.objects.filter(
        village=village, starts_at__lt=ends_at, ends_at__gt=begins_at
    ).exclude(revoked_at__lte=begins_at)
    told = Statement.objects.filter(village=village, begins_at=begins_at)
    waiting = members(village).filter(Q(pk__in=acted_for) | Q(pk__in=could_be.values("person")))
    return list(
        waiting.exclude(pk__in=told.values("person")).order_by("pk").values_list("pk", flat=True)
    )


def statement_of(statement_id: UUID) -> Statement | None:
    """Find a statement."""
    return Statement.objects.filter(pk=statement_id).first()


def graduation_of(graduation_id: UUID) -> Graduation | None:
    """Find a suggestion that a mandate shrinks."""
    rows = Graduation.objects.select_related("mandate__centre")
    return rows.filter(pk=graduation_id).first()


def prepared_acts() -> QuerySet[PreparedAct]:
    """Give prepared acts with all that is shown of them."""
    return PreparedAct.objects.select_related("mandate__centre", "mandate__person", "volunteer")


def waiting_for(by: Actor, *, at: datetime) -> QuerySet[PreparedAct]:
    """Give what waits for the actor's own yes; in assisted mode for her principal's."""
    waiting = prepared_acts().filter(pk__in=PreparedAct.objects.waiting(at).values("pk"))
    if by.is_assisted:
        return waiting.filter(mandate=by.mandate_id, waits_for=WaitsFor.PERSON)
    return waiting.filter(mandate__person=by.principal_id)


def waiting_at(centre: Centre, by: Actor, *, at: datetime) -> QuerySet[PreparedAct]:
    """
    Give what waits at a centre for a second volunteer, who is not the first.

    A volunteer sees that of people whose mandate names her, a coordinator all of it.
    """
    waiting = prepared_acts().filter(pk__in=PreparedAct.objects.waiting(at).values("pk"))
    waiting = waiting.filter(mandate__centre=centre, waits_for=WaitsFor.SECOND)
    if not mandates.is_coordinator(by, centre):
        waiting = waiting.filter(mandate__in=mandates.mandates_of_helper(by.principal_id, at=at))
    return waiting.exclude(volunteer=by.principal_id)


def helper_of(act: PreparedAct, *, second_id: UUID | None, at: datetime) -> Actor:
    """
    Give the actor for whom a prepared act is carried out, and hold her mandate.

    :raises MandateUnknown: if the volunteer no longer holds it
    :raises MandateEnded: if it is no longer in force, or no longer covers it
    """
    by, _name = mandates.actor_under_mandate(
        helper_id=act.volunteer_id, mandate_id=act.mandate_id, at=at
    )
    mandates.hold(by)
    if not by.may(Scope(act.scope), Level.PREPARE):
        raise mandates.MandateEnded
    return replace(by, limits=frozenset(), second_id=second_id)


def _live(by: Actor, at: datetime) -> AssistedSession | None:
    sessions = AssistedSession.objects.live(at)
    return sessions.filter(volunteer=by.helper_id, mandate=by.mandate_id).first()


def _height(level: Level) -> int:
    return list(Level).index(level)
