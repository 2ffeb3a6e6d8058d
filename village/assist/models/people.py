"""The person who needs nothing digital: how she is reached, and that she stopped it all."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from village.assist.models.centres import Centre

# E.164: a plus, the country, at most fifteen digits in all.
PHONE = r"^\+[1-9][0-9]{6,14}$"
FROZEN_FOR = timedelta(hours=72)


class ReachedBy(models.TextChoices):
    """Name the ways by which somebody can be reached; the same words as of a delivery."""

    PRINT = "print", _("letter on paper")
    VOICE = "voice", _("phone call")
    SMS = "sms", _("text message")
    EMAIL = "email", _("e-mail")
    PUSH = "push", _("push message")


class Reach(models.Model):
    """
    Say how somebody can be reached, in her own order, and in which languages.

    Statements and warnings go this way. No volunteer sees it, and none changes it.
    """

    resident = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reach", primary_key=True
    )
    ways = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    centre = models.ForeignKey(Centre, models.SET_NULL, null=True, related_name="+")


class Freeze(models.Model):
    """Remember that somebody stopped everything: nothing new is begun for her until then."""

    resident = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="freezes")
    at = models.DateTimeField()
    until = models.DateTimeField()
