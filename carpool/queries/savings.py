"""What riding together saved, for one person and for a village."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Count, F, Min, Q, Sum
from django.db.models.functions import Greatest

from carpool.models import Booking, BookingQuerySet, BookingStatus
from carpool.savings import Saved
from village.residents.queries import village_or_404

# A sum that fewer people share would tell how far one of them rides.
FEWEST = 5


def saved_by(resident_id: UUID, village: str, year: int) -> Saved:
    """Give what somebody saved with others in a year, as a rider and as a driver."""
    hers = Q(rider=resident_id) | Q(offer__driver=resident_id)
    return _sum(_completed(village, year).filter(hers))


def saved_in(village: str, year: int) -> Saved | None:
    """Give what a village saved in a year; nothing where too few people took part."""
    done = _completed(village, year)
    told = done.aggregate(
        riders=Count("rider", distinct=True), drivers=Count("offer__driver", distinct=True)
    )
    return _sum(done) if told["riders"] + told["drivers"] >= FEWEST else None


def first_year(village: str) -> int | None:
    """Give the year in which somebody first shared a ride in a village."""
    zone = village_or_404(village).tzinfo
    done = Booking.objects.filter(village=village, status=BookingStatus.COMPLETED)
    first: datetime | None = done.aggregate(first=Min("offer__departs_at"))["first"]
    return None if first is None else first.astimezone(zone).year


def _completed(village: str, year: int) -> BookingQuerySet:
    zone = village_or_404(village).tzinfo
    first, last = (datetime(each, 1, 1, tzinfo=zone).astimezone(UTC) for each in (year, year + 1))
    done = Booking.objects.filter(village=village, status=BookingStatus.COMPLETED)
    return done.filter(offer__departs_at__gte=first, offer__departs_at__lt=last)


def _sum(done: BookingQuerySet) -> Saved:
    saved = Greatest(F("direct_metres") - F("detour_metres"), 0)
    told = done.aggregate(rides=Count("pk"), metres=Sum(saved))
    return Saved(told["rides"], told["metres"] or 0)
