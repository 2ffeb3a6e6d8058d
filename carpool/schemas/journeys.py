"""How rides and requests look on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import ninja
from pydantic import ConfigDict

from carpool.models import Journey, RideOffer, RideRequest
from carpool.schemas.ends import FROM_HOME, TO_TOWN, EndIn, EndOut, end_out
from carpool.terms import Terms
from village.core.schemas import HelpedOut, In, Moment, PageQuery, PersonOut, PositionOut
from village.residents.schemas import on_board

Seats = Annotated[int, ninja.Field(strict=True, ge=1, le=8)]
FlexibleMinutes = Annotated[int, ninja.Field(strict=True, ge=0, le=240)]
DetourMinutes = Annotated[int, ninja.Field(strict=True, ge=0, le=120)]
WalkMinutes = Annotated[int, ninja.Field(strict=True, ge=0, le=30)]
Luggage = Annotated[int, ninja.Field(strict=True, ge=0, le=8)]
Cents = Annotated[int, ninja.Field(strict=True, ge=0, le=100)]


class TermsIn(In):
    """
    On which terms people ride together; see each field's default.

    ``verified_only`` asks for somebody on the other side who has shown that she lives here.
    """

    luggage: Luggage = 0
    wheelchair: bool = False
    dog: bool = False
    smoking: bool = False
    women_only: bool = False
    known_only: bool = False
    verified_only: bool = False


class OfferIn(TermsIn):
    """
    A ride that somebody offers; she leaves up to ``flexible_minutes`` later.

    ``cents_per_km`` is what the ride costs and all in the car share equally; 0 is a present.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "from": FROM_HOME,
                "to": TO_TOWN,
                "departs_at": "2026-12-01T08:00:00+01:00",
                "flexible_minutes": 15,
                "seats": 3,
                "detour_minutes": 10,
            }
        }
    )

    from_: EndIn = ninja.Field(alias="from")
    to: EndIn
    via: list[EndIn] = ninja.Field(default_factory=list, max_length=5)
    departs_at: Moment
    flexible_minutes: FlexibleMinutes = 0
    seats: Seats
    detour_minutes: DetourMinutes = 0
    cents_per_km: Cents = 0


class OfferChangeIn(In):
    """What a driver changes of her ride; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"example": {"flexible_minutes": 30}})

    departs_at: Moment | None = None
    flexible_minutes: FlexibleMinutes | None = None
    seats: Seats | None = None
    detour_minutes: DetourMinutes | None = None


class RequestIn(TermsIn):
    """A ride that somebody looks for, who can walk for some minutes to a public stop."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "from": FROM_HOME,
                "to": TO_TOWN,
                "earliest": "2026-12-01T07:30:00+01:00",
                "latest_arrival": "2026-12-01T09:00:00+01:00",
                "seats": 1,
            }
        }
    )

    from_: EndIn = ninja.Field(alias="from")
    to: EndIn
    earliest: Moment
    latest_arrival: Moment
    seats: Seats = 1
    walk_minutes: WalkMinutes = 0


class RidesQuery(PageQuery):
    """How a client asks for a page: what is open to all, or one's own and past ones too."""

    mine: bool = False


class TravellerOut(PersonOut):
    """Somebody on the way."""


class JourneyOut(HelpedOut):
    """
    What an offer and a request share.

    ``exact`` says whether the places are: otherwise those that are no stops are told to about
    a kilometre.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    id: UUID
    village: str
    created_at: datetime
    from_: EndOut = ninja.Field(serialization_alias="from")
    to: EndOut
    exact: bool
    luggage: int
    wheelchair: bool
    dog: bool
    smoking: bool
    women_only: bool
    known_only: bool
    verified_only: bool


class OfferOut(JourneyOut):
    """A ride that somebody offers; ``seats_left`` are free all the way."""

    driver: TravellerOut
    via: list[EndOut]
    departs_at: datetime
    flexible_minutes: int
    detour_minutes: int
    cents_per_km: int
    seats: int
    seats_left: int
    status: str
    series: UUID | None
    still_goes_at: datetime | None


class FollowedOfferOut(OfferOut):
    """A ride, and where its stream stood before it was read."""

    position: PositionOut | None = None


class RequestOut(JourneyOut):
    """
    A ride that somebody looks for; ``occurrence`` is the event's date it is a lift to.

    Somebody with ``waits_until`` waits at the stop now, and is picked up by then or not at all.
    How far she can walk is told to nobody else.
    """

    person: TravellerOut
    earliest: datetime
    latest_arrival: datetime
    waits_until: datetime | None
    seats: int
    walk_minutes: int | None
    status: str
    series: UUID | None
    occurrence: UUID | None
    leg: str


def terms(given: TermsIn) -> Terms:
    """Read the terms."""
    return Terms(
        luggage=given.luggage,
        wheelchair=given.wheelchair,
        dog=given.dog,
        smoking=given.smoking,
        women_only=given.women_only,
        known_only=given.known_only,
        verified_only=given.verified_only,
    )


def offer_out(offer: RideOffer, *, exact: bool = False) -> OfferOut:
    """Show a ride, read with its driver; exactly only to whom it concerns."""
    return OfferOut(
        **journey(offer, exact),
        driver=on_board(TravellerOut, offer.driver),
        via=[end_out(each, offer.village_id, exact=exact) for each in offer.vias],
        departs_at=offer.departs_at,
        flexible_minutes=offer.flexible_minutes,
        detour_minutes=offer.detour_minutes,
        cents_per_km=offer.cents_per_km,
        seats=offer.seats,
        seats_left=offer.seats_left,
        status=offer.status,
        series=offer.series_id,
        still_goes_at=offer.still_goes_at,
    )


def request_out(request: RideRequest, *, exact: bool = False) -> RequestOut:
    """Show a request, read with its person; exactly only to whom it belongs."""
    return RequestOut(
        **journey(request, exact),
        person=on_board(TravellerOut, request.person),
        earliest=request.earliest,
        latest_arrival=request.latest_arrival,
        waits_until=request.waits_until,
        seats=request.seats,
        walk_minutes=request.walk_minutes if exact else None,
        status=request.status,
        series=request.series_id,
        occurrence=request.occurrence_id,
        leg=request.leg,
    )


def journey(row: Journey, exact: bool) -> dict[str, Any]:
    """Show what an offer, a request and their repetitions share."""
    return {
        "id": row.pk,
        "village": row.village_id,
        "created_at": row.created_at,
        "from_": end_out(row.start, row.village_id, exact=exact),
        "to": end_out(row.goal, row.village_id, exact=exact),
        "exact": exact,
        "via_helper": row.via_helper,
        "luggage": row.luggage,
        "wheelchair": row.wheelchair,
        "dog": row.dog,
        "smoking": row.smoking,
        "women_only": row.women_only,
        "known_only": row.known_only,
        "verified_only": row.verified_only,
    }
