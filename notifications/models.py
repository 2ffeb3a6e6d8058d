"""Where people can be reached, what they want to hear, and what they were told."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.transports.base import AddressKind
from village.core.models import VillageObject

# In a preference, it stands for every notice that has none of its own.
EVERYTHING = "*"


class Way(models.TextChoices):
    """Name the ways by which somebody can be told."""

    INBOX = "inbox", _("inbox")
    PUSH = "push", _("push message")
    EMAIL = "email", _("e-mail")
    PRINT = "print", _("letter on paper")
    SMS = "sms", _("text message")
    VOICE = "voice", _("phone call")


class Timing(models.TextChoices):
    """Name when somebody is told."""

    NONE = "none", _("not at all")
    NOW = "now", _("at once")
    HOURLY = "hourly", _("once an hour")
    DAILY = "daily", _("each morning")
    WEEKLY = "weekly", _("on Monday mornings")


class DeviceKind(models.TextChoices):
    """Name what the address of a device is."""

    FCM_FID = AddressKind.FCM_FID.value, _("Firebase installation id")
    FCM_TOKEN = AddressKind.FCM_TOKEN.value, _("Firebase registration token")
    WEBPUSH = AddressKind.WEBPUSH.value, _("browser")
    DEVELOPMENT = AddressKind.DEVELOPMENT.value, _("a phone of the demo")


class DeviceQuerySet(models.QuerySet["Device"]):
    """Speak of devices."""

    def in_use(self, at: datetime) -> DeviceQuerySet:
        """Keep those that can be reached: signed in still, and not given up."""
        signed_in = Session.objects.filter(
            session_key=models.OuterRef("session_key"), expire_date__gt=at
        )
        return self.filter(models.Q(session_key="") | models.Exists(signed_in), retired_at=None)


class Device(models.Model):
    """Hold a phone or browser of a resident; its address belongs to whoever signed in last."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    resident = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    kind = models.CharField(max_length=20, choices=DeviceKind)
    address = models.CharField(max_length=1000, unique=True)
    # With these, a letter to a browser is encrypted so that only it can read it.
    p256dh = models.CharField(max_length=100, blank=True)
    auth = models.CharField(max_length=40, blank=True)
    # The session that registered it: the device is forgotten when that is signed out.
    session_key = models.CharField(max_length=40, blank=True)
    registered_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_reason = models.CharField(max_length=64, blank=True)

    objects: ClassVar = DeviceQuerySet.as_manager()


class Preference(models.Model):
    """Say by which way somebody wants to hear of a notice, or of ``EVERYTHING``."""

    resident = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences"
    )
    notice = models.CharField(max_length=80)
    way = models.CharField(max_length=10, choices=Way)
    timing = models.CharField(max_length=10, choices=Timing)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["resident", "notice", "way"], name="one_preference_per_notice_and_way"
            )
        ]


class Habits(models.Model):
    """Say when somebody is not to be disturbed; without a ``zone``, by her village's clocks."""

    resident = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="habits", primary_key=True
    )
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    zone = models.CharField(max_length=40, blank=True)


class Mute(VillageObject):
    """Say that somebody wants to hear nothing of a matter (``thread``), or of a whole village."""

    resident = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mutes")
    thread = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["resident", "village", "thread"], name="one_mute_per_matter"
            )
        ]


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Speak of notifications."""

    def unread(self) -> NotificationQuerySet:
        """Keep those in an inbox that nobody has read yet."""
        return self.filter(in_inbox=True, read_at=None)

    def current(self, at: datetime) -> NotificationQuerySet:
        """Keep those that are not over."""
        return self.filter(models.Q(expires_at=None) | models.Q(expires_at__gt=at))


class Notification(VillageObject):
    """Tell one resident of one entry of the journal, in her language."""

    resident = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications"
    )
    notice = models.CharField(max_length=80)
    kind = models.CharField(max_length=80)
    # A plain id: who was told can be erased, what happened cannot.
    entry_id = models.BigIntegerField()
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    link = models.CharField(max_length=300, blank=True)
    thread = models.CharField(max_length=200, blank=True)
    # Without, it is only carried by the ways of its deliveries.
    in_inbox = models.BooleanField()
    read_at = models.DateTimeField(null=True, blank=True)
    # From then on nobody needs to know: it is neither sent nor counted as unread.
    expires_at = models.DateTimeField(null=True, blank=True)
    # When what is urgent and still unread goes the next way.
    next_step_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = NotificationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["entry_id", "resident", "notice"], name="nobody_is_told_twice"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["resident", "-created_at", "-id"], name="inbox_newest_first"),
            models.Index(
                fields=["resident"],
                condition=models.Q(in_inbox=True, read_at=None),
                name="unread_in_an_inbox",
            ),
            models.Index(
                fields=["next_step_at"],
                condition=models.Q(next_step_at__isnull=False),
                name="urgent_and_unread",
            ),
        ]


class DeliveryState(models.TextChoices):
    """
    Name how a delivery stands.

    ``failed`` is refused for good by whoever carries letters, ``dead`` is given up here: tried
    too often, too old, or not wanted any more. The error code says why.
    """

    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    FAILED = "failed", _("refused")
    DEAD = "dead", _("given up")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Speak of deliveries."""

    def due(self, at: datetime) -> DeliveryQuerySet:
        """Keep those that nobody sends at the moment and that wait for nothing else."""
        return self.filter(state=DeliveryState.WAITING, due_at__lte=at)

    def not_by_hand(self) -> DeliveryQuerySet:
        """Leave out what people of a centre say or carry themselves."""
        of_a_centre = models.Q(notification__resident__reach__centre__isnull=False)
        return self.exclude(
            of_a_centre | models.Q(is_emergency=True), way__in=(Way.PRINT, Way.VOICE)
        )


class Delivery(models.Model):
    """Carry a notification by one way, to one device where the way has devices."""

    id = models.BigAutoField(primary_key=True)
    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    way = models.CharField(max_length=10, choices=Way)
    device = models.ForeignKey(Device, models.CASCADE, null=True, related_name="deliveries")
    # Before all others, in a lane of its own.
    is_emergency = models.BooleanField(default=False)
    # Other than at once, it waits for a letter that holds several.
    timing = models.CharField(max_length=10, choices=Timing, default=Timing.NOW)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    # A lease as well: whoever sends it moves this ahead, and a crash lets it come due again.
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=255, blank=True)
    error_code = models.CharField(max_length=64, blank=True)

    objects: ClassVar = DeliveryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["notification", "way", "device"], name="one_delivery_per_device"
            ),
            models.UniqueConstraint(
                fields=["notification", "way"],
                condition=models.Q(device=None),
                name="one_delivery_per_way",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                "way",
                models.F("is_emergency").desc(),
                "due_at",
                condition=models.Q(state="waiting"),
                name="deliveries_emergencies_first",
            )
        ]


class FanOut(models.Model):
    """Remember how far a large audience has been told; ``cursor`` is the last one who was."""

    id = models.BigAutoField(primary_key=True)
    entry_id = models.BigIntegerField()
    notice = models.CharField(max_length=80)
    is_emergency = models.BooleanField(default=False)
    cursor = models.UUIDField(null=True)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["entry_id", "notice"], name="one_fan_out_per_entry_and_notice"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], condition=models.Q(done_at=None), name="fan_outs_unfinished"
            )
        ]


class Throttle(models.Model):
    """Hold the bucket of a way: so many letters may go at once, and it fills with time."""

    way = models.CharField(max_length=10, choices=Way, primary_key=True)
    tokens = models.FloatField()
    filled_at = models.DateTimeField()


class SentLetter(models.Model):
    """Keep a letter of the demo, where no provider carries any: shown at /outbox."""

    id = models.BigAutoField(primary_key=True)
    way = models.CharField(max_length=10, choices=Way)
    to = models.CharField(max_length=320)
    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    link = models.CharField(max_length=1000, blank=True)
    language = models.CharField(max_length=10)
    at = models.DateTimeField()
