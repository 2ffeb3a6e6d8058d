"""The rides of the demo: who drives to town this week, and who comes along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from carpool.actions import answer_booking, ask_for_ride, book_seats, offer_ride, open_stop
from carpool.models import RideOffer, RideRequest, Stop, StopKind
from carpool.places import Place
from demo.board import FRIDAY, MONDAY, TUESDAY, next_day
from demo.ground import as_, if_allowed, vera_for_edda
from demo.people import EDDA, LINDENTAL, NORA, STELLA, STRANG, TOM, Person
from village.core.geo import Point

LINDEN = Place("An der Linde", Point(50.0149, 11.5066))
SCHOOL = Place("Alte Schule", Point(50.0152, 11.5079))
MILL = Place("Mühlgrund", Point(50.0107, 11.5141))
BERGHEIM_CHURCH = Place("Bergheim, Kirche", Point(50.0304, 11.5596))
STATION = Place("Bahnhof in der Stadt", Point(49.9497, 11.5795))
CLINIC = Place("Klinik in der Stadt", Point(49.9425, 11.5560))
BENCH = Place("Mitfahrbank an der Hauptstraße", Point(50.0143, 11.5088))
MARKET = Place("Wochenmarkt in der Stadt", Point(49.9449, 11.5748))


@dataclass(frozen=True, slots=True)
class Drive:
    """Hold a ride that somebody offers each week, on a day and at an hour."""

    driver: Person
    start: Place
    goal: Place
    weekday: int
    hour: int
    seats: int
    flexible_minutes: int = 15
    detour_minutes: int = 10


TO_THE_TRAIN = Drive(TOM, LINDEN, STATION, MONDAY, 7, 3)
TO_THE_CLINIC = Drive(STELLA, SCHOOL, CLINIC, TUESDAY, 9, 2, 30, 15)
TO_THE_MARKET = Drive(TOM, LINDEN, MARKET, FRIDAY, 8, 4, 20, 10)
FROM_BERGHEIM = Drive(STRANG, BERGHEIM_CHURCH, STATION, MONDAY, 6, 3)
DRIVES = (TO_THE_TRAIN, TO_THE_CLINIC, TO_THE_MARKET, FROM_BERGHEIM)


def open_bench(at: datetime) -> None:
    """Put a ride bench beside the main street."""
    if not Stop.objects.in_use().filter(village=LINDENTAL.slug, name=BENCH.name).exists():
        open_stop(by=as_(STELLA), village=LINDENTAL.slug, place=BENCH, kind=StopKind.BENCH, at=at)


def offer_rides(at: datetime) -> None:
    """Offer this week's rides; Stella takes Edda along to the clinic, as Vera arranged."""
    for drive in DRIVES:
        offers = RideOffer.objects.filter(driver=drive.driver.id, to_name=drive.goal.name)
        if offers.still_here(at).exists():
            continue
        with if_allowed():
            offer = _offer(drive, at)
            if drive == TO_THE_CLINIC:
                with if_allowed():
                    _take_edda_along(offer, at)


def ask_for_rides(at: datetime) -> None:
    """Let Nora look for a ride to the train, which Tom's happens to be."""
    if RideRequest.objects.filter(person=NORA.id).still_useful(at).exists():
        return
    earliest = next_day(at, MONDAY, 6)
    with if_allowed():
        ask_for_ride(
            by=as_(NORA),
            village=LINDENTAL.slug,
            start=MILL,
            goal=STATION,
            earliest=earliest,
            latest_arrival=earliest + timedelta(hours=3),
            seats=1,
            at=at,
        )


def _offer(drive: Drive, at: datetime) -> RideOffer:
    return offer_ride(
        by=as_(drive.driver),
        village=drive.driver.home.slug,
        start=drive.start,
        goal=drive.goal,
        departs_at=next_day(at, drive.weekday, drive.hour),
        flexible_minutes=drive.flexible_minutes,
        seats=drive.seats,
        detour_minutes=drive.detour_minutes,
        at=at,
    )


def _take_edda_along(offer: RideOffer, at: datetime) -> None:
    by = vera_for_edda(at)
    assert by.principal_id == EDDA.id
    request = ask_for_ride(
        by=by,
        village=LINDENTAL.slug,
        start=SCHOOL,
        goal=CLINIC,
        earliest=offer.departs_at,
        latest_arrival=offer.departs_until + timedelta(hours=1),
        seats=1,
        at=at,
    )
    booking = book_seats(by=by, offer_id=offer.pk, seats=1, request_id=request.pk, at=at)
    answer_booking(by=as_(STELLA), booking_id=booking.pk, accept=True, at=at)
