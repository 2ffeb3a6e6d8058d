"""How a person said yes: the proof that is kept of it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from village.assist.models.mandates import Mandate
from village.core.models import VillageObject


class ConsentKind(models.TextChoices):
    """Name how a person can say yes to a mandate."""

    PAPER = "paper", _("signed on paper")
    SPOKEN = "spoken", _("said before two witnesses")
    CALL_BACK = "call_back", _("called back at her own number")
    OWN_DEVICE = "own_device", _("on her own device")


class Consent(VillageObject):
    """
    Keep one answer of a person to exactly one text.

    ``witness`` is who saw her sign; ``first_witness`` and ``second_witness`` are members who
    heard her speak; ``said`` are her words. A no is kept as well as a yes.
    """

    mandate = models.ForeignKey(Mandate, models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=20, choices=ConsentKind)
    is_yes = models.BooleanField()
    text_hash = models.CharField(max_length=64)
    text_version = models.CharField(max_length=20)
    witness = models.CharField(max_length=200, blank=True)
    said = models.CharField(max_length=200, blank=True)
    first_witness = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    second_witness = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(first_witness=models.F("second_witness")),
                name="two_witnesses_are_two_people",
            )
        ]
