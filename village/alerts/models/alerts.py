"""Alerts, and the feeds of other authorities that they come from."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from village.alerts.cap import MsgType, Reference, Severity, reference_as_text
from village.core.models import VillageObject
from village.residents.models import Neighbourhood

Who = settings.AUTH_USER_MODEL
# What may not be muted: the two upper steps of CAP's severity.
GRAVE = (Severity.EXTREME, Severity.SEVERE)


class FeedStatus(models.TextChoices):
    """Say how a feed is: a gone one is asked no more."""

    OK = "ok", _("is read")
    FAILING = "failing", _("does not answer as it should")
    GONE = "gone", _("is read no more")


class AlertFeed(VillageObject):
    """
    Name an address at which another authority warns, and when to listen again.

    What comes from it waits for somebody of the town hall, unless it ``is_trusted``. ``codes`` are
    the geocodes by which the authority knows this village. Whoever asks it holds it until
    ``leased_until``.
    """

    name = models.CharField(max_length=120)
    url = models.CharField(max_length=500)
    codes = models.JSONField(default=list)
    is_trusted = models.BooleanField(default=False)
    etag = models.CharField(max_length=512, blank=True)
    last_modified = models.CharField(max_length=512, blank=True)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=10, choices=FeedStatus, default=FeedStatus.OK)
    last_error = models.CharField(max_length=60, blank=True)
    pulled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["village", "url"], name="one_alert_feed_per_address")
        ]


class Heard(models.Model):
    """
    Remember a document of a feed that has been fetched: none is fetched twice.

    So is what a feed has taken back before it brought it.
    """

    feed = models.ForeignKey(AlertFeed, models.CASCADE, related_name="heard")
    address = models.CharField(max_length=600)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["feed", "address"], name="heard_once")
        ]


class Stage(models.TextChoices):
    """Say how far an alert has come."""

    DRAFT = "draft", _("waits for a second person")
    RELEASED = "released", _("in force")
    REPLACED = "replaced", _("replaced by a newer one")
    CANCELLED = "cancelled", _("taken back")
    EXPIRED = "expired", _("over")
    DISCARDED = "discarded", _("not released")


class AlertQuerySet(models.QuerySet["Alert"]):
    """Speak of alerts."""

    def in_force(self, at: datetime) -> AlertQuerySet:
        """Keep those that people must know now; the word that takes one back is not one of them."""
        return self.filter(stage=Stage.RELEASED, expires_at__gt=at).exclude(
            msg_type=MsgType.CANCEL.value
        )

    def told(self) -> AlertQuerySet:
        """Keep those that people were told."""
        return self.exclude(stage__in=(Stage.DRAFT, Stage.DISCARDED))


class Alert(VillageObject):
    """
    Hold one message of the standard: an alert, its update, or the word that takes it back.

    By ``sender``, ``identifier`` and ``sent_at`` it is one of a kind; ``references`` are the
    messages it speaks of, as CAP writes them. ``first`` is the message that the matter began
    with, ``replaces`` the one before. ``texts`` are what people read, one for each language, and
    those of a drill say that it is one. ``document`` is what was given out: it never changes.
    """

    feed = models.ForeignKey(AlertFeed, models.SET_NULL, null=True, related_name="alerts")
    identifier = models.CharField(max_length=500)
    sender = models.CharField(max_length=500)
    sent_at = models.DateTimeField()
    msg_type = models.CharField(max_length=10)
    references = models.JSONField(default=list)
    first = models.ForeignKey("self", models.CASCADE, null=True, related_name="+")
    replaces = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.DRAFT)
    is_drill = models.BooleanField(default=False)
    category = models.CharField(max_length=10)
    response = models.CharField(max_length=10, blank=True)
    urgency = models.CharField(max_length=10)
    severity = models.CharField(max_length=10)
    certainty = models.CharField(max_length=10)
    onset_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    texts = models.JSONField()
    area_name = models.CharField(max_length=200)
    neighbourhoods: models.ManyToManyField[Neighbourhood, Any] = models.ManyToManyField(
        Neighbourhood, related_name="+"
    )
    # A closed ring of [longitude, latitude]; the village itself where there is none.
    polygon = models.JSONField(null=True)
    document = models.TextField(blank=True)
    drafted_by = models.ForeignKey(Who, models.SET_NULL, null=True, related_name="+")
    released_by = models.ForeignKey(Who, models.SET_NULL, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)

    objects: ClassVar = AlertQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["village", "sender", "identifier", "sent_at"],
                name="one_alert_per_message",
            ),
            models.CheckConstraint(
                condition=models.Q(released_by=None)
                | models.Q(drafted_by=None)
                | models.Q(msg_type=MsgType.CANCEL.value)
                | ~models.Q(released_by=models.F("drafted_by")),
                name="two_people_release_an_alert",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["village", "-created_at", "-id"], name="alerts_of_a_village"),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(stage="released"),
                name="alerts_that_will_end",
            ),
        ]

    @property
    def reference(self) -> str:
        """Give how a later message names this one."""
        return reference_as_text(Reference(self.sender, self.identifier, self.sent_at))

    @property
    def is_grave(self) -> bool:
        """Tell whether this must reach everybody, whatever they have muted; a drill never is."""
        return self.severity in GRAVE and not self.is_drill

    @property
    def is_cancel(self) -> bool:
        """Tell whether this takes an alert back."""
        return self.msg_type == MsgType.CANCEL.value

    @property
    def waits(self) -> bool:
        """Tell whether nobody has been told of it yet."""
        return self.stage == Stage.DRAFT

    def text_for(self, language: str) -> dict[str, str]:
        """Give what somebody reads who speaks a language, or else what there is."""
        wanted: dict[str, str] = next(
            (text for text in self.texts if text["language"][:2] == language[:2]), self.texts[0]
        )
        return wanted
