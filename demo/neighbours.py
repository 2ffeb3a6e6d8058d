"""What the two villages of the demo show of each other."""

from __future__ import annotations

from datetime import datetime

from demo.ground import as_
from demo.people import BERGHEIM, LINDENTAL, STELLA
from village.core.actor import SYSTEM
from village.federation.actions import agree_to_share
from village.federation.models import Agreement, Shared


def share(at: datetime) -> None:
    """Let Lindental show Bergheim's events; there the operator says yes, for want of a steward."""
    if Agreement.objects.filter(reader=LINDENTAL.slug, source=BERGHEIM.slug).exists():
        return
    for by, village, other, reads in (
        (as_(STELLA), LINDENTAL, BERGHEIM, True),
        (SYSTEM, BERGHEIM, LINDENTAL, False),
    ):
        agree_to_share(
            by=by, village=village.slug, other=other.slug, what=Shared.EVENTS, reads=reads, at=at
        )
