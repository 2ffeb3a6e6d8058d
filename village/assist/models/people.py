"""The person who needs nothing digital: how she is reached, and that she stopped it all."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from village.assist.models.centres import Centre
from village.core.geo import Point

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

    Statements and warnings go this way. No volunteer changes it, and none sees it but who carries
    her letters, and so finds the ``door`` on a list: street and number, and the point on the map
    where somebody has named one.
    """

    resident = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reach", primary_key=True
    )
    ways = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    centre = models.ForeignKey(Centre, models.SET_NULL, null=True, related_name="+")
    door = models.CharField(max_length=120, blank=True)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(lat=None, lng=None)
                | models.Q(lat__isnull=False, lng__isnull=False),
                name="a_point_has_both_of_its_numbers",
            )
        ]

    @property
    def point(self) -> Point | None:
        """Give where the door is on the map, if that is known."""
        return None if self.lat is None or self.lng is None else Point(self.lat, self.lng)


class Freeze(models.Model):
    """Remember that somebody stopped everything: nothing new is begun for her until then."""

    resident = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="freezes")
    at = models.DateTimeField()
    until = models.DateTimeField()
