"""What a helper has prepared, and somebody else has yet to say yes to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from village.assist.models import Mandate
from village.core.actor import Scope
from village.core.models import VillageObject

# As long as a question to the person may wait for her answer.
KEPT_FOR = timedelta(days=14)


class WaitsFor(models.TextChoices):
    """Name who has to say yes."""

    PERSON = "person", _("the person herself")
    SECOND = "second", _("a second volunteer of the centre")


class PreparedActQuerySet(models.QuerySet["PreparedAct"]):
    """Speak of prepared acts."""

    def waiting(self, at: datetime) -> PreparedActQuerySet:
        """Keep those that nobody has decided on, and that are not too old for it."""
        return self.filter(settled_at=None, created_at__gt=at - KEPT_FOR)


class PreparedAct(VillageObject):
    """
    Hold a request that a helper may only prepare, until it is carried out or dropped.

    ``body`` holds what was written; it is emptied as soon as the act is settled.
    """

    mandate = models.ForeignKey(Mandate, models.CASCADE, related_name="prepared_acts")
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    waits_for = models.CharField(max_length=10, choices=WaitsFor)
    # Of the operation: whoever says yes under the mandate must be allowed to act on it.
    scope = models.CharField(max_length=30, choices=[(each.value, each.value) for each in Scope])
    method = models.CharField(max_length=6)
    path = models.CharField(max_length=500)
    content_type = models.CharField(max_length=60)
    body = models.BinaryField(default=b"")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    is_done = models.BooleanField(default=False)

    objects: ClassVar = PreparedActQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["mandate", "created_at"],
                condition=models.Q(settled_at=None),
                name="prepared_acts_that_wait",
            )
        ]
