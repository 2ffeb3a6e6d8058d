"""A volunteer sits with somebody, or has her on the phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from village.assist.models import Mandate
from village.core.actor import Level
from village.core.models import VillageObject

LASTS = timedelta(minutes=30)


class Place(models.TextChoices):
    """Name where a volunteer and a person come together."""

    DESK = "desk", _("at the desk")
    PHONE = "phone", _("on the phone")

    @property
    def level(self) -> Level:
        """Give how far a helper goes there: on the phone nobody sees what is sent."""
        return Level.ACT if self is Place.DESK else Level.PREPARE


class Proof(models.TextChoices):
    """Name how a person showed that she was there."""

    CARD = "card", _("a code from her card")
    PIN = "pin", _("her PIN")


class AssistedSessionQuerySet(models.QuerySet["AssistedSession"]):
    """Speak of sessions."""

    def live(self, at: datetime) -> AssistedSessionQuerySet:
        """Keep those that go on at a moment."""
        return self.filter(starts_at__lte=at, ends_at__gt=at, ended_at=None)


class AssistedSession(VillageObject):
    """
    Hold the time in which a volunteer acts for somebody who is there, and what for.

    It ends after half an hour at the latest; ``ended_at`` says when somebody ended it.
    """

    mandate = models.ForeignKey(Mandate, models.CASCADE, related_name="sessions")
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    place = models.CharField(max_length=10, choices=Place)
    purpose = models.CharField(max_length=200)
    proof = models.CharField(max_length=10, choices=Proof, default=Proof.CARD)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = AssistedSessionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["volunteer"],
                condition=models.Q(ended_at=None),
                name="one_session_per_volunteer",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="a_session_ends_after_it_starts",
            ),
        ]

    def is_live(self, at: datetime) -> bool:
        """Tell whether it goes on at a moment."""
        return self.ended_at is None and self.starts_at <= at < self.ends_at

    @property
    def over_at(self) -> datetime:
        """Give when it is or was over."""
        return self.ends_at if self.ended_at is None else min(self.ended_at, self.ends_at)
