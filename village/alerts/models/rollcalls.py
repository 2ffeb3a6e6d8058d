"""The roll call after a disaster: who is safe, who needs help, and who has not been heard of."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from village.alerts.models.alerts import Alert
from village.core.models import VillageObject
from village.residents.models import Neighbourhood

Who = settings.AUTH_USER_MODEL


class RollCall(VillageObject):
    """
    Ask everybody of an area, or of the whole village, whether she is safe.

    ``shelters`` are the places where people gather. Until ``forget_at`` it is known who answered
    what; then only ``figures`` remain.
    """

    alert = models.ForeignKey(Alert, models.SET_NULL, null=True, related_name="roll_calls")
    is_drill = models.BooleanField(default=False)
    neighbourhoods: models.ManyToManyField[Neighbourhood, Any] = models.ManyToManyField(
        Neighbourhood, related_name="+"
    )
    shelters = models.JSONField(default=list)
    opened_by = models.ForeignKey(Who, models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    forget_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True)
    figures = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["forget_at"],
                condition=models.Q(forgotten_at=None),
                name="roll_calls_to_be_forgotten",
            )
        ]


class Condition(models.TextChoices):
    """Name what somebody answers."""

    SAFE = "safe", _("safe")
    NEEDS_HELP = "needs_help", _("needs help")
    WITH_OTHERS = "with_others", _("with other people")
    AT_SHELTER = "at_shelter", _("at a shelter")


class Source(models.TextChoices):
    """Name who answered."""

    SELF = "self", _("herself")
    FAMILY = "family", _("her household")
    NEIGHBOUR = "neighbour", _("a neighbour")
    HELPER = "helper", _("her helper")
    WARDEN = "warden", _("somebody who looked after her")


class Answer(VillageObject):
    """Hold the latest word about somebody in a roll call, and who brought it."""

    roll_call = models.ForeignKey(RollCall, models.CASCADE, related_name="answers")
    resident = models.ForeignKey(Who, models.CASCADE, related_name="+")
    condition = models.CharField(max_length=12, choices=Condition)
    shelter = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=10, choices=Source)
    given_by = models.ForeignKey(Who, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["roll_call", "resident"], name="one_answer_per_resident"
            )
        ]
