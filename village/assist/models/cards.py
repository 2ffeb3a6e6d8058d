"""How somebody says that she is there: the printed card, and a PIN for those who like one."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from village.assist.models.centres import Centre
from village.core.models import VillageObject


class Card(VillageObject):
    """
    Hold a printed card: one code that ends everything, and some that say "I am here", each once.

    Only digests are kept. A new card ends the one before.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+")
    stop_digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(ended_at=None),
                name="one_card_in_use_per_person",
            )
        ]


class CardCode(models.Model):
    """Hold one of a card's codes; it is good for one visit or one call."""

    card = models.ForeignKey(Card, models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["card", "digest"], name="a_code_stands_once_on_a_card")
        ]


class Pin(models.Model):
    """
    Hold the PIN by which a person says at the desk that she is there; she types it in herself.

    It opens no account. Only a keyed digest is kept.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", primary_key=True
    )
    digest = models.CharField(max_length=64)
    set_at = models.DateTimeField()
