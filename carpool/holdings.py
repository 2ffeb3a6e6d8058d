"""What the rides hold about a person."""

from __future__ import annotations

from datetime import datetime

from carpool import facts
from carpool.models import (
    Acquaintance,
    Booking,
    Feedback,
    OfferSeries,
    OfferStatus,
    PartnerMessage,
    PartnerTraveller,
    RequestSeries,
    RideOffer,
    RideProfile,
    RideRequest,
)
from village.journal.holdings import Gone, Holding, Retention, Rows, declare_retention

_JOURNEY = ("id", "village", "created_at", "from_name", "from_lat", "from_lng")
_GOAL = ("to_name", "to_lat", "to_lng", "via_helper", "status", "seats")
_TERMS = ("luggage", "wheelchair", "dog", "smoking", "women_only", "known_only", "verified_only")
_SERIES = (*_JOURNEY, "to_name", "to_lat", "to_lng", "clock", "weekdays", "valid_from")


def _forget_rides(rows: Rows, gone: Gone) -> None:
    for offer in rows.only("pk", "village_id"):
        gone.ids.update(str(pk) for pk in offer.bookings.values_list("pk", flat=True))
        gone.facts.append(facts.RideErased(village=offer.village_id, offer_id=offer.pk))
    rows.delete()


def _forget_bookings(rows: Rows, gone: Gone) -> None:
    # What a driver of another service drove for her alone goes with her.
    alone = RideOffer.objects.filter(status=OfferStatus.ONE_RIDER, bookings__in=rows.values("pk"))
    ids = list(alone.values_list("pk", flat=True))
    gone.ids.update(map(str, ids))
    RideOffer.objects.filter(pk__in=ids).delete()
    rows.delete()


def _forget_requests(rows: Rows, gone: Gone) -> None:
    for request in rows.only("pk", "village_id"):
        gone.facts.append(facts.RequestErased(village=request.village_id, request_id=request.pk))
    rows.delete()


# Bookings before requests: a request cannot go while a booking stands on it.
Holding(
    "carpool.bookings",
    of=Booking,
    person="rider",
    shows=("id", "village", "created_at", "offer", "request", "seats", "status", "via_helper"),
    kept="a year after the ride; erasing deletes them",
    erase=_forget_bookings,
)
Holding(
    "carpool.offers",
    of=RideOffer,
    person="driver",
    shows=(*_JOURNEY, *_GOAL, *_TERMS, "departs_at", "flexible_minutes", "detour_minutes"),
    kept="a year after the ride; erasing cancels what is to come and deletes all",
    erase=_forget_rides,
)
Holding(
    "carpool.requests",
    of=RideRequest,
    person="person",
    shows=(
        *_JOURNEY,
        *_GOAL,
        *_TERMS,
        "earliest",
        "latest_arrival",
        "walk_minutes",
        "nights_without",
    ),
    kept="a year after the ride; erasing deletes them",
    erase=_forget_requests,
)
Holding(
    "carpool.offer_series",
    of=OfferSeries,
    person="driver",
    shows=_SERIES,
    kept="until she ends it and a year after; erasing deletes them",
)
Holding(
    "carpool.request_series",
    of=RequestSeries,
    person="person",
    shows=_SERIES,
    kept="until she ends it and a year after; erasing deletes them",
)
Holding(
    "carpool.profile",
    of=RideProfile,
    person="resident",
    shows=("is_woman", "home_name", "home_lat", "home_lng"),
    kept="until she says otherwise; erasing deletes it",
)
Holding(
    "carpool.acquaintances",
    of=Acquaintance,
    person="owner",
    shows=("created_at",),
    kept="until she says otherwise; erasing deletes them",
)
Holding(
    "carpool.known_to",
    of=Acquaintance,
    person="known",
    shows=(),
    kept="until the other one says otherwise; never shown to her; erasing deletes them",
)
Holding(
    "carpool.feedback",
    of=Feedback,
    person="author",
    shows=("id", "village", "created_at", "booking", "kind", "text", "via_helper"),
    kept="for the moderators, a year after the ride; erasing deletes it",
)
Holding(
    "carpool.feedback_about",
    of=Feedback,
    person="about",
    shows=(),
    kept="for the moderators, a year after the ride; never shown to her; erasing deletes it",
)
Holding(
    "carpool.partner_messages",
    of=PartnerMessage,
    person="recipient",
    shows=("id", "village", "created_at", "operator", "alias", "text"),
    kept="a year after the ride; erasing deletes them",
)
Holding(
    "carpool.partner_traveller",
    of=PartnerTraveller,
    person="resident",
    shows=("operator", "their_id"),
    kept="as long as a ride of hers is; nobody signs in as her; erasing deletes it",
)


def _let_go(before: datetime) -> int:
    gone = RideOffer.objects.filter(departs_until__lt=before).delete()[0]
    over = RideRequest.objects.filter(latest_arrival__lt=before, bookings=None)
    strangers = PartnerTraveller.objects.filter(bookings=None)
    return gone + over.delete()[0] + strangers.delete()[0]


declare_retention(
    Retention("carpool.rides", 365, _let_go, "rides of last year are asked about, older ones not")
)
