"""What a helper was refused, counted: every no is seen, and none fills a table."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from village.assist.models import Centre, Mandate

# More often on one day says nothing more, and is not written down.
COUNTED_UP_TO = 1000


class Refusal(models.Model):
    """
    Count how often somebody was refused the same thing on one day, on the centre's clock.

    ``mandate`` is the one that was named, where there is such a one; ``code`` is that of the
    problem document. What was asked for is not kept: it may be about anybody.
    """

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    mandate = models.ForeignKey(Mandate, models.CASCADE, null=True, related_name="+")
    code = models.CharField(max_length=60)
    day = models.DateField()
    times = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["centre", "who", "mandate", "code", "day"],
                condition=models.Q(mandate__isnull=False),
                name="one_count_a_day_under_a_mandate",
            ),
            models.UniqueConstraint(
                fields=["centre", "who", "code", "day"],
                condition=models.Q(mandate=None),
                name="one_count_a_day_under_none",
            ),
        ]
