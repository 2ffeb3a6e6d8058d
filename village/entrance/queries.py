"""What the entrance knows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import QuerySet

from village.core.actor import Actor
from village.entrance.models import AskedLetter, Card, Introduction, Invitation, Recovery
from village.residents.models import Membership, Residency, Resident, Role
from village.residents.queries import blocked_with, holds, residency_by_village

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


def letters_asked(village: str) -> QuerySet[AskedLetter]:
    """Give the letters that people have asked for and that are not printed yet."""
    return AskedLetter.objects.filter(village=village).select_related("resident")


def card_of(resident_id: UUID) -> Card | None:
    """Give the card that somebody has."""
    return Card.objects.filter(resident=resident_id, revoked_at=None).first()


def introduction_of(digest: str, at: datetime) -> Introduction | None:
    """Give the introduction whose code has this digest, while it is good."""
    found = Introduction.objects.filter(digest=digest, expires_at__gt=at)
    return found.select_related("resident", "village").first()


def reached_at(*, address: str, number: str) -> Resident | None:
    """Find who has shown that an e-mail address or a phone number is hers."""
    if number:
        return Resident.objects.filter(phone=number, is_active=True).first()
    shown = EmailAddress.objects.filter(email__iexact=address, verified=True)
    return Resident.objects.filter(pk__in=shown.values("user"), is_active=True).first()


def recovery_of(digest: str, at: datetime) -> Recovery | None:
    """Give the recovery whose code has this digest, while neighbours can vouch."""
    found = Recovery.objects.filter(
        code_digest=digest, resident__is_active=True, ended_at=None, opens_at=None
    )
    return found.filter(expires_at__gt=at).select_related("resident").first()


def recoveries_of(resident_id: UUID, at: datetime) -> QuerySet[Recovery]:
    """Give those by which somebody may come back, once neighbours have vouched."""
    found = Recovery.objects.filter(resident=resident_id, ended_at=None, expires_at__gt=at)
    return found.select_related("resident").prefetch_related("vouches")


def villages_shared(by: Actor, resident_id: UUID | None) -> dict[str, Residency]:
    """Give the villages in which the actor meets somebody, and how sure each is of the actor."""
    if resident_id is None or resident_id in blocked_with(by.principal_id):
        return {}
    levels = residency_by_village(by.principal_id)
    theirs = residency_by_village(resident_id)
    return {village: level for village, level in levels.items() if village in theirs}


def first_village_of(resident_id: UUID) -> list[str]:
    """Give the village in whose journal stands what concerns somebody's account, if any."""
    return sorted(residency_by_village(resident_id))[:1]
