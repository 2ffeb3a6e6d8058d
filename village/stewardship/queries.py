"""What lies on the stewards' desk."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Q, QuerySet

from village.core.actor import Actor
from village.core.errors import NotFound
from village.residents.models import Grant, Membership, Neighbourhood, Role, Village
from village.residents.queries import held, holds, member_of
from village.stewardship.models import ApiKey, Setup
from village.stewardship.settings import VillageSettings

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


def setup_of(village: Village) -> Setup:
    """Give how a village is set up; one that has set nothing yet has an empty setup."""
    found = Setup.objects.select_related("municipality__district").filter(village=village).first()
    return found or Setup(village=village)


def settings_of(village: Village, setup: Setup) -> VillageSettings:
    """Give the settings of a village."""
    return VillageSettings.model_validate(
        {
            "name": village.name,
            "language": village.language,
            "zone": village.zone,
            "full_names": village.full_names,
            **setup.settings,
        }
    )


def neighbourhoods_of(village: str) -> QuerySet[Neighbourhood]:
    """Give the neighbourhoods of a village."""
    return Neighbourhood.objects.filter(village=village).order_by("name")


class Step(StrEnum):
    """Name what a village needs before its people find it useful."""

    CONTACT = "contact"
    SECOND_STEWARD = "second_steward"
    CLERK = "clerk"
    COORDINATOR = "coordinator"
    EDITOR = "editor"
    NEIGHBOURHOODS = "neighbourhoods"
    BOUNDARY = "boundary"
    ARMS = "arms"


def onboarding(village: Village) -> dict[Step, bool]:
    """Tell which steps are done, the most important first: a contact person decides it."""
    setup = setup_of(village)
    roles = (
        Grant.objects.standing()
        .filter(membership__village=village, membership__ended_at=None)
        .values_list("role", "membership__resident")
    )
    holders = Counter(role for role, _resident in set(roles))
    return {
        Step.CONTACT: settings_of(village, setup).contact is not None,
        Step.SECOND_STEWARD: holders[Role.STEWARD] > 1,
        Step.CLERK: holders[Role.CLERK] > 0,
        Step.COORDINATOR: holders[Role.COORDINATOR] > 0,
        Step.EDITOR: holders[Role.EDITOR] > 0,
        Step.NEIGHBOURHOODS: neighbourhoods_of(village.pk).exists(),
        Step.BOUNDARY: setup.boundary is not None,
        Step.ARMS: setup.arms is not None,
    }


def keys_visible_to(by: Actor, village: str) -> QuerySet[ApiKey]:
    """
    Give the keys of a village that are in use: all to a steward, those of her offices to others.

    :raises NotFound: if the actor does not belong to the village
    """
    keys = ApiKey.objects.filter(village=member_of(by, village), ended_at=None)
    if is_steward(by, village):
        return keys
    return keys.filter(Q(held(by, Role.EDITOR, of="of")) | Q(held(by, Role.CLERK, of="of")))
