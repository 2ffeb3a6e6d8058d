"""What was told of rides, for those who moderate."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from carpool.models import Feedback
from village.core.actor import Actor
from village.residents.models import Resident, Role
from village.residents.queries import holders, holds, villages_of


def moderates_rides(by: Actor, village: str) -> bool:
    """Tell whether the actor reads what is told of rides."""
    return holds(by, village, Role.MODERATOR)


def feedback_visible_to(by: Actor) -> QuerySet[Feedback]:
    """Give what was told in the villages that the actor moderates, but nothing about herself."""
    villages = [each.pk for each in villages_of(by) if moderates_rides(by, each.pk)]
    found = Feedback.objects.filter(village__in=villages).exclude(about=by.principal_id)
    return found.select_related("author", "about", "booking__offer")


def feedback(feedback_id: UUID) -> Feedback | None:
    """Find what somebody told of a ride."""
    return Feedback.objects.filter(pk=feedback_id).first()


def readers_of(told: Feedback) -> QuerySet[Resident]:
    """Give the moderators who may read something: all whom it is not about."""
    return holders(told.village_id, Role.MODERATOR).exclude(pk=told.about_id)
