"""What the tests say to the rides over HTTP, and how places look to whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from carpool.places import Place
from tests.carpool.factories import LINDE, TOWN
from tests.support.cast import GRID_KEY
from village.core.actor import Actor

Api = Callable[..., Client]
OFFERS = "/api/v1/villages/lindental/carpool/offers"
REQUESTS = "/api/v1/villages/lindental/carpool/requests"
JSON = "application/json"
EXACT_LINDE = {"stop": None, "name": "Lindental, Linde", "lat": 50.01493, "lng": 11.50661}


def roughly(place: Place) -> dict[str, Any]:
    told = place.about(GRID_KEY)
    return {"stop": None, "name": place.name, "lat": told.point.lat, "lng": told.point.lng}


def on_the_wire(place: Place) -> dict[str, Any]:
    return {"name": place.name, "lat": place.point.lat, "lng": place.point.lng}


def ride(now: datetime, **changes: Any) -> dict[str, Any]:
    return {
        "from": on_the_wire(LINDE),
        "to": on_the_wire(TOWN),
        "departs_at": (now + timedelta(hours=2)).isoformat(),
        "flexible_minutes": 15,
        "seats": 3,
        "detour_minutes": 10,
    } | changes


def wish(now: datetime, **changes: Any) -> dict[str, Any]:
    return {
        "from": on_the_wire(LINDE),
        "to": on_the_wire(TOWN),
        "earliest": (now + timedelta(hours=1)).isoformat(),
        "latest_arrival": (now + timedelta(hours=3)).isoformat(),
        "seats": 1,
    } | changes


def acting(by: Actor) -> dict[str, str]:
    return {"X-Acting-For": str(by.mandate_id)}


ROUGH_LINDE = roughly(LINDE)
