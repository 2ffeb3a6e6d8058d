"""Two hundred people want a few seats in the same moment, on each database."""

from __future__ import annotations

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from uuid import UUID

import pytest
from django.db import OperationalError, connection, connections

from carpool import actions
from carpool.models import RideCall, RideOffer
from tests.carpool.factories import book, make_offer
from tests.support.at_once import make_crowd
from village.core.actor import Actor
from village.residents.models import Resident, Village

pytestmark = [pytest.mark.django_db(transaction=True)]
PEOPLE = 200
# Once in the suite; as often as the village promises when asked to.
TIMES = int(os.environ.get("SEATS_ROUNDS", "1"))
# How many knock at a time: a web process has no more connections than this.
DOORS = 16 if connection.vendor == "postgresql" else 8


def want(offer: RideOffer, crowd: list[UUID]) -> Counter[str]:
    """Let everybody ask for a seat; whoever finds the database busy asks again."""
    together = Barrier(DOORS)
    first = set(crowd[:DOORS])

    def one(person: UUID) -> str:
        if person in first:
            together.wait(timeout=30)
        try:
            for _ in range(20):
                try:
                    return str(book(Actor(person), offer).status)
                except actions.RideFull as full:
                    return full.code
                except OperationalError:
                    time.sleep(0.2)
            return "busy"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(DOORS) as threads:
        return Counter(threads.map(one, crowd, timeout=240))


@pytest.mark.parametrize("seats", [3])
def test_two_hundred_who_want_a_few_seats_get_exactly_those(
    lindental: Village, tom: Resident, at: datetime, seats: int
) -> None:
    crowd = make_crowd(lindental, at=at, people=PEOPLE)
    for _ in range(TIMES):
        offer = make_offer(tom, at=at, seats=seats)

        came = want(offer, crowd)

        offer.refresh_from_db()
        assert came == {"requested": seats, "carpool.ride_full": PEOPLE - seats}
        assert offer.seats_left == 0
        assert offer.bookings.active().count() == seats
        aboard = load = 0
        for call in RideCall.objects.filter(offer=offer).order_by("turn"):
            load += call.boards
            aboard = max(aboard, load)
        assert (aboard, load) == (seats, 0)
