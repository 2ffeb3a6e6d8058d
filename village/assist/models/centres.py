"""Centres, and the volunteers who act under them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from village.core.actor import Scope
from village.core.models import VillageObject

# Two people who live here say that they know the volunteer and trust her.
VOUCHERS_NEEDED = 2
# Whoever has not acted for half a year is asked in again before she goes on.
ASLEEP_AFTER = timedelta(days=182)


def every_scope() -> list[str]:
    """Give all that a centre can be allowed."""
    return sorted(Scope)


class Centre(VillageObject):
    """
    Hold a community centre: it is the centre, not a person, that is given a mandate.

    ``responsible`` answers for it before the law, and ``insurance`` names the policy that covers
    what its volunteers do. It stands in one village and may serve others.
    """

    name = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    serves = models.ManyToManyField("residents.Village", related_name="+", blank=True)
    responsible = models.CharField(max_length=120, blank=True)
    insurance = models.CharField(max_length=120, blank=True)
    opening_hours = models.CharField(max_length=300, blank=True)
    allowed_scopes = models.JSONField(default=every_scope)
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def allows(self) -> frozenset[Scope]:
        """Give what its mandates may cover."""
        return frozenset(scope for scope in Scope if scope in self.allowed_scopes)


class AccreditationStatus(models.TextChoices):
    """Name how a volunteer stands with a centre at a moment."""

    APPLIED = "applied", _("waiting for two people to vouch")
    ACTIVE = "active", _("active")
    ASLEEP = "asleep", _("asleep: has not helped for half a year")
    SUSPENDED = "suspended", _("suspended")
    ENDED = "ended", _("ended")


class AccreditationQuerySet(models.QuerySet["Accreditation"]):
    """Speak of accreditations."""

    def in_force(self, at: datetime) -> AccreditationQuerySet:
        """Keep those of volunteers who may act now, at centres that are open."""
        return self.filter(
            accredited_at__lte=at,
            valid_until__gt=at,
            awake_since__gt=at - ASLEEP_AFTER,
            suspended_at=None,
            ended_at=None,
            centre__closed_at=None,
        )

    def current(self) -> AccreditationQuerySet:
        """Keep those that nobody has ended."""
        return self.filter(ended_at=None)


class Accreditation(VillageObject):
    """
    Say that a volunteer acts under a centre.

    It begins when she has been trained and two members have vouched for her, and sleeps when she
    has not acted for half a year: ``awake_since`` is when she last did, or was asked in again.
    """

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="accreditations")
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    trained_on = models.DateField()
    valid_until = models.DateTimeField()
    accredited_at = models.DateTimeField(null=True, blank=True)
    awake_since = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_reason = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = AccreditationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["centre", "volunteer"],
                condition=models.Q(ended_at=None),
                name="one_accreditation_per_volunteer",
            )
        ]

    def status(self, at: datetime) -> AccreditationStatus:
        """Tell how the volunteer stands."""
        if self.ended_at is not None or at >= self.valid_until:
            return AccreditationStatus.ENDED
        if self.suspended_at is not None:
            return AccreditationStatus.SUSPENDED
        if self.accredited_at is None or self.awake_since is None:
            return AccreditationStatus.APPLIED
        if at - self.awake_since >= ASLEEP_AFTER:
            return AccreditationStatus.ASLEEP
        return AccreditationStatus.ACTIVE


class Voucher(models.Model):
    """Say that a member knows a volunteer and trusts her."""

    accreditation = models.ForeignKey(Accreditation, models.CASCADE, related_name="vouchers")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["accreditation", "member"], name="one_voucher_per_member"
            )
        ]
