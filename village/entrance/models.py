"""What opens the door: each secret is kept as a digest only."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from village.core.models import VillageObject
from village.residents.models import Residency

Who = settings.AUTH_USER_MODEL


class InvitationKind(models.TextChoices):
    """Name how an invitation reaches people."""

    LETTER = "letter", _("by letter to a house")
    HOUSEHOLD = "household", _("by somebody who lives there")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Speak of invitations."""

    def good(self, at: datetime) -> InvitationQuerySet:
        """Keep those that let somebody in."""
        return self.filter(used__lt=models.F("people"), expires_at__gt=at, withdrawn_at=None)


class Invitation(VillageObject):
    """Let the people of one household in. Where they live is on the letter, and nowhere here."""

    kind = models.CharField(max_length=10, choices=InvitationKind)
    digest = models.CharField(max_length=64, unique=True)
    people = models.PositiveSmallIntegerField()
    used = models.PositiveSmallIntegerField(default=0)
    made_by = models.ForeignKey(Who, models.SET_NULL, null=True, related_name="invitations")
    # The letters that were printed together.
    batch = models.UUIDField(null=True)
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar = InvitationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(used__lte=models.F("people")),
                name="no_more_people_than_invited",
            )
        ]

    def is_good(self, at: datetime) -> bool:
        """Tell whether it still lets somebody in."""
        return self.withdrawn_at is None and self.expires_at > at and self.used < self.people

    @property
    def level(self) -> Residency:
        """Give how sure the village is of whoever accepts it: a letter has reached a house."""
        is_letter = self.kind == InvitationKind.LETTER
        return Residency.LETTER if is_letter else Residency.DECLARED


class AskedLetter(VillageObject):
    """Ask for a letter to where somebody lives; it is gone as soon as the letter is printed."""

    resident = models.ForeignKey(Who, models.CASCADE, related_name="letters_asked")
    # Its lines below the name, as they stand on the envelope.
    address = models.TextField()
    people = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["village", "resident"], name="everybody_asks_for_one_letter"
            )
        ]

    @property
    def where(self) -> str:
        """Give the address in one line."""
        return ", ".join(self.address.splitlines())


class Introduction(VillageObject):
    """Let neighbours and the desk find somebody who shows them a code, and nobody else."""

    resident = models.ForeignKey(Who, models.CASCADE, related_name="introductions")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()


class Vouch(VillageObject):
    """Say that a neighbour stands up for somebody's living there."""

    resident = models.ForeignKey(Who, models.CASCADE, related_name="vouches")
    by = models.ForeignKey(Who, models.CASCADE, related_name="vouches_given")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["village", "resident", "by"], name="everybody_vouches_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(resident=models.F("by")), name="nobody_vouches_for_herself"
            ),
        ]


class CardQuerySet(models.QuerySet["Card"]):
    """Speak of cards."""

    def good(self) -> CardQuerySet:
        """Keep those that open the door."""
        return self.filter(revoked_at=None, resident__is_active=True)


class Card(VillageObject):
    """Let somebody without e-mail or phone sign in by a number and a PIN on paper."""

    resident = models.ForeignKey(Who, models.CASCADE, related_name="cards")
    digest = models.CharField(max_length=64, unique=True)
    pin_digest = models.CharField(max_length=64)
    printed_by = models.ForeignKey(Who, models.SET_NULL, null=True, related_name="+")
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar = CardQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["resident"],
                condition=models.Q(revoked_at=None),
                name="one_card_per_person",
            )
        ]


class WrongPin(models.Model):
    """Count the wrong tries at a card's number, whether or not there is such a card."""

    digest = models.CharField(primary_key=True, max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    rests_until = models.DateTimeField()
    last_at = models.DateTimeField()


class Recovery(models.Model):
    """
    Let somebody who has lost every way in come back by two neighbours.

    ``resident`` is empty when nobody has the address she named, which she is not told. The door is
    open from ``opens_at`` until ``expires_at``, once.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    resident = models.ForeignKey(Who, models.CASCADE, null=True, related_name="recoveries")
    code_digest = models.CharField(max_length=64, unique=True)
    secret_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    opens_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)

    def collects(self, at: datetime) -> bool:
        """Tell whether neighbours can still vouch."""
        return self.ended_at is None and self.opens_at is None and self.expires_at > at


class RecoveryVouch(models.Model):
    """Say that a neighbour says who it is that wants to come back."""

    id = models.BigAutoField(primary_key=True)
    recovery = models.ForeignKey(Recovery, models.CASCADE, related_name="vouches")
    by = models.ForeignKey(Who, models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recovery", "by"], name="everybody_vouches_once_for_a_return"
            )
        ]


class TextMessage(models.Model):
    """Hold a text message with a code until it is sent; to whom it goes is sealed with it."""

    id = models.BigAutoField(primary_key=True)
    sealed = models.TextField()
    tries = models.PositiveSmallIntegerField(default=0)
    # A lease as well: whoever sends it moves this ahead, and a crash lets it come due again.
    due_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()
