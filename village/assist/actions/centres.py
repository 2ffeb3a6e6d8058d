"""The verbs of centres and their volunteers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.assist import facts, policies, queries
from village.assist.actions.endings import end_accreditations, end_mandates_of_centre
from village.assist.actions.locking import lock_mandates
from village.assist.models import (
    VOUCHERS_NEEDED,
    Accreditation,
    AccreditationStatus,
    Centre,
    Mandate,
    Voucher,
)
from village.core.actor import Actor, Scope
from village.core.errors import DomainError, Invalid, NotFound
from village.journal.actions import record, record_all
from village.residents.models import Village
from village.residents.naming import check_name
from village.residents.queries import members, village_or_404


class AlreadyProposed(DomainError):
    """The volunteer already stands with this centre."""

    code = "assist.already_proposed"


@dataclass(frozen=True, slots=True)
class Particulars:
    """Hold what is known of a centre, as it is shown and as it answers before the law."""

    name: str
    address: str
    phone: str
    responsible: str
    insurance: str
    opening_hours: str
    allowed_scopes: Collection[Scope]
    serves: Collection[str] = ()


@transaction.atomic
def open_centre(*, by: Actor, village: str, particulars: Particulars, at: datetime) -> Centre:
    """
    Open a community centre in a village.

    :raises NotFound: if the actor does not live there
    :raises Forbidden: if the actor is not its steward
    :raises Invalid: if it is to serve a village that there is not
    :raises NameTaken: if its name may be taken for that of another office
    """
    home = village_or_404(village)
    policies.may_open_centre(by, home.pk).enforce()
    centre = Centre(village=home, created_at=at)
    _keep(centre, particulars)
    record(facts.CentreOpened(village=home.pk, centre=centre.pk), by=by, at=at)
    return centre


@transaction.atomic
def change_centre(*, by: Actor, centre_id: UUID, particulars: Particulars, at: datetime) -> Centre:
    """
    Change what is known of a centre, or what new mandates may cover.

    :raises NotFound: if there is none of this id that the actor may know of
    :raises Forbidden: if the actor is not the village's steward
    :raises Invalid: if it is to serve a village that there is not
    :raises NameTaken: if its name may be taken for that of another office
    """
    centre = _locked(centre_id)
    policies.may_open_centre(by, centre.village_id).enforce()
    _keep(centre, particulars)
    record(facts.CentreChanged(village=centre.village_id, centre=centre.pk), by=by, at=at)
    return centre


@transaction.atomic
def close_centre(*, by: Actor, centre_id: UUID, at: datetime) -> None:
    """
    Close a centre, and end every mandate and accreditation that hangs on it.

    :raises NotFound: if there is none of this id that the actor may know of
    :raises Forbidden: if the actor is not the village's steward
    """
    centre = _locked(centre_id)
    policies.may_open_centre(by, centre.village_id).enforce()
    ended = end_mandates_of_centre(centre.pk, at=at)
    let_go = end_accreditations(Accreditation.objects.current().filter(centre=centre), at=at)
    centre.closed_at = at
    centre.save(update_fields=["closed_at"])
    closed = facts.CentreClosed(village=centre.village_id, centre=centre.pk)
    record_all([*ended, *let_go, closed], by=by, at=at)


@transaction.atomic
def propose_volunteer(
    *,
    by: Actor,
    centre_id: UUID,
    volunteer_id: UUID,
    trained_on: date,
    valid_until: datetime,
    at: datetime,
) -> Accreditation:
    """
    Propose somebody who has been trained; she helps once two members have vouched for her.

    :raises NotFound: if the actor does not work there, or nobody in the village has this id
    :raises Forbidden: if the actor is no coordinator of the centre, or proposes herself
    :raises Invalid: if the training is yet to come, or it would be over before it begins
    :raises AlreadyProposed: if she stands with this centre already
    """
    centre = queries.desk_or_404(by, centre_id, at=at)
    policies.may_accredit(by, centre, volunteer_id).enforce()
    if not members(centre.village_id).filter(pk=volunteer_id).exists():
        raise NotFound
    if trained_on > at.astimezone(centre.village.tzinfo).date():
        raise Invalid(_("The training comes first."), field="trained_on")
    if valid_until <= at:
        raise Invalid(_("This would be over before it begins."), field="valid_until")
    accreditation, is_new = Accreditation.objects.get_or_create(
        centre=centre,
        volunteer_id=volunteer_id,
        ended_at=None,
        defaults={
            "village_id": centre.village_id,
            "trained_on": trained_on,
            "valid_until": valid_until,
            "created_at": at,
        },
    )
    if not is_new:
        raise AlreadyProposed(_("She already stands with this centre."))
    fact = facts.VolunteerProposed(
        village=centre.village_id,
        accreditation=accreditation.pk,
        centre=centre.pk,
        volunteer=volunteer_id,
    )
    record(fact, by=by, at=at)
    return accreditation


@transaction.atomic
def vouch_for(*, by: Actor, accreditation_id: UUID, at: datetime) -> Accreditation:
    """
    Say that one knows a volunteer and trusts her; the second member's word lets her begin.

    A second call of the same member changes nothing.

    :raises NotFound: if there is none of this id in a village of the actor
    :raises Forbidden: if she is the volunteer
    """
    accreditation = _locked_accreditation(accreditation_id)
    policies.may_vouch(by, accreditation).enforce()
    if accreditation.status(at) is not AccreditationStatus.APPLIED:
        return accreditation
    _voucher, is_new = Voucher.objects.get_or_create(
        accreditation=accreditation, member_id=by.principal_id, defaults={"at": at}
    )
    if not is_new:
        return accreditation
    if accreditation.vouchers.count() >= VOUCHERS_NEEDED:
        accreditation.accredited_at = accreditation.awake_since = at
        accreditation.save(update_fields=["accredited_at", "awake_since"])
    fact = facts.VolunteerVouchedFor(
        village=accreditation.village_id,
        accreditation=accreditation.pk,
        centre=accreditation.centre_id,
        volunteer=accreditation.volunteer_id,
        is_accredited=accreditation.accredited_at is not None,
    )
    record(fact, by=by, at=at)
    return accreditation


@transaction.atomic
def suspend_volunteer(
    *, by: Actor, accreditation_id: UUID, reason: str, at: datetime
) -> Accreditation:
    """
    Suspend a volunteer with a reason: nothing she does after this commits.

    :raises NotFound: if there is none of this id at a centre where the actor works
    :raises Forbidden: if the actor is no coordinator of the centre, or the volunteer herself
    """
    accreditation = _decided_by(by, accreditation_id, at)
    accreditation.suspended_at, accreditation.suspended_reason = at, reason
    accreditation.save(update_fields=["suspended_at", "suspended_reason"])
    return _changed(accreditation, by, at)


@transaction.atomic
def resume_volunteer(*, by: Actor, accreditation_id: UUID, at: datetime) -> Accreditation:
    """
    Let a volunteer go on who was suspended, or who has fallen asleep.

    :raises NotFound: if there is none of this id at a centre where the actor works
    :raises Forbidden: if the actor is no coordinator of the centre, or the volunteer herself
    """
    accreditation = _decided_by(by, accreditation_id, at)
    accreditation.suspended_at, accreditation.suspended_reason = None, ""
    if accreditation.accredited_at is not None:
        accreditation.awake_since = at
    accreditation.save(update_fields=["suspended_at", "suspended_reason", "awake_since"])
    return _changed(accreditation, by, at)


def stay_awake(*, centre_id: UUID, volunteer_id: UUID, at: datetime) -> None:
    """Remember that a volunteer helps: whoever does so does not fall asleep."""
    Accreditation.objects.current().filter(
        centre=centre_id, volunteer=volunteer_id, awake_since__lt=at
    ).update(awake_since=at)


@transaction.atomic
def end_accreditation(*, by: Actor, accreditation_id: UUID, at: datetime) -> Accreditation:
    """
    Thank a volunteer and let her go; her mandates stay with the centre.

    :raises NotFound: if there is none of this id at a centre where the actor works
    :raises Forbidden: if the actor is no coordinator of the centre, or the volunteer herself
    """
    accreditation = _decided_by(by, accreditation_id, at)
    ended = end_accreditations([accreditation], at=at)
    record_all(ended, by=by, at=at)
    accreditation.refresh_from_db()
    return accreditation


def _keep(centre: Centre, particulars: Particulars) -> None:
    check_name(particulars.name, village=centre.village_id, but=centre.pk, field="name")
    serves = list(Village.objects.filter(pk__in=particulars.serves))
    if len(serves) < len(set(particulars.serves)):
        raise Invalid(_("There is no such village."), field="serves")
    centre.name, centre.address = particulars.name, particulars.address
    centre.phone, centre.opening_hours = particulars.phone, particulars.opening_hours
    centre.responsible, centre.insurance = particulars.responsible, particulars.insurance
    centre.allowed_scopes = sorted(set(particulars.allowed_scopes))
    centre.save()
    centre.serves.set(serves)


def _locked(centre_id: UUID) -> Centre:
    found = (
        Centre.objects.select_for_update(no_key=True).filter(pk=centre_id, closed_at=None).first()
    )
    if found is None:
        raise NotFound
    return found


def _locked_accreditation(accreditation_id: UUID) -> Accreditation:
    found = (
        Accreditation.objects.current()
        .select_related("centre")
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=accreditation_id, centre__closed_at=None)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _decided_by(by: Actor, accreditation_id: UUID, at: datetime) -> Accreditation:
    """Lock an accreditation about which the actor decides, once its acts in flight are done."""
    found = Accreditation.objects.current().filter(pk=accreditation_id).first()
    if found is None:
        raise NotFound
    centre = queries.desk_or_404(by, found.centre_id, at=at)
    policies.may_accredit(by, centre, found.volunteer_id).enforce()
    # Each act holds the row of its mandate.
    carried_out = Mandate.objects.open(at).filter(
        centre=found.centre_id, assignments__volunteer=found.volunteer_id
    )
    lock_mandates(list(carried_out.values_list("pk", flat=True)))
    return _locked_accreditation(accreditation_id)


def _changed(accreditation: Accreditation, by: Actor, at: datetime) -> Accreditation:
    fact = facts.AccreditationChanged(
        village=accreditation.village_id,
        accreditation=accreditation.pk,
        centre=accreditation.centre_id,
        volunteer=accreditation.volunteer_id,
        status=accreditation.status(at).value,
    )
    record(fact, by=by, at=at)
    return accreditation
