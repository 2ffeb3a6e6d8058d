"""What people tell the moderator of a ride, and nobody else."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from carpool.models.bookings import Booking
from village.core.models import HelpedObject


class FeedbackKind(models.TextChoices):
    """Say what somebody tells of a ride."""

    THANKS = "thanks", _("It was good")
    LATE = "late", _("Somebody was late, or did not come")
    DRIVING = "driving", _("I did not feel safe on the way")
    BEHAVIOUR = "behaviour", _("Somebody behaved badly")
    MONEY = "money", _("It was about money")
    OTHER = "other", _("Something else")


class Feedback(HelpedObject):
    """
    Hold what one side of a booking tells the moderator of the other; the other never sees it.

    ``settled_at`` is when a moderator had seen to it.
    """

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="feedback")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    about = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=FeedbackKind)
    text = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["booking", "author", "kind"], name="one_feedback_of_a_kind_per_ride"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["village", "created_at", "id"], name="feedback_by_time")
        ]
