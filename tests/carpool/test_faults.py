"""Whatever people do with rides, nothing is left over, stale or missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from carpool import actions, queries
from carpool.models import (
    Booking,
    IndexedRide,
    Match,
    RideCall,
    RideCell,
    RideOffer,
    RideRequest,
)
from tests.carpool.factories import FAR, answer, book, confirm, make_offer, make_request
from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor
from village.core.errors import DomainError

pytestmark = pytest.mark.django_db


def found(at: datetime) -> dict[str, int]:
    """Give the faults there are."""
    return {name: count for name, count in queries.faults(at) if count}


def live(cast: Cast, at: datetime, seed: int) -> None:
    """Let people do what they like with rides; what is refused is refused."""
    chance = Random(seed)
    people = (cast.nora, cast.vera, cast.mia)

    def one(rows: Any) -> Any:
        return chance.choice(list(rows.order_by("pk")) or [None])

    def offer() -> None:
        start = {"start": FAR} if chance.random() < 0.5 else {}
        make_offer(cast.tom, at=at, seats=chance.choice([1, 2]), detour_minutes=40, **start)

    def request() -> None:
        make_request(chance.choice(people), at=at)

    def ask() -> None:
        wish, ride = one(RideRequest.objects.filter(status="open")), one(RideOffer.objects.all())
        if wish and ride:
            booking = book(wish.person, ride, request_id=wish.pk, at=at)
            if chance.random() < 0.7:
                answer(booking, accept=chance.random() < 0.8)

    def cancel() -> None:
        booking = one(Booking.objects.active())
        if booking:
            who = chance.choice([booking.rider_id, booking.offer.driver_id])
            actions.cancel_booking(by=Actor(who), booking_id=booking.pk, at=at)

    def change() -> None:
        ride = one(RideOffer.objects.open())
        if ride:
            later = ride.departs_at + timedelta(hours=1)
            changes: list[dict[str, Any]] = [{"departs_at": later}, {"seats": 1}]
            changes.append({"detour_minutes": 0})
            actions.change_offer(
                by=Actor(cast.tom.pk), offer_id=ride.pk, at=at, **chance.choice(changes)
            )

    def call_off() -> None:
        ride = one(RideOffer.objects.open())
        if ride:
            actions.cancel_offer(by=Actor(cast.tom.pk), offer_id=ride.pk, at=at)

    def withdraw() -> None:
        wish = one(RideRequest.objects.all())
        if wish:
            actions.withdraw_request(by=Actor(wish.person_id), request_id=wish.pk, at=at)

    def lapse() -> None:
        booking = one(Booking.objects.active())
        if booking:
            actions.expire_booking(by=SYSTEM, booking_id=booking.pk, at=booking.lapses_at)

    deeds: list[Callable[[], None]] = [offer, request, ask, ask, cancel, change, withdraw, lapse]
    for _ in range(30):
        try:
            chance.choice([*deeds, *([call_off] if chance.random() < 0.3 else [])])()
        except DomainError:
            continue


class TestFaults:
    @pytest.mark.parametrize("seed", range(3))
    def test_are_none_whatever_people_do(self, cast: Cast, at: datetime, seed: int) -> None:
        make_offer(cast.tom, at=at)
        live(cast, at, seed)

        assert found(at) == {}
        assert RideOffer.objects.count() > 1

    @pytest.mark.parametrize(
        ("harm", "named"),
        [
            (lambda: RideCell.objects.filter(key__gt=0)[:1].get().delete(), "posted elsewhere"),
            (lambda: IndexedRide.objects.all().delete(), "not in the index"),
            (lambda: RideOffer.objects.update(version=99), "cancelled or changed"),
            (lambda: IndexedRide.objects.update(plan=b""), "posted elsewhere"),
            (lambda: RideCall.objects.exclude(booking=None).delete(), "does not pick up"),
            (lambda: Booking.objects.update(status="cancelled"), "do not ride along"),
            (lambda: RideOffer.objects.update(status="cancelled"), "rides that are cancelled"),
            (lambda: Booking.objects.all().delete(), "matched without a ride"),
            (lambda: RideRequest.objects.update(status="withdrawn"), "or withdrawn"),
        ],
    )
    def test_are_found(self, cast: Cast, at: datetime, harm: Callable[[], Any], named: str) -> None:
        offer = make_offer(cast.tom, at=at)
        wish = make_request(cast.nora, at=at)
        assert Match.objects.count() == 1
        confirm(answer(book(cast.nora, offer, request_id=wish.pk)))
        assert found(at) == {}

        harm()

        assert any(named in name for name in found(at))


class TestRidesCommand:
    def test_says_nought_of_everything(self, cast: Cast) -> None:
        make_offer(cast.tom, at=timezone.now())
        said = StringIO()

        call_command("rides", "check", stdout=said)

        counts = [int(line.split()[0]) for line in said.getvalue().splitlines()]
        assert len(counts) == len(list(queries.faults(timezone.now())))
        assert set(counts) == {0}

    def test_fails_on_a_fault_and_mends_the_index(self, cast: Cast) -> None:
        make_offer(cast.tom, at=timezone.now())
        IndexedRide.objects.all().delete()

        with pytest.raises(CommandError, match="1 faults"):
            call_command("rides", "check", stdout=StringIO())
        call_command("rides", "tidy", stdout=StringIO())
        call_command("rides", "check", stdout=StringIO())
