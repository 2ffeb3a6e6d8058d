"""What somebody agreed to, the copy she asked for, and that she was erased."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from village.residents.models.people import Resident


class Erasure(models.Model):
    """
    Remember that somebody was erased, by her id alone, and how far it has come.

    ``mark`` is the journal's last entry before it: what follows tells others what ended with her.
    """

    resident_id = models.UUIDField(primary_key=True)
    asked_at = models.DateTimeField()
    mark = models.BigIntegerField()
    wiped_at = models.DateTimeField(null=True)


class ExportStatus(models.TextChoices):
    """Say what became of somebody's wish for all that is kept of her."""

    WAITING = "waiting", _("waiting")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


class Export(models.Model):
    """
    Hold one file with all that the village keeps of a person.

    ``parts_done`` of ``parts`` are written. Whoever works on it moves ``due_at`` ahead, and a
    crash lets it come due again. ``file`` is its name in the storage until ``expires_at``.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    resident = models.ForeignKey(Resident, models.CASCADE, related_name="+")
    status = models.CharField(max_length=10, choices=ExportStatus, default=ExportStatus.WAITING)
    parts = models.PositiveSmallIntegerField()
    parts_done = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    file = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["resident"],
                condition=models.Q(status="waiting"),
                name="one_export_at_a_time",
            )
        ]


class Consent(models.Model):
    """
    Record that somebody agreed to something: which words she was shown, and until when it held.

    ``subject`` names it (``residents.consents``); ``text`` is word for word what she read.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    resident = models.ForeignKey(Resident, models.CASCADE, related_name="consents")
    subject = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=2)
    text = models.TextField()
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["resident", "subject"],
                condition=models.Q(withdrawn_at=None),
                name="one_consent_at_a_time",
            )
        ]
