"""Giving roles and taking them back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.core.actor import SYSTEM, Actor
from village.core.errors import DomainError, Invalid, NotFound
from village.journal.actions import record
from village.journal.facts import Fact
from village.residents import facts
from village.residents.models import Grant, Role
from village.residents.places import OF_THE_VILLAGE, places_of
from village.stewardship import policies, queries
from village.stewardship.queries import STAFF

LONGEST = timedelta(days=5 * 366)
# What one job ends at most before it commits.
ENDED_AT_ONCE = 100


class RoleStands(DomainError):
    """The role is given already, or is waiting for the second steward."""

    code = "stewardship.role_stands"


@transaction.atomic
def grant_role(
    *,
    by: Actor,
    village: str,
    resident_id: UUID,
    role: Role,
    of: UUID | None = None,
    until: datetime | None = None,
    at: datetime,
) -> Grant:
    """
    Give a member a role; a staff role is only proposed by this, until a second steward agrees.

    What the operator of the deployment gives stands at once: the first steward comes that way.

    :raises NotFound: if the actor or the person does not belong to the village
    :raises Forbidden: if the actor is no steward
    :raises Invalid: if the role is of something else, or ends at a moment that makes no sense
    :raises RoleStands: if she has it, or if it has been proposed
    """
    policies.may_steward(by, village).enforce()
    membership = queries.membership_in(village, resident_id)
    _check_place(village, role, of)
    if until is not None and not at < until <= at + LONGEST:
        raise Invalid(_("Please choose a day to come, within five years."), field="until")
    stands = by == SYSTEM or role not in STAFF
    grant, is_new = Grant.objects.get_or_create(
        membership=membership,
        role=role,
        of=of,
        defaults={
            "proposed_by_id": None if by == SYSTEM else by.principal_id,
            "granted_at": at if stands else None,
            "until": until,
        },
    )
    if not is_new:
        raise RoleStands(
            _("She has this role already.")
            if grant.granted_at is not None
            else _("This has been proposed already, and waits for a second steward.")
        )
    told = facts.RoleGranted if stands else facts.RoleProposed
    record(told(**_named(grant, told)), by=by, at=at)
    return grant


@transaction.atomic
def confirm_role(*, by: Actor, grant_id: UUID, at: datetime) -> Grant:
    """
    Agree, as the second steward, that somebody gets a role.

    :raises NotFound: if there is no such proposal for the actor to see
    :raises Forbidden: if she is no steward, or has proposed it herself
    :raises RoleStands: if it has been confirmed already
    """
    grant = _locked(grant_id)
    policies.may_confirm(by, grant).enforce()
    if grant.granted_at is not None:
        raise RoleStands(_("She has this role already."))
    grant.granted_at = at
    grant.save(update_fields=["granted_at"])
    record(facts.RoleGranted(**_named(grant, facts.RoleGranted)), by=by, at=at)
    return grant


@transaction.atomic
def end_role(*, by: Actor, grant_id: UUID, at: datetime) -> None:
    """
    Take a role back, give one's own back, or drop a proposal.

    :raises NotFound: if there is no such role that the actor may end
    """
    grant = _locked(grant_id)
    policies.may_end(by, grant).enforce()
    _end(grant, by, at)


def end_over(*, at: datetime) -> int:
    """End the roles whose time is over, each in a transaction of its own; give their number."""
    first = queries.over(at).order_by("until", "pk")
    due = list(first.values_list("pk", flat=True)[:ENDED_AT_ONCE])
    for grant_id in due:
        with transaction.atomic():
            grant = queries.over(at).select_for_update().filter(pk=grant_id).first()
            if grant is not None:
                _end(grant, SYSTEM, at)
    return len(due)


def _end(grant: Grant, by: Actor, at: datetime) -> None:
    told = facts.RoleProposalDropped if grant.granted_at is None else facts.RoleWithdrawn
    fact = told(**_named(grant, told))
    grant.delete()
    record(fact, by=by, at=at)


def _check_place(village: str, role: Role, of: UUID | None) -> None:
    if role == Role.RESIDENT:
        raise Invalid(_("Living here is no role that is given."), field="role")
    if role in OF_THE_VILLAGE and of is not None:
        raise Invalid(_("This role is of the whole village."), field="of")
    if role not in OF_THE_VILLAGE and of not in places_of(role, village):
        raise Invalid(_("Please choose of which place of this village."), field="of")


def _locked(grant_id: UUID) -> Grant:
    found = Grant.objects.select_for_update().filter(pk=grant_id).first()
    if found is None or found.membership.ended_at is not None:
        raise NotFound
    return found


def _named(grant: Grant, fact: type[Fact]) -> dict[str, Any]:
    """Give what a fact tells of a grant."""
    named: dict[str, Any] = {
        "village": grant.membership.village_id,
        "resident_id": grant.membership.resident_id,
        "role": grant.role,
        "of": grant.of,
    }
    return named | {"grant_id": grant.pk} if "grant_id" in fact.model_fields else named
