"""The link by which somebody whom a rider trusts sees how her ride goes, and nothing else."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from carpool.models import Booking
from carpool.queries import KNOWN_FOR, booking

_SALT = "carpool.trips"


def link_of(found: Booking) -> str:
    """Give the link of a booking; its token needs no row, and tells nothing without our key."""
    token = signing.dumps(str(found.pk), salt=_SALT)
    return f"{settings.SITE_URL.rstrip('/')}{reverse('trip-link', args=[token])}"


def trip_of(token: str, *, at: datetime) -> Booking | None:
    """Find the booking that a link shows; until a day after the ride."""
    try:
        found = booking(UUID(signing.loads(token, salt=_SALT)))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return found if found is not None and at < found.offer.arrives_at + KNOWN_FOR else None
