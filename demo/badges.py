"""Whom the stewards of the demo have looked at: the paper, an office and the centre."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from demo.ground import CENTRE, as_
from demo.paper import BOTE, outlet_of
from demo.people import LINDENTAL, STELLA
from demo.town_hall import CITIZENS
from village.core.actor import SYSTEM
from village.institutions.actions import confirm_badge, propose_badge
from village.institutions.models import Badge

FOR = timedelta(days=365)


def look_at_institutions(at: datetime) -> None:
    """Let Stella look at them, and the operator as well: Lindental has no second steward yet."""
    for institution in (outlet_of(BOTE).pk, CITIZENS, CENTRE):
        if not Badge.objects.filter(of=institution).exists():
            _verify(institution, at)


def _verify(institution: UUID, at: datetime) -> None:
    proposed = propose_badge(
        by=as_(STELLA),
        village=LINDENTAL.slug,
        institution_id=institution,
        until=at + FOR,
        at=at,
    )
    confirm_badge(by=SYSTEM, badge_id=proposed.pk, at=at)
