"""How rides, requests, matches and bookings look on the wire."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import ninja
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import ConfigDict
from pydantic.config import JsonDict

from carpool.matching import Because, Match, Reason, reasons
from carpool.models import Booking, RideOffer, RideRequest
from carpool.places import Place
from carpool.queries import wish_of
from village.core.geo import Point
from village.core.schemas import (
    In,
    Moment,
    Out,
    PageQuery,
    PersonOut,
    PlaceIn,
    PlaceOut,
    PositionOut,
)

Seats = Annotated[int, ninja.Field(strict=True, ge=1, le=8)]
FlexibleMinutes = Annotated[int, ninja.Field(strict=True, ge=0, le=240)]
DetourMinutes = Annotated[int, ninja.Field(strict=True, ge=0, le=120)]
_FROM_HOME: JsonDict = {"name": "Lindental, Linde", "lat": 50.0149, "lng": 11.5066}
_TO_TOWN: JsonDict = {"name": "Bayreuth, Hauptbahnhof", "lat": 49.9518, "lng": 11.5793}


class OfferIn(In):
    """A ride that somebody offers; she leaves up to ``flexible_minutes`` later."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "from": _FROM_HOME,
                "to": _TO_TOWN,
                "departs_at": "2026-12-01T08:00:00+01:00",
                "flexible_minutes": 15,
                "seats": 3,
                "detour_minutes": 10,
            }
        }
    )

    from_: PlaceIn = ninja.Field(alias="from")
    to: PlaceIn
    departs_at: Moment
    flexible_minutes: FlexibleMinutes = 0
    seats: Seats
    detour_minutes: DetourMinutes = 0


class RequestIn(In):
    """A ride that somebody looks for."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "from": _FROM_HOME,
                "to": _TO_TOWN,
                "earliest": "2026-12-01T07:30:00+01:00",
                "latest_arrival": "2026-12-01T09:00:00+01:00",
                "seats": 1,
            }
        }
    )

    from_: PlaceIn = ninja.Field(alias="from")
    to: PlaceIn
    earliest: Moment
    latest_arrival: Moment
    seats: Seats = 1


class BookingIn(In):
    """How many seats a rider asks for, and which of her requests it answers."""

    model_config = ConfigDict(json_schema_extra={"example": {"request": None, "seats": 1}})

    request: UUID | None = None
    seats: Seats = 1


class RidesQuery(PageQuery):
    """How a client asks for a page: what is open to all, or one's own and past ones too."""

    mine: bool = False


class TravellerOut(PersonOut):
    """Somebody on the way."""


class JourneyOut(Out):
    """
    What an offer and a request share.

    ``exact`` says whether the places are: otherwise they are rounded to about a kilometre.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    id: UUID
    village: str
    created_at: datetime
    from_: PlaceOut = ninja.Field(serialization_alias="from")
    to: PlaceOut
    exact: bool
    via_helper: bool


class OfferOut(JourneyOut):
    """A ride that somebody offers."""

    driver: TravellerOut
    departs_at: datetime
    flexible_minutes: int
    detour_minutes: int
    seats: int
    seats_left: int
    status: str


class FollowedOfferOut(OfferOut):
    """A ride, and where its stream stood before it was read."""

    position: PositionOut | None = None


class RequestOut(JourneyOut):
    """A ride that somebody looks for."""

    person: TravellerOut
    earliest: datetime
    latest_arrival: datetime
    seats: int
    status: str


class MatchOut(Out):
    """
    A ride that could take somebody along.

    The times are estimates: the line through the air, made longer by a factor, at one speed.
    ``reasons`` are words for people.
    """

    offer: OfferOut
    detour_seconds: int
    pickup_at: datetime
    arrives_at: datetime
    estimate: bool
    reasons: list[str]


class BookingOut(Out):
    """
    The seats that a rider asked for.

    ``pickup`` and ``dropoff`` are where her request begins and ends, if it has one.
    """

    id: UUID
    village: str
    created_at: datetime
    offer: UUID
    request: UUID | None
    driver: TravellerOut
    rider: TravellerOut
    seats: int
    status: str
    pickup: PlaceOut | None
    dropoff: PlaceOut | None
    exact: bool
    via_helper: bool


def place(given: PlaceIn) -> Place:
    """Read a place."""
    return Place(given.name, Point(given.lat, given.lng))


def offer_out(offer: RideOffer, *, exact: bool = False) -> OfferOut:
    """Show a ride, read with its driver; exactly only to whom it concerns."""
    return OfferOut(
        id=offer.pk,
        village=offer.village_id,
        created_at=offer.created_at,
        from_=_place_out(offer.start, exact),
        to=_place_out(offer.goal, exact),
        exact=exact,
        via_helper=offer.via_helper,
        driver=TravellerOut.from_orm(offer.driver),
        departs_at=offer.departs_at,
        flexible_minutes=offer.flexible_minutes,
        detour_minutes=offer.detour_minutes,
        seats=offer.seats,
        seats_left=offer.seats_left,
        status=offer.status,
    )


def request_out(request: RideRequest, *, exact: bool = False) -> RequestOut:
    """Show a request, read with its person; exactly only to whom it belongs."""
    return RequestOut(
        id=request.pk,
        village=request.village_id,
        created_at=request.created_at,
        from_=_place_out(request.start, exact),
        to=_place_out(request.goal, exact),
        exact=exact,
        via_helper=request.via_helper,
        person=TravellerOut.from_orm(request.person),
        earliest=request.earliest,
        latest_arrival=request.latest_arrival,
        seats=request.seats,
        status=request.status,
    )


def match_out(offer: RideOffer, match: Match, wish: RideRequest) -> MatchOut:
    """Show how a ride could take somebody along."""
    return MatchOut(
        offer=offer_out(offer),
        detour_seconds=max(0, match.extra_seconds),
        pickup_at=datetime.fromtimestamp(match.pickup_at, UTC),
        arrives_at=datetime.fromtimestamp(match.arrives_at, UTC),
        estimate=True,
        reasons=[in_words(reason) for reason in reasons(match, wish_of(wish))],
    )


def booking_out(booking: Booking, *, exact: bool = False) -> BookingOut:
    """Show a booking, read with its people; exactly only to whom it concerns."""
    wish = booking.request
    return BookingOut(
        id=booking.pk,
        village=booking.village_id,
        created_at=booking.created_at,
        offer=booking.offer_id,
        request=booking.request_id,
        driver=TravellerOut.from_orm(booking.offer.driver),
        rider=TravellerOut.from_orm(booking.rider),
        seats=booking.seats,
        status=booking.status,
        pickup=None if wish is None else _place_out(wish.start, exact),
        dropoff=None if wish is None else _place_out(wish.goal, exact),
        exact=exact,
        via_helper=booking.via_helper,
    )


def _place_out(place: Place, exact: bool) -> PlaceOut:
    shown = place if exact else place.roughly
    return PlaceOut(name=shown.name, lat=shown.point.lat, lng=shown.point.lng)


def in_words(reason: Reason) -> str:
    """Say why a ride fits."""
    n = reason.count
    match reason.because:
        case Because.ON_THE_WAY:
            said = _("It is on the way.")
        case Because.DETOUR_MINUTES:
            said = ngettext("A detour of %(n)d minute.", "A detour of %(n)d minutes.", n)
        case Because.WALK_MINUTES:
            said = ngettext("You walk for %(n)d minute.", "You walk for %(n)d minutes.", n)
        case Because.EARLY_MINUTES:
            said = ngettext(
                "You arrive %(n)d minute before you have to.",
                "You arrive %(n)d minutes before you have to.",
                n,
            )
        case Because.JUST_IN_TIME:
            said = _("You arrive just in time.")
        case Because.LEAVES_LATER_MINUTES:
            said = ngettext(
                "The driver would leave %(n)d minute later.",
                "The driver would leave %(n)d minutes later.",
                n,
            )
        case Because.RIDES_TOGETHER:
            said = ngettext(
                "You have ridden together %(n)d time before.",
                "You have ridden together %(n)d times before.",
                n,
            )
    return said % {"n": n} if n else said
