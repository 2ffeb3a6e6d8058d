"""What lies on the stewards' desk."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from village.core.actor import Actor
from village.core.errors import NotFound
from village.residents.models import Grant, Membership, Role
from village.residents.queries import holds, member_of

# Roles by which one acts for an office: they take two people to give.
STAFF = frozenset({Role.EDITOR, Role.CLERK, Role.COORDINATOR, Role.MODERATOR, Role.STEWARD})


def is_steward(by: Actor, village: str) -> bool:
    """Tell whether the actor is a steward of a village."""
    return holds(by, village, Role.STEWARD)


def roles_visible_to(by: Actor, village: str) -> QuerySet[Grant]:
    """
    Give the roles of a village, proposed ones too: all to a steward, her own to a member.

    :raises NotFound: if the actor does not belong to the village
    """
    grants = Grant.objects.filter(
        membership__village=member_of(by, village), membership__ended_at=None
    )
    if not is_steward(by, village):
        grants = grants.filter(membership__resident=by.principal_id)
    return with_all_that_is_shown(grants)


def with_all_that_is_shown(grants: QuerySet[Grant]) -> QuerySet[Grant]:
    """Read whose the roles are, and who proposed them."""
    return grants.select_related("membership__resident", "proposed_by")


def grant(grant_id: UUID) -> Grant | None:
    """Find a role that somebody has or is to have."""
    return with_all_that_is_shown(Grant.objects.filter(pk=grant_id)).first()


def membership_in(village: str, resident_id: UUID) -> Membership:
    """
    Find somebody's membership.

    :raises NotFound: if she does not live there
    """
    found = (
        Membership.objects.current()
        .filter(village=village, resident=resident_id, resident__is_active=True)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def over(at: datetime) -> QuerySet[Grant]:
    """Give the roles whose time is over."""
    return Grant.objects.filter(until__lte=at)
