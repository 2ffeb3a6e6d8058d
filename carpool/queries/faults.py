"""What should never be there: rows of rides that are left over, stale or missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Q

from carpool import index, plans
from carpool.matching import packed
from carpool.matching.cells import cells_of
from carpool.models import (
    ACTIVE,
    Booking,
    BookingStatus,
    IndexedRide,
    Match,
    OfferStatus,
    RequestStatus,
    RideCall,
    RideRequest,
)

_OVER = (BookingStatus.DECLINED, BookingStatus.CANCELLED, BookingStatus.EXPIRED)


def faults(at: datetime) -> Iterator[tuple[str, int]]:
    """
    Name each kind of fault with the number of rows that have it; all of them are 0.

    Rides that are over are in the index until it is tidied, which is done every few minutes.
    """
    yield "rides in the index that are over, cancelled or changed", index.orphans(at).count()
    yield "rides to come or on the way that are not in the index", index.missing(at).count()
    yield "rides posted elsewhere than their plan says", sum(map(_is_stray, _posted()))
    over = RideCall.objects.filter(booking__status__in=_OVER)
    yield "calls for riders who do not ride along", over.count()
    aboard = Booking.objects.filter(status__in=ACTIVE).annotate(stops=Count("calls"))
    yield "riders whom the plan does not pick up and let out", aboard.exclude(stops=2).count()
    stranded = Booking.objects.filter(status__in=ACTIVE, offer__status=OfferStatus.CANCELLED)
    yield "seats on rides that are cancelled", stranded.count()
    closed = Q(offer__status=OfferStatus.CANCELLED) | Q(request__status=RequestStatus.WITHDRAWN)
    yield "matches of what is cancelled or withdrawn", Match.objects.filter(closed).count()
    agreed = Q(bookings__status__in=[*ACTIVE, BookingStatus.COMPLETED, BookingStatus.NO_SHOW])
    matched = RideRequest.objects.filter(status=RequestStatus.MATCHED)
    yield "requests that are matched without a ride", matched.exclude(agreed).count()


def _posted() -> Iterator[IndexedRide]:
    rows = IndexedRide.objects.select_related("offer").prefetch_related("offer__calls", "cells")
    yield from rows.order_by("pk").iterator(chunk_size=200)


def _is_stray(posted: IndexedRide) -> bool:
    """Tell whether what is posted of a ride is not what its plan says."""
    ride = plans.ride_of(posted.offer)
    cells = {(cell.key, cell.first, cell.last) for cell in posted.cells.all()}
    return cells != set(cells_of(ride, posted.fastest)) or bytes(posted.plan) != packed(ride)
