"""Who may bring a mandate about, who may end it, and who runs a centre."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from village.assist import queries
from village.assist.models import Accreditation, Centre, Mandate
from village.core.actor import Actor
from village.core.policy import ALLOWED, Verdict, denied, hidden
from village.residents.models import Role
from village.residents.queries import holds, is_member


def may_open_centre(by: Actor, village: str) -> Verdict:
    """Say whether the actor may open a centre in a village, change or close it."""
    if holds(by, village, Role.STEWARD):
        return ALLOWED
    if by.is_assisted or not is_member(by, village):
        return hidden()
    return denied(_("Only the steward of the village opens and closes centres."))


def may_look_after(by: Actor, centre: Centre, person_id: UUID) -> Verdict:
    """Say whether the actor may register a person's details, her card, or that she stops."""
    if not queries.is_coordinator(by, centre):
        return denied(_("Only a coordinator of the centre does this."))
    if by.principal_id == person_id:
        return denied(_("Nobody does this for herself at the desk."))
    return ALLOWED


def may_accredit(by: Actor, centre: Centre, volunteer_id: UUID) -> Verdict:
    """Say whether the actor may propose, suspend or let go a volunteer."""
    if not queries.is_coordinator(by, centre):
        return denied(_("Only a coordinator of the centre decides about volunteers."))
    if by.principal_id == volunteer_id:
        return denied(_("Nobody decides about herself."))
    return ALLOWED


def may_vouch(by: Actor, accreditation: Accreditation) -> Verdict:
    """Say whether the actor may vouch for a volunteer: any other member of the village."""
    if by.is_assisted or not is_member(by, accreditation.village_id):
        return hidden()
    if by.principal_id == accreditation.volunteer_id:
        return denied(_("Nobody vouches for herself."))
    return ALLOWED


def may_propose(by: Actor, centre: Centre, person_id: UUID) -> Verdict:
    """Say whether the actor, who works at the centre, may draft a mandate of a person."""
    if by.is_assisted:
        return hidden()
    if by.principal_id == person_id:
        return denied(_("Nobody registers a mandate for herself."))
    return ALLOWED


def may_register(by: Actor, mandate: Mandate) -> Verdict:
    """Say whether the actor may put a mandate forward, or register how the person answered."""
    if not queries.is_coordinator(by, mandate.centre):
        return denied(_("Only a coordinator of the centre registers mandates."))
    if by.principal_id == mandate.person_id:
        return denied(_("Nobody registers a mandate for herself."))
    if by.principal_id in queries.assigned_to(mandate):
        return denied(_("Whoever carries a mandate out does not register it."))
    return ALLOWED


def may_answer(by: Actor, mandate: Mandate) -> Verdict:
    """Say whether the actor may answer on her own device: only the person herself."""
    if by.is_assisted or by.principal_id != mandate.person_id:
        return denied(_("Only the person herself answers on her device."))
    return ALLOWED


def may_assign(by: Actor, mandate: Mandate, volunteer_id: UUID) -> Verdict:
    """Say whether the actor may name a volunteer to carry out a mandate."""
    if not queries.is_coordinator(by, mandate.centre):
        return denied(_("Only a coordinator of the centre names volunteers."))
    if by.principal_id in (volunteer_id, mandate.person_id):
        return denied(_("Nobody names herself."))
    return ALLOWED


def may_oversee(by: Actor, mandate: Mandate, *, at: datetime) -> Verdict:
    """Say whether the actor may suspend a mandate, or let it go on."""
    if queries.is_coordinator(by, mandate.centre):
        return ALLOWED
    if queries.mandates_visible_to(by, at=at).filter(pk=mandate.pk).exists():
        return denied(_("Only a coordinator of the centre does this."))
    return hidden()


def may_revoke(by: Actor, mandate: Mandate, *, at: datetime) -> Verdict:
    """Say whether the actor may end a mandate: the person herself, or a coordinator."""
    if by.is_assisted:
        return hidden()
    if by.principal_id == mandate.person_id or queries.is_coordinator(by, mandate.centre):
        return ALLOWED
    if queries.mandates_visible_to(by, at=at).filter(pk=mandate.pk).exists():
        return denied(_("Only the person herself or a coordinator ends a mandate."))
    return hidden()
