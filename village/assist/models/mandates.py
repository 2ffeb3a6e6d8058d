"""Mandates: who may be acted for, by which centre, how far and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from village.assist.models.centres import Centre
from village.core.actor import Scope
from village.core.models import VillageObject


class Term(IntEnum):
    """Name for how many days a mandate can be given."""

    DAY = 1
    MONTH = 31
    HALF_YEAR = 182


class ConsentKind(models.TextChoices):
    """Name how a person can say yes to a mandate."""

    PAPER = "paper", _("signed on paper")


@dataclass(frozen=True, slots=True)
class Consent:
    """Hold how a person has said yes, and who was there to see it."""

    kind: ConsentKind
    witness: str


class MandateStatus(models.TextChoices):
    """Name how a mandate stands at a moment."""

    ACTIVE = "active", _("active")
    ENDED = "ended", _("ended")
    REVOKED = "revoked", _("revoked")


class MandateQuerySet(models.QuerySet["Mandate"]):
    """Speak of mandates."""

    def in_force(self, at: datetime) -> MandateQuerySet:
        """Keep those in force; the interval is half open: [starts_at, ends_at)."""
        return self.filter(starts_at__lte=at, ends_at__gt=at, revoked_at=None)


class Mandate(VillageObject):
    """Let a centre act for a person, as far as the scopes go, for a time."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="mandates")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="mandates_given"
    )
    scopes = models.JSONField(default=list)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    # Who carried the person's consent to the register, and the proof that was kept of it.
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    consent = models.JSONField(default=dict)

    objects: ClassVar = MandateQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="a_mandate_ends_after_it_starts",
            )
        ]

    @property
    def covers(self) -> frozenset[Scope]:
        """Give the scopes; one that a later version dropped covers nothing."""
        known = set(Scope)
        return frozenset(Scope(each) for each in self.scopes if each in known)

    def status(self, at: datetime) -> MandateStatus:
        """Tell how it stands; it starts when it is given, so it is never still to come."""
        if self.revoked_at is not None:
            return MandateStatus.REVOKED
        return MandateStatus.ACTIVE if at < self.ends_at else MandateStatus.ENDED
