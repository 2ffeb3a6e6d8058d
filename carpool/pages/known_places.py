"""The places that a village knows: what people choose from instead of a map service."""

from __future__ import annotations

from datetime import datetime

from carpool import queries
from carpool.models import about
from carpool.places import Place
from events.queries import board
from village.core.actor import Actor, Scope
from village.core.geo import Point
from village.residents.models import Village
from village.residents.queries import all_villages

# What is read of each kind, the soonest first.
READ = 50


def known_places(by: Actor, village: Village, *, at: datetime) -> list[Place]:
    """
    Give the village, its stops and neighbours, where events take place, and where rides lead.

    Each name once. Private ends of rides are known to about a kilometre, as to everybody.
    """
    found = [_centre(village)]
    found += [stop.place for stop in queries.stops_of(village.pk).order_by("name")[:READ]]
    rides = queries.offers(by, village.pk, mine=False, at=at).order_by("departs_at", "pk")
    for ride in rides[:READ]:
        found += [about(ride.goal, village.pk), about(ride.start, village.pk)]
    if by.may(Scope.EVENTS_JOIN):
        events = board(by, village.pk, past=False, at=at).order_by("begins_at", "pk")
        found += [
            Place(event.place_name, Point(event.place_lat, event.place_lng))
            for event in events[:READ]
        ]
    found += [_centre(each) for each in all_villages().order_by("name")[:READ]]
    by_name: dict[str, Place] = {}
    for place in found:
        by_name.setdefault(place.name.casefold(), place)
    home, *others = by_name.values()
    return [home, *sorted(others, key=lambda place: place.name.casefold())]


def _centre(village: Village) -> Place:
    return Place(village.name, Point(village.lat, village.lng))
