"""How a mandate ends before its time: in part, alone, or everything at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from village.assist import facts, policies, queries
from village.assist.actions.locking import lock_mandate, lock_mandates, lock_person
from village.assist.models import (
    FROZEN_FOR,
    Accreditation,
    AccreditationStatus,
    EndedBy,
    Freeze,
    Mandate,
    MandateStatus,
)
from village.core import walls
from village.core.actor import Actor
from village.core.errors import DomainError, NotFound
from village.journal.actions import record, record_all
from village.journal.facts import Fact
from village.residents.endings import Why

_OVER = (MandateStatus.EXPIRED, MandateStatus.REVOKED, MandateStatus.SUPERSEDED)


class NotNow(DomainError):
    """The mandate does not stand where this would make sense."""

    code = "assist.not_now"


@transaction.atomic
def revoke_mandate(*, by: Actor, mandate_id: UUID, at: datetime) -> Mandate:
    """
    End a mandate at once, or take back what was only asked; one that has ended stays as it is.

    :raises NotFound: if the actor may not see such a mandate
    :raises Forbidden: if the actor is a volunteer who only acts under it
    """
    mandate = lock_mandate(mandate_id)
    policies.may_revoke(by, mandate, at=at).enforce()
    if mandate.status(at) in _OVER or mandate.declined_at is not None:
        return mandate
    [ended] = _end([mandate], EndedBy.REVOKED, at)
    record(ended, by=by, at=at)
    return lock_mandate(mandate_id)


@transaction.atomic
def revoke_scope(*, by: Actor, mandate_id: UUID, scope: str, at: datetime) -> Mandate:
    """
    Take one thing out of a mandate at once; without the last one the mandate ends.

    :raises NotFound: if the actor may not see such a mandate, or it does not cover this
    :raises Forbidden: if the actor is a volunteer who only acts under it
    :raises NotNow: if it has ended
    """
    mandate = lock_mandate(mandate_id)
    policies.may_revoke(by, mandate, at=at).enforce()
    if mandate.status(at) not in (MandateStatus.ACTIVE, MandateStatus.SUSPENDED):
        raise NotNow(_("This mandate is not in force."))
    if scope not in mandate.covers:
        raise NotFound
    left = sorted(each for each in mandate.covers if each != scope)
    if not left:
        [ended] = _end([mandate], EndedBy.REVOKED, at)
        record(ended, by=by, at=at)
        return lock_mandate(mandate_id)
    mandate.scopes = left
    mandate.save(update_fields=["scopes"])
    fact = facts.MandateNarrowed(**mandate.ids, scope=str(scope))
    record(fact, by=by, at=at)
    return mandate


@transaction.atomic
def suspend_mandate(*, by: Actor, mandate_id: UUID, at: datetime) -> Mandate:
    """
    Stop a mandate for the time being, while a doubt is cleared up.

    :raises NotFound: if the actor may not see such a mandate
    :raises Forbidden: if she is no coordinator of its centre
    :raises NotNow: if it is not in force
    """
    mandate = lock_mandate(mandate_id)
    policies.may_oversee(by, mandate, at=at).enforce()
    if mandate.status(at) is not MandateStatus.ACTIVE:
        raise NotNow(_("This mandate is not in force."))
    mandate.suspended_at = at
    mandate.save(update_fields=["suspended_at"])
    record(facts.MandateSuspended(**mandate.ids), by=by, at=at)
    return mandate


@transaction.atomic
def resume_mandate(*, by: Actor, mandate_id: UUID, at: datetime) -> Mandate:
    """
    Let a suspended mandate go on.

    :raises NotFound: if the actor may not see such a mandate
    :raises Forbidden: if she is no coordinator of its centre, or would carry it out herself
    :raises NotNow: if it is not suspended
    """
    mandate = lock_mandate(mandate_id)
    policies.may_oversee(by, mandate, at=at).enforce()
    policies.may_register(by, mandate).enforce()
    if mandate.status(at) is not MandateStatus.SUSPENDED:
        raise NotNow(_("This mandate is not suspended."))
    mandate.suspended_at = None
    mandate.save(update_fields=["suspended_at"])
    record(facts.MandateResumed(**mandate.ids), by=by, at=at)
    return mandate


@transaction.atomic
def freeze(*, by: Actor, at: datetime) -> datetime:
    """
    End everything that anybody may do for the actor, and begin nothing new for three days.

    Gives the moment until which nothing new begins.

    :raises NotFound: in somebody else's name
    """
    if by.is_assisted:
        raise NotFound
    until, happened = stop_everything(by.principal_id, EndedBy.FROZEN, at=at)
    record_all(happened, by=by, at=at)
    return until


@transaction.atomic
def freeze_for(*, by: Actor, centre_id: UUID, person_id: UUID, at: datetime) -> datetime:
    """
    End everything for a person who asks for it at the desk or on the phone.

    :raises NotFound: if the actor does not work at such a centre, or it serves nobody of this id
    :raises Forbidden: if the actor is no coordinator of it
    """
    centre = queries.desk_or_404(by, centre_id, at=at)
    policies.may_look_after(by, centre, person_id).enforce()
    if not Mandate.objects.filter(centre=centre, person=person_id).exists() and (
        queries.home_served_by(centre, person_id) is None
    ):
        raise NotFound
    until, happened = stop_everything(person_id, EndedBy.FROZEN, at=at)
    record_all(happened, by=by, at=at)
    return until


@walls.lifted()
def stop_everything(person_id: UUID, why: EndedBy, *, at: datetime) -> tuple[datetime, list[Fact]]:
    """End all open mandates of a person and freeze; the caller records what is given back."""
    lock_person(person_id)
    locked = lock_mandates(
        list(Mandate.objects.open(at).filter(person=person_id).values_list("pk", flat=True))
    )
    ended = _end(locked, why, at)
    until = at + FROZEN_FOR
    Freeze.objects.create(resident_id=person_id, at=at, until=until)
    villages = queries.villages_of_person(person_id) | {each.village_id for each in locked}
    frozen = [
        facts.EverythingFrozen(village=village, person=person_id) for village in sorted(villages)
    ]
    return until, [*ended, *frozen]


def end_with_membership(
    *, resident_id: UUID, village: str | None, why: Why, by: Actor, at: datetime
) -> list[Fact]:
    """
    End the mandates that somebody gave in a village, and her accreditations at its centres.

    Every mandate touched is locked first, as each act under it holds it: acts in flight finish
    before, later ones find it ended. The caller records what is given back.
    """
    here = Q() if village is None else Q(village=village)
    accredited = Accreditation.objects.current().filter(here, volunteer=resident_id)
    given = Mandate.objects.open(at).filter(here, person=resident_id)
    held = Mandate.objects.open(at).filter(
        centre__in=accredited.values("centre"), assignments__volunteer=resident_id
    )
    locked = lock_mandates(
        sorted({*given.values_list("pk", flat=True), *held.values_list("pk", flat=True)})
    )
    ended = _end((each for each in locked if each.person_id == resident_id), EndedBy(why.value), at)
    return [*ended, *end_accreditations(accredited, at=at)]


def end_accreditations(accreditations: Iterable[Accreditation], *, at: datetime) -> list[Fact]:
    """End what volunteers may do; the caller has locked their mandates, and records this."""
    ended = list(accreditations)
    Accreditation.objects.filter(pk__in=[each.pk for each in ended]).update(ended_at=at)
    return [
        facts.AccreditationChanged(
            village=each.village_id,
            accreditation=each.pk,
            centre=each.centre_id,
            volunteer=each.volunteer_id,
            status=AccreditationStatus.ENDED.value,
        )
        for each in ended
    ]


def end_mandates_of_centre(centre_id: UUID, *, at: datetime) -> list[Fact]:
    """End all open mandates of a centre that closes; the caller records what is given back."""
    mandates = Mandate.objects.open(at).filter(centre=centre_id)
    return _end(lock_mandates(list(mandates.values_list("pk", flat=True))), EndedBy.CLOSED, at)


def _end(mandates: Iterable[Mandate], why: EndedBy, at: datetime) -> list[Fact]:
    # As they are under the lock: what ended meanwhile has ended once.
    ending = [each for each in mandates if each.revoked_at is None]
    Mandate.objects.filter(pk__in=[each.pk for each in ending]).update(revoked_at=at, ended_why=why)
    return [facts.MandateRevoked(**each.ids, why=why.value) for each in ending]
