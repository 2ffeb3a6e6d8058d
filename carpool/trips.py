"""The link by which somebody whom a rider trusts sees how her ride goes, and nothing else."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core import signing

from carpool.models import Booking
from carpool.queries import KNOWN_FOR, booking

_SALT = "carpool.trips"


def token_of(found: Booking) -> str:
    """Give the token of a booking's link; it needs no row, and tells nothing without our key."""
    return signing.dumps(str(found.pk), salt=_SALT)


def trip_of(token: str, *, at: datetime) -> Booking | None:
    """Find the booking that a link shows; until a day after the ride."""
    try:
        found = booking(UUID(signing.loads(token, salt=_SALT)))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return found if found is not None and at < found.offer.arrives_at + KNOWN_FOR else None
