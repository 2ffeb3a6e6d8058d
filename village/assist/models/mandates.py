"""Mandates: who may be acted for, by which centre, how far and until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from village.assist.models.centres import Centre
from village.core.actor import Level, Scope
from village.core.models import VillageObject

# A question that nobody answers is a no.
LAPSES_AFTER = timedelta(days=14)


class Term(IntEnum):
    """Name for how many days a mandate can be given."""

    DAY = 1
    MONTH = 31
    HALF_YEAR = 182
    # Only with a second consent, given on another day.
    YEAR = 365


class MandateStatus(models.TextChoices):
    """Name how a mandate stands at a moment."""

    DRAFT = "draft", _("being written")
    PENDING = "pending_consent", _("waiting for a yes")
    LAPSED = "lapsed", _("never answered")
    DECLINED = "declined", _("declined")
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    EXPIRED = "expired", _("run out")
    REVOKED = "revoked", _("revoked")
    SUPERSEDED = "superseded", _("followed by a newer one")


class EndedBy(models.TextChoices):
    """Name how a mandate can come to its end before its time."""

    REVOKED = "revoked", _("ended by the person or the centre")
    SUPERSEDED = "superseded", _("followed by a newer one")
    FROZEN = "frozen", _("the person stopped everything")
    CARD = "card", _("ended with the code on the card")
    CLOSED = "closed", _("the centre has closed")
    LEFT = "left", _("moved away")
    SUSPENDED = "suspended", _("the account was suspended")
    BANNED = "banned", _("the account was closed")
    DIED = "died", _("has died")
    ERASED = "erased", _("the account was deleted")


class MandateQuerySet(models.QuerySet["Mandate"]):
    """Speak of mandates."""

    def in_force(self, at: datetime) -> MandateQuerySet:
        """Keep those in force; the interval is half open: [starts_at, ends_at)."""
        return self.filter(starts_at__lte=at, ends_at__gt=at, revoked_at=None, suspended_at=None)

    def open(self, at: datetime) -> MandateQuerySet:
        """Keep those that are in force or may yet come to be, suspended ones too."""
        return self.filter(
            models.Q(ends_at__gt=at) | models.Q(ends_at=None), revoked_at=None, declined_at=None
        )


class Mandate(VillageObject):
    """
    Let a centre act for a person, as far as the scopes go, for a time.

    A draft has no text; once it is put forward the exact words stay as they were shown, with
    their hash. ``levels`` names the scopes that go less far than acting.
    """

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="mandates")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="mandates_given"
    )
    scopes = models.JSONField(default=list)
    levels = models.JSONField(default=dict)
    days = models.PositiveSmallIntegerField(default=int(Term.MONTH))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    put_forward_at = models.DateTimeField(null=True, blank=True)
    text = models.TextField(blank=True)
    binding_text = models.TextField(blank=True)
    language = models.CharField(max_length=2, blank=True)
    binding_language = models.CharField(max_length=2, blank=True)
    text_version = models.CharField(max_length=20, blank=True)
    text_hash = models.CharField(max_length=64, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=20, choices=EndedBy, blank=True)

    objects: ClassVar = MandateQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="a_mandate_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at=None, ends_at=None)
                | models.Q(starts_at__isnull=False, ends_at__isnull=False),
                name="a_mandate_that_starts_has_an_end",
            ),
        ]

    @property
    def ids(self) -> dict[str, Any]:
        """Give what each fact about it names."""
        return {
            "village": self.village_id,
            "mandate": self.pk,
            "centre": self.centre_id,
            "person": self.person_id,
        }

    @property
    def covers(self) -> frozenset[Scope]:
        """Give the scopes; one that a later version dropped covers nothing."""
        return frozenset(scope for scope in Scope if scope in self.scopes)

    @property
    def limits(self) -> frozenset[tuple[Scope, Level]]:
        """Give the scopes that go less far than acting, with how far they go."""
        return frozenset(
            (scope, Level(self.levels[scope])) for scope in self.covers if scope in self.levels
        )

    @property
    def lapses_at(self) -> datetime | None:
        """Give the moment from which a yes comes too late."""
        return self.put_forward_at + LAPSES_AFTER if self.put_forward_at else None

    def status(self, at: datetime) -> MandateStatus:
        """Tell how it stands."""
        if self.revoked_at is not None:
            superseded = self.ended_why == EndedBy.SUPERSEDED
            return MandateStatus.SUPERSEDED if superseded else MandateStatus.REVOKED
        if self.declined_at is not None:
            return MandateStatus.DECLINED
        if self.ends_at is not None:
            if at >= self.ends_at:
                return MandateStatus.EXPIRED
            return MandateStatus.SUSPENDED if self.suspended_at else MandateStatus.ACTIVE
        if self.lapses_at is None:
            return MandateStatus.DRAFT
        return MandateStatus.PENDING if at < self.lapses_at else MandateStatus.LAPSED


class Assignment(models.Model):
    """Name a volunteer who carries out a mandate; nobody else of the centre sees it."""

    mandate = models.ForeignKey(Mandate, models.CASCADE, related_name="assignments")
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mandate", "volunteer"],
                condition=models.Q(ended_at=None),
                name="one_assignment_per_volunteer",
            )
        ]
