"""Events, their dates, and who comes."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

from village.core.models import HelpedObject, VillageObject


class EventStatus(models.TextChoices):
    """Say how far an event has come."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class EventQuerySet(models.QuerySet["Event"]):
    """Speak of events."""

    def announced(self) -> EventQuerySet:
        """Keep those that came onto the board, cancelled ones too."""
        return self.filter(published_at__isnull=False)

    def not_over(self, at: datetime) -> EventQuerySet:
        """Keep those that go on or are still to come."""
        return self.filter(ends_at__gt=at)

    def over(self, at: datetime) -> EventQuerySet:
        """Keep those that are past."""
        return self.filter(ends_at__lte=at)

    def as_cards(self) -> EventQuerySet:
        """Bring along what an event's card shows, in one query more."""
        dates = Occurrence.objects.order_by("begins_at", "pk")
        return self.select_related("organiser").prefetch_related(
            models.Prefetch("occurrences", queryset=dates)
        )


class Event(HelpedObject):
    """
    Hold what is announced; it spans from the beginning of its first date to the end of its last.

    ``published_at`` stays when an event is cancelled: whoever knew of it may see that.
    """

    title = models.CharField(max_length=200)
    text = models.TextField()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place_name = models.CharField(max_length=200)
    place_lat = models.FloatField()
    place_lng = models.FloatField()
    capacity = models.PositiveIntegerField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=EventStatus, default=EventStatus.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    organiser = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects: ClassVar = EventQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("begins_at")),
                name="an_event_ends_after_it_begins",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["village", "begins_at", "id"], name="events_by_their_beginning")
        ]

    def __str__(self) -> str:
        return self.title


class OccurrenceStatus(models.TextChoices):
    """Say whether a date takes place."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"


class Occurrence(VillageObject):
    """
    Hold one date of an event, with its own places.

    ``seats_taken`` is the sum of the confirmed parties, ``waiting`` the number of parties that
    wait; both change only under this row's lock.
    ``revision`` and ``changed_at`` tell calendars that a date is not what it was.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="occurrences")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(
        max_length=10, choices=OccurrenceStatus, default=OccurrenceStatus.SCHEDULED
    )
    capacity = models.PositiveIntegerField(null=True, blank=True)
    seats_taken = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("begins_at")),
                name="an_occurrence_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity=None) | models.Q(seats_taken__lte=models.F("capacity")),
                name="no_more_seats_taken_than_there_are",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["village", "begins_at", "id"], name="occurrences_by_beginning")
        ]

    @property
    def seats_left(self) -> int | None:
        """Give the number of free places; ``None`` when there is room for everybody."""
        return None if self.capacity is None else self.capacity - self.seats_taken

    @property
    def is_cancelled(self) -> bool:
        """Tell whether this date will not take place."""
        return self.status == OccurrenceStatus.CANCELLED


class AttendanceStatus(models.TextChoices):
    """Say whether somebody comes."""

    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    WITHDRAWN = "withdrawn"


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Speak of those who come."""

    def active(self) -> AttendanceQuerySet:
        """Keep those who come or wait."""
        return self.exclude(status=AttendanceStatus.WITHDRAWN)

    def waiting(self) -> AttendanceQuerySet:
        """Keep those who wait, whoever came first leading."""
        return self.filter(status=AttendanceStatus.WAITLISTED).order_by("turn")


class Attendance(HelpedObject):
    """
    Say that a resident comes to a date, with how many people, herself included.

    ``turn`` is the place of those who wait in the order they came; the lowest comes first.
    """

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="attendances")
    resident = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    party_size = models.PositiveSmallIntegerField()
    needs_lift = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=AttendanceStatus)
    turn = models.PositiveIntegerField(null=True, blank=True)

    objects: ClassVar = AttendanceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["occurrence", "resident"], name="one_attendance_per_person"
            ),
            models.UniqueConstraint(fields=["occurrence", "turn"], name="one_person_per_turn"),
            models.CheckConstraint(
                condition=models.Q(status=AttendanceStatus.WAITLISTED, turn__isnull=False)
                | (~models.Q(status=AttendanceStatus.WAITLISTED) & models.Q(turn=None)),
                name="only_who_waits_has_a_turn",
            ),
            models.CheckConstraint(
                condition=models.Q(party_size__gte=1), name="a_party_has_at_least_one_person"
            ),
        ]

    @property
    def is_active(self) -> bool:
        """Tell whether she comes or waits."""
        return self.status != AttendanceStatus.WITHDRAWN

    @property
    def seats_held(self) -> int:
        """Give the number of places that this attendance takes."""
        return self.party_size if self.status == AttendanceStatus.CONFIRMED else 0
