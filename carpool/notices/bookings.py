"""Whom bookings tell, and in which words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carpool import queries
from carpool.facts import (
    BookingAnswered,
    BookingCancelled,
    BookingConfirmed,
    BookingExpired,
    RideCancelled,
    RiderMissed,
    SeatsBooked,
)
from carpool.models import Booking, BookingStatus, RideOffer
from village.core.actor import Scope
from village.journal.notices import Importance, Notice, Words
from village.residents.queries import blocked_with

# Nobody is to stand in the cold for a ride that does not come.
BEFORE_SOMEBODY_WAITS_IN_VAIN = timedelta(minutes=30)

_OfABooking = (
    SeatsBooked
    | BookingAnswered
    | BookingCancelled
    | BookingConfirmed
    | BookingExpired
    | RiderMissed
)


def booked_words(fact: SeatsBooked) -> Words | None:
    """Tell the driver that somebody would like to ride along, as long as she waits for it."""
    booking = queries.booking(fact.booking_id)
    if booking is None or booking.status != BookingStatus.REQUESTED:
        return None
    seats = ngettext("%(n)d seat", "%(n)d seats", booking.seats) % {"n": booking.seats}
    return Words(
        title=_("%(name)s would like to ride along") % {"name": booking.rider_name},
        body=_("%(ride)s: %(seats)s. Please say yes or no.")
        % {"ride": ride_words(booking.offer), "seats": seats},
        link=ride_link(booking.offer_id),
    )


def answered_words(fact: BookingAnswered) -> Words | None:
    """Tell the rider what the driver answered, as long as it holds."""
    booking = queries.booking(fact.booking_id)
    answer = BookingStatus.ACCEPTED if fact.accepted else BookingStatus.DECLINED
    if booking is None or booking.status != answer:
        return None
    words = _("%(name)s takes you along") if fact.accepted else _("%(name)s cannot take you along")
    said = _("Please say that you come. %(ride)s") if fact.accepted else "%(ride)s"
    return Words(
        title=words % {"name": booking.driver_name},
        body=said % {"ride": ride_words(booking.offer)},
        link=ride_link(booking.offer_id),
    )


def rider_cancelled_words(fact: BookingCancelled) -> Words | None:
    """Tell the driver that somebody does not ride along after all."""
    booking = queries.booking(fact.booking_id)
    if booking is None:
        return None
    if are_apart(booking):
        title = _("Somebody does not ride along after all")
    else:
        name = booking.rider_name
        title = _("%(name)s does not ride along after all") % {"name": name}
    return Words(
        title=title,
        body=ride_words(booking.offer),
        link=ride_link(booking.offer_id),
    )


def driver_cancelled_words(fact: BookingCancelled) -> Words | None:
    """Tell the rider that the driver does not take her along after all."""
    booking = queries.booking(fact.booking_id)
    if booking is None:
        return None
    if are_apart(booking):
        # Her ride is gone, which she must know; nothing else, and the ride is no longer shown.
        return Words(
            title=_("Your ride does not take place"),
            body=ride_words(booking.offer),
            link=f"/villages/{booking.village_id}/rides",
        )
    name = booking.driver_name
    return Words(
        title=_("%(name)s cannot take you along after all") % {"name": name},
        body=ride_words(booking.offer),
        link=ride_link(booking.offer_id),
    )


def confirmed_words(fact: BookingConfirmed) -> Words | None:
    """Tell the driver that somebody comes, and that she now sees where to meet."""
    booking = queries.booking(fact.booking_id)
    if booking is None or booking.status != BookingStatus.CONFIRMED:
        return None
    return Words(
        title=_("%(name)s comes along") % {"name": booking.rider_name},
        body=_("%(ride)s. You see now where to meet.") % {"ride": ride_words(booking.offer)},
        link=ride_link(booking.offer_id),
    )


def expired_words(fact: BookingExpired) -> Words | None:
    """Tell both that a booking fell, because the next word was not said in time."""
    booking = queries.booking(fact.booking_id)
    if booking is None:
        return None
    return Words(
        title=_("A booking has lapsed"),
        body=_("%(ride)s: nobody answered in time, and the seat is free again.")
        % {"ride": ride_words(booking.offer)},
        link=ride_link(booking.offer_id),
    )


def missed_words(fact: RiderMissed) -> Words | None:
    """Tell the rider that the driver waited for her in vain."""
    booking = queries.booking(fact.booking_id)
    if booking is None or booking.status != BookingStatus.NO_SHOW:
        return None
    name = booking.driver_name
    return Words(
        title=_("%(name)s did not find you") % {"name": name},
        body=ride_words(booking.offer),
        link=ride_link(booking.offer_id),
    )


def are_apart(booking: Booking) -> bool:
    """Tell whether a block keeps the rider and the driver apart."""
    return booking.offer.driver_id in blocked_with(booking.rider_id)


def ride_cancelled_words(fact: RideCancelled) -> Words | None:
    """Tell the riders that the ride does not take place."""
    offer = queries.offer(fact.offer_id)
    if offer is None:
        return None
    return Words(
        title=_("Your ride with %(name)s is cancelled") % {"name": offer.driver.board_name},
        body=ride_words(offer),
        link=ride_link(offer.pk),
    )


def ride_words(offer: RideOffer) -> str:
    """Name a ride by its ends, by the reader's clock and in her language."""
    when = date_format(localtime(offer.departs_at), "DATETIME_FORMAT")
    return _("%(from)s to %(to)s, %(when)s") % {
        "from": offer.from_name,
        "to": offer.to_name,
        "when": when,
    }


def ride_link(offer_id: UUID) -> str:
    return f"/carpool/offers/{offer_id}"


def _thread(fact: _OfABooking) -> str:
    return f"carpool/bookings/{fact.booking_id}"


def _driver(fact: SeatsBooked) -> Iterable[UUID]:
    return [fact.driver_id]


def _rider(fact: BookingAnswered) -> Iterable[UUID]:
    return [fact.rider_id]


def _driver_if_rider_cancelled(fact: BookingCancelled) -> Iterable[UUID]:
    return [] if fact.by_driver else [fact.driver_id]


def _rider_if_driver_cancelled(fact: BookingCancelled) -> Iterable[UUID]:
    return [fact.rider_id] if fact.by_driver else []


def _confirmed_driver(fact: BookingConfirmed) -> Iterable[UUID]:
    return [fact.driver_id]


def _both(fact: BookingExpired) -> Iterable[UUID]:
    return [fact.driver_id, fact.rider_id]


def _missed_rider(fact: RiderMissed) -> Iterable[UUID]:
    return [fact.rider_id]


def _riders(fact: RideCancelled) -> Iterable[UUID]:
    return fact.rider_ids


booked = Notice(
    "carpool.booked",
    of=SeatsBooked,
    audience=_driver,
    words=booked_words,
    importance=Importance.PERSONAL,
    scope=Scope.RIDES_OFFER,
    thread=_thread,
)
answered = Notice(
    "carpool.answered",
    of=BookingAnswered,
    audience=_rider,
    words=answered_words,
    importance=Importance.PERSONAL,
    scope=Scope.RIDES_REQUEST,
    thread=_thread,
)
rider_cancelled = Notice(
    "carpool.rider_cancelled",
    of=BookingCancelled,
    audience=_driver_if_rider_cancelled,
    words=rider_cancelled_words,
    importance=Importance.PERSONAL,
    scope=Scope.RIDES_OFFER,
    thread=_thread,
)
driver_cancelled = Notice(
    "carpool.driver_cancelled",
    escalates_after=BEFORE_SOMEBODY_WAITS_IN_VAIN,
    of=BookingCancelled,
    audience=_rider_if_driver_cancelled,
    words=driver_cancelled_words,
    importance=Importance.PERSONAL,
    scope=Scope.RIDES_REQUEST,
    thread=_thread,
)
ride_cancelled = Notice(
    "carpool.ride_cancelled",
    escalates_after=BEFORE_SOMEBODY_WAITS_IN_VAIN,
    of=RideCancelled,
    audience=_riders,
    words=ride_cancelled_words,
    importance=Importance.PERSONAL,
    scope=Scope.RIDES_REQUEST,
    thread=lambda fact: f"carpool/offers/{fact.offer_id}",
)
confirmed = Notice(
    "carpool.confirmed",
    of=BookingConfirmed,
    audience=_confirmed_driver,
    words=confirmed_words,
    importance=Importance.PERSONAL,
    scope=Scope.RIDES_OFFER,
    thread=_thread,
)
expired = Notice(
    "carpool.expired",
    of=BookingExpired,
    audience=_both,
    words=expired_words,
    importance=Importance.PERSONAL,
    scope=Scope.RIDES_REQUEST,
    thread=_thread,
)
missed = Notice(
    "carpool.missed",
    of=RiderMissed,
    audience=_missed_rider,
    words=missed_words,
    importance=Importance.PERSONAL,
    scope=Scope.RIDES_REQUEST,
    thread=_thread,
)
