"""What villages have agreed to show of each other."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from village.residents.models import Village


class Shared(models.TextChoices):
    """Name what can be shown: what everybody in its village sees, and nothing else."""

    NEWS = "news", _("News")
    EVENTS = "events", _("Events")
    RIDES = "rides", _("Rides")


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Speak of agreements."""

    def current(self) -> AgreementQuerySet:
        """Keep those that neither has ended, also where one still waits for the other."""
        return self.filter(ended_at=None)

    def standing(self) -> AgreementQuerySet:
        """Keep those that count: both have said yes, and neither has ended it."""
        return self.current().filter(reader_yes_at__isnull=False, source_yes_at__isnull=False)


class Agreement(models.Model):
    """
    Say that the people of ``reader`` see one kind of what ``source`` has, while both want it.

    Each side's yes has its moment. What has ended stays with ``ended_at``; a new one begins anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reader = models.ForeignKey(Village, models.CASCADE, related_name="+")
    source = models.ForeignKey(Village, models.CASCADE, related_name="+")
    what = models.CharField(max_length=10, choices=Shared)
    created_at = models.DateTimeField()
    reader_yes_at = models.DateTimeField(null=True)
    source_yes_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar = AgreementQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reader", "source", "what"],
                condition=Q(ended_at=None),
                name="one_agreement_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(reader=F("source")), name="no_village_agrees_with_itself"
            ),
        ]

    @property
    def stands(self) -> bool:
        """Tell whether it counts."""
        return bool(self.reader_yes_at and self.source_yes_at and self.ended_at is None)
