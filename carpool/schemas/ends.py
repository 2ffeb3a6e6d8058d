"""How a place looks on the wire where a ride begins, ends or goes by."""

from __future__ import annotations

from uuid import UUID

import ninja
from django.utils.translation import gettext as _
from pydantic import model_validator
from pydantic.config import JsonDict

from carpool.models import about
from carpool.places import Place
from carpool.queries import stop
from village.core.errors import Invalid
from village.core.geo import Point
from village.core.schemas import In, Line, Out

FROM_HOME: JsonDict = {"name": "Lindental, Linde", "lat": 50.0149, "lng": 11.5066}
TO_TOWN: JsonDict = {"name": "Bayreuth, Hauptbahnhof", "lat": 49.9518, "lng": 11.5793}


class EndIn(In):
    """
    Where a ride begins, ends or goes by: a public ``stop``, or a name with a point on the map.

    The name is read by everybody; the point by whoever rides along, once both have said yes.
    """

    stop: UUID | None = None
    name: Line | None = None
    lat: float | None = ninja.Field(None, ge=-90, le=90, allow_inf_nan=False)
    lng: float | None = ninja.Field(None, ge=-180, le=180, allow_inf_nan=False)

    @model_validator(mode="after")
    def _is_one_of_both(self) -> EndIn:
        given = (self.name, self.lat, self.lng)
        if self.stop is None and None in given:
            raise ValueError("a place is a stop, or has a name, a lat and a lng")
        if self.stop is not None and given != (None, None, None):
            raise ValueError("a stop has its own name and point")
        return self


class EndOut(Out):
    """Where a ride begins, ends or goes by; a ``stop`` is exact to everybody."""

    stop: UUID | None
    name: str
    lat: float
    lng: float


def place(given: EndIn, field: str) -> Place:
    """
    Read a place.

    :raises Invalid: if it names a stop that there is not
    """
    if given.stop is None:
        assert given.name is not None and given.lat is not None and given.lng is not None
        return Place(given.name, Point(given.lat, given.lng))
    found = stop(given.stop)
    if found is None:
        raise Invalid(_("There is no such stop."), field=field)
    return found.place


def end_out(place: Place, village: str, *, exact: bool) -> EndOut:
    """Show a place, exactly or as everybody in a village may know it."""
    return exact_end(place if exact else about(place, village))


def exact_end(place: Place) -> EndOut:
    """Show a place as it is."""
    point = place.point
    return EndOut(stop=place.stop_id, name=place.name, lat=point.lat, lng=point.lng)
