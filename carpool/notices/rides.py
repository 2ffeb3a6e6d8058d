"""Whom a ride that moves tells, and in which words."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carpool import queries
from carpool.facts import (
    DriverAsked,
    PartnerWrote,
    RideChanged,
    RiderTaken,
    RideStillOn,
    SeatGivenUp,
)
from carpool.models import BookingStatus, RideOffer
from carpool.notices.bookings import ride_link, ride_words
from village.core.actor import Scope
from village.journal.notices import Importance, Notice, Words


def changed_words(fact: RideChanged) -> Words | None:
    """Tell the riders what changed, as long as the ride takes place."""
    offer = queries.offer(fact.offer_id)
    if offer is None or offer.is_cancelled:
        return None
    told = " ".join(_change(offer, fact, name) for name in fact.changed)
    return Words(
        title=_("%(name)s has changed your ride") % {"name": offer.driver.board_name},
        body=f"{told} {ride_words(offer)}",
        link=ride_link(offer.pk),
    )


def asked_words(fact: DriverAsked) -> Words | None:
    """Ask a driver whether she still goes, as long as she has not said so."""
    offer = queries.offer(fact.offer_id)
    if offer is None or offer.is_cancelled or offer.still_goes_at is not None:
        return None
    return Words(
        title=_("Do you still drive tomorrow?"),
        body=_("People count on you: %(ride)s") % {"ride": ride_words(offer)},
        link=ride_link(offer.pk),
    )


def still_words(fact: RideStillOn) -> Words | None:
    """Tell the riders that the driver still goes."""
    offer = queries.offer(fact.offer_id)
    if offer is None or offer.is_cancelled:
        return None
    return Words(
        title=_("%(name)s drives, as agreed") % {"name": offer.driver.board_name},
        body=ride_words(offer),
        link=ride_link(offer.pk),
    )


def taken_words(fact: RiderTaken) -> Words | None:
    """Tell who waits at a stop that a driver takes her along, as long as he does."""
    booking = queries.booking(fact.booking_id)
    if booking is None or booking.status != BookingStatus.CONFIRMED:
        return None
    clock = date_format(localtime(booking.pickup_at or booking.offer.departs_at), "TIME_FORMAT")
    return Words(
        title=_("%(name)s takes you along") % {"name": booking.driver_name},
        body=_("At %(stop)s at about %(clock)s.") % {"stop": booking.pickup.name, "clock": clock},
        link=ride_link(booking.offer_id),
    )


def wrote_words(fact: PartnerWrote) -> Words | None:
    """Hand a message of another service's rider or driver."""
    message = queries.partner_message(fact.message_id)
    if message is None:
        return None
    request_link = f"/carpool/requests/{message.request_id}"
    return Words(
        title=_("%(name)s (%(service)s) writes about your ride")
        % {"name": message.alias, "service": message.operator},
        body=message.text,
        link=ride_link(message.offer_id) if message.offer_id else request_link,
    )


def given_up_words(fact: SeatGivenUp) -> Words | None:
    """Tell the rider that her ride is off; who else rides there is nobody's to know."""
    booking = queries.booking(fact.booking_id)
    if booking is None:
        return None
    return Words(
        title=_("Your ride does not take place"),
        body=_("%(ride)s. We look for another one.") % {"ride": ride_words(booking.offer)},
        link=f"/villages/{booking.village_id}/rides",
    )


def _change(offer: RideOffer, fact: RideChanged, name: str) -> str:
    if name == "departs_at":
        clocks = [
            date_format(localtime(each), "TIME_FORMAT")
            for each in (offer.departs_at, fact.departed_at)
        ]
        return _("It leaves at %(now)s, not at %(before)s.") % {
            "now": clocks[0],
            "before": clocks[1],
        }
    if name == "flexible_minutes":
        n = offer.flexible_minutes
        words = ngettext(
            "The driver can wait %(n)d minute.", "The driver can wait %(n)d minutes.", n
        )
    elif name == "seats":
        n = offer.seats
        words = ngettext("It has %(n)d seat now.", "It has %(n)d seats now.", n)
    else:
        n = offer.detour_minutes
        words = ngettext("A detour may take %(n)d minute.", "A detour may take %(n)d minutes.", n)
    return words % {"n": n}


def _riders(fact: RideChanged | RideStillOn) -> Iterable[UUID]:
    return fact.rider_ids


def _driver(fact: DriverAsked) -> Iterable[UUID]:
    return [fact.driver_id]


def _who_is_taken(fact: RiderTaken) -> Iterable[UUID]:
    return [fact.rider_id]


def _who_gave_up(fact: SeatGivenUp) -> Iterable[UUID]:
    return [fact.rider_id]


def _thread(fact: RideChanged | RideStillOn | DriverAsked) -> str:
    return f"carpool/offers/{fact.offer_id}"


changed = Notice(
    "carpool.ride_changed",
    of=RideChanged,
    audience=_riders,
    words=changed_words,
    importance=Importance.PERSONAL,
    scope=Scope.RIDES_REQUEST,
    thread=_thread,
)
asked = Notice(
    "carpool.driver_asked",
    of=DriverAsked,
    audience=_driver,
    words=asked_words,
    importance=Importance.PERSONAL,
    scope=Scope.RIDES_OFFER,
    thread=_thread,
)
still = Notice(
    "carpool.ride_still_on",
    of=RideStillOn,
    audience=_riders,
    words=still_words,
    importance=Importance.TRANSACTIONAL,
    scope=Scope.RIDES_REQUEST,
    thread=_thread,
)
taken = Notice(
    "carpool.rider_taken",
    of=RiderTaken,
    audience=_who_is_taken,
    words=taken_words,
    importance=Importance.PERSONAL,
    scope=Scope.RIDES_REQUEST,
    thread=lambda fact: f"carpool/bookings/{fact.booking_id}",
)
wrote = Notice(
    "carpool.partner_wrote",
    of=PartnerWrote,
    audience=lambda fact: [fact.recipient_id],
    words=wrote_words,
    importance=Importance.PERSONAL,
    scope=Scope.RIDES_REQUEST,
    thread=lambda fact: f"carpool/messages/{fact.message_id}",
)
given_up = Notice(
    "carpool.seat_given_up",
    of=SeatGivenUp,
    audience=_who_gave_up,
    words=given_up_words,
    importance=Importance.PERSONAL,
    scope=Scope.RIDES_REQUEST,
    thread=lambda fact: f"carpool/bookings/{fact.booking_id}",
)
