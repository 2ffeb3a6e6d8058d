"""
What warnings hold about a person: nothing but who drafted and released them, for as long as both
are here. How long a warning itself is kept is said here as well.
"""

from __future__ import annotations

from datetime import datetime

from village.alerts.models import Alert
from village.journal.holdings import Retention, declare_retention


def _let_go(before: datetime) -> int:
    return Alert.objects.filter(created_at__lt=before).delete()[0]


declare_retention(
    Retention("alerts.alerts", 1825, _let_go, "so that a village learns from its disasters")
)
