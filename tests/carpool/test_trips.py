"""A rider shares how her ride goes with somebody she trusts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from carpool.models import Booking, RideOffer
from tests.carpool.factories import LINDE, answer, book, make_offer
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]


def link(api: Api, cast: Cast, booking: Booking) -> str:
    told = api(cast.nora).get(f"/api/v1/carpool/bookings/{booking.pk}/trip").json()["url"]
    return "/carpool/trips/" + str(told).rsplit("/", 1)[1]


def test_the_link_shows_how_the_ride_goes_and_nobodys_door(
    api: Api, cast: Cast, now: datetime
) -> None:
    booking = answer(book(cast.nora, make_offer(cast.tom, at=now)))
    address = link(api, cast, booking)

    page = Client().get(address, follow=True)
    assert "Nora rides with Tom" in page.content.decode()
    assert str(LINDE.point.lat) not in page.content.decode()
    assert page.headers["Referrer-Policy"] == "no-referrer"
    Booking.objects.update(status="on_board")
    assert "She is on board." in Client().get(address, follow=True).content.decode()


def test_the_key_leaves_the_address_at_first_sight(api: Api, cast: Cast, now: datetime) -> None:
    booking = answer(book(cast.nora, make_offer(cast.tom, at=now)))
    other = book(cast.mia, make_offer(cast.tom, at=now))
    friend, address = Client(), link(api, cast, booking)
    shown_at = f"/carpool/trips/{booking.pk}"

    first = friend.get(address)

    assert (first.status_code, first["Location"]) == (302, shown_at)
    assert first["Cache-Control"] == "private, no-store"
    cookie = first.cookies["trip"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (shown_at, True, "Lax")
    assert friend.get(shown_at).status_code == 200
    # Without it, or with that of another ride, there is nothing.
    assert Client().get(shown_at).status_code == 404
    assert friend.get(f"/carpool/trips/{other.pk}").status_code == 404


def test_the_rider_finds_the_link_on_the_page_of_her_ride(
    api: Api, cast: Cast, now: datetime
) -> None:
    booking = answer(book(cast.nora, make_offer(cast.tom, at=now)))
    address = f"/carpool/offers/{booking.offer_id}"

    assert "/carpool/trips/" in api(cast.nora).get(address).content.decode()
    assert "/carpool/trips/" not in api(cast.tom).get(address).content.decode()


def test_the_link_ends_a_day_after_the_ride(api: Api, cast: Cast, now: datetime) -> None:
    booking = book(cast.nora, make_offer(cast.tom, at=now))
    address = link(api, cast, booking)
    RideOffer.objects.update(arrives_at=now - timedelta(hours=25))

    assert Client().get(address).status_code == 404
    assert Client().get("/carpool/trips/forged").status_code == 404


def test_the_link_is_the_riders_to_give(api: Api, cast: Cast, now: datetime) -> None:
    booking = book(cast.nora, make_offer(cast.tom, at=now))
    url = f"/api/v1/carpool/bookings/{booking.pk}/trip"

    assert api(cast.tom).get(url).status_code == 403
    assert api(cast.mia).get(url).status_code == 404
