"""Events for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from events import actions
from events.models import Attendance, Event, Occurrence
from village.core.actor import Actor
from village.core.geo import Point
from village.residents.models import Resident

ALTE_SCHULE = actions.Place("Alte Schule", Point(50.015, 11.508))


def make_event(organiser: Resident | Actor, *, at: datetime, **changes: Any) -> Event:
    """Announce coffee in a week, by ``organiser``."""
    what: dict[str, Any] = {
        "village": "lindental",
        "title": "Coffee and cake",
        "text": "Bring your neighbour.",
        "begins_at": at + timedelta(days=7),
        "ends_at": at + timedelta(days=7, hours=2),
        "place": ALTE_SCHULE,
        "capacity": None,
        "publish": True,
    }
    by = organiser if isinstance(organiser, Actor) else Actor(organiser.pk)
    return actions.announce_event(by=by, at=at, **(what | changes))


def make_date(organiser: Resident, *, at: datetime, **changes: Any) -> Occurrence:
    """Announce an event and give its one date."""
    return make_event(organiser, at=at, **changes).occurrences.get()


def sign_up(who: Resident | Actor, date: Occurrence, party: int = 1, **how: Any) -> Attendance:
    """Sign somebody up, a day after the date was announced."""
    by = who if isinstance(who, Actor) else Actor(who.pk)
    how = {"needs_lift": False, "at": date.created_at + timedelta(days=1)} | how
    return actions.sign_up(by=by, occurrence_id=date.pk, party_size=party, **how)


def withdraw(who: Resident, date: Occurrence) -> Attendance:
    """Withdraw somebody, two days after the date was announced."""
    later = date.created_at + timedelta(days=2)
    return actions.withdraw(by=Actor(who.pk), occurrence_id=date.pk, at=later)
