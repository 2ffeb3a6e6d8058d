"""The public stops, and what a village lets drivers share."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from carpool.matching import Spot
from carpool.models import RideRules, Stop, StopKind
from carpool.places import Place
from carpool.savings import CENTS_PER_KM
from village.core.geo import Point
from village.residents.queries import village_or_404


def stops_of(village: str) -> QuerySet[Stop]:
    """Give the stops of a village that are in use."""
    return Stop.objects.in_use().filter(village=village)


def benches_of(account_id: UUID) -> set[UUID]:
    """Name the benches as whose device somebody signs in; people have none."""
    return set(Stop.objects.in_use().filter(account=account_id).values_list("pk", flat=True))


def stop(stop_id: UUID) -> Stop | None:
    """Find a stop of any village that is in use; everybody may know it."""
    return Stop.objects.in_use().filter(pk=stop_id).first()


def stop_at(village: str, spot: Spot) -> Stop | None:
    """Find the stop to which somebody walks; none if she does not."""
    if not spot.walk:
        return None
    here = stops_of(village).filter(lat=spot.point.lat, lng=spot.point.lng)
    return here.order_by("created_at", "pk").first()


def cents_per_km(village: str) -> int:
    """Give the most that drivers and riders of a village share for each kilometre."""
    rules = RideRules.objects.filter(pk=village).first()
    return CENTS_PER_KM if rules is None else rules.cents_per_km


def usual_stop(village: str) -> Place:
    """Give where people of a village get in who say nothing else: a square, or its middle."""
    kinds = {StopKind.SQUARE: 0, StopKind.BUS_STOP: 1, StopKind.BENCH: 2, StopKind.PARKING: 3}
    stops = sorted(stops_of(village), key=lambda stop: (kinds[StopKind(stop.kind)], stop.name))
    if stops:
        return stops[0].place
    middle = village_or_404(village)
    return Place(middle.name, Point(middle.lat, middle.lng))
