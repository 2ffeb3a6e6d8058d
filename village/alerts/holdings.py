"""What roll calls hold about a person: the latest word of how she is, for some days."""

from __future__ import annotations

from datetime import datetime

from village.alerts.models import Alert, Answer, RollCall
from village.journal.holdings import Holding, Retention, declare_retention

Holding(
    "alerts.answers",
    of=Answer,
    person="resident",
    shows=(
        "id",
        "village",
        "created_at",
        "roll_call",
        "condition",
        "shelter",
        "note",
        "source",
        "at",
    ),
    kept="until the village forgets its roll call, usually two weeks; erasing deletes them",
)


def _let_go(before: datetime) -> int:
    RollCall.objects.filter(created_at__lt=before).delete()
    return Alert.objects.filter(created_at__lt=before).delete()[0]


declare_retention(
    Retention("alerts.alerts", 1825, _let_go, "so that a village learns from its disasters")
)
