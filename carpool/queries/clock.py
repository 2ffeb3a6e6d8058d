"""What is due by the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from carpool.models import Booking, OfferSeries, RequestSeries, RideOffer, RideRequest
from events.models import Attendance
from village.core.actor import Actor
from village.residents.queries import all_villages

S = TypeVar("S", OfferSeries, RequestSeries)
# Drivers are asked the evening before, not later than people go to bed.
EVENING = time(18)


def running_series(kind: type[OfferSeries] | type[RequestSeries]) -> list[UUID]:
    """Name what still repeats."""
    return list(kind.objects.running().order_by("pk").values_list("pk", flat=True))


def own_series(by: Actor, village: str, kind: type[S]) -> QuerySet[S]:
    """Give what the actor's principal offers or needs again and again in a village."""
    owner = "driver" if issubclass(kind, OfferSeries) else "person"
    rows: QuerySet[Any] = kind._default_manager.get_queryset()
    return rows.filter(**{"village": village, owner: by.principal_id}, ended_at=None)


def to_be_asked(at: datetime) -> Iterator[UUID]:
    """Name the rides of tomorrow that somebody wants to take, where it is evening now."""
    for village in all_villages():
        here = at.astimezone(village.tzinfo)
        if here.time() < EVENING:
            continue
        tomorrow = here.date() + timedelta(days=1)
        first = datetime.combine(tomorrow, time(), tzinfo=village.tzinfo)
        last = datetime.combine(tomorrow + timedelta(days=1), time(), tzinfo=village.tzinfo)
        rides = RideOffer.objects.open().filter(
            village=village, departs_at__gte=first, departs_at__lt=last, asked_at=None
        )
        wanted = rides.filter(bookings__in=Booking.objects.active()).distinct()
        yield from wanted.order_by("pk").values_list("pk", flat=True)


def lifted_to(occurrence_id: UUID) -> QuerySet[Attendance, UUID]:
    """Name the attendances of a date for whom a lift was looked for."""
    people = RideRequest.objects.filter(occurrence=occurrence_id).values("person")
    coming = Attendance.objects.filter(occurrence=occurrence_id, resident__in=people)
    return coming.order_by("pk").values_list("pk", flat=True)
