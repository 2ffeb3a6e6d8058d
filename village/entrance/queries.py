"""What the entrance knows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from village.core.actor import Actor
from village.entrance.models import Introduction, Invitation
from village.residents.models import Membership, Residency, Role
from village.residents.queries import holds

# Who sits at a desk where people show who they are.
DESK = (Role.CLERK, Role.COORDINATOR, Role.STEWARD)


def membership_of(village: str, resident_id: UUID) -> Membership | None:
    """Give somebody's membership of a village."""
    found = Membership.objects.current().filter(
        village=village, resident=resident_id, resident__is_active=True
    )
    return found.select_related("village", "resident").first()


def level_of(by: Actor, village: str) -> Residency | None:
    """Say how sure a village is that the actor lives there; ``None`` when she does not."""
    membership = membership_of(village, by.principal_id)
    return None if membership is None else Residency(membership.residency)


def is_at_a_desk(by: Actor, village: str) -> bool:
    """Tell whether people show the actor who they are."""
    return holds(by, village, *DESK)


def invitations_of(by: Actor, village: str) -> QuerySet[Invitation]:
    """Give the invitations that the actor has made."""
    return Invitation.objects.filter(village=village, made_by=by.principal_id)


def introduction_of(digest: str, at: datetime) -> Introduction | None:
    """Give the introduction whose code has this digest, while it is good."""
    found = Introduction.objects.filter(digest=digest, expires_at__gt=at)
    return found.select_related("resident", "village").first()
