"""What the rides do by the clock, and when something happens elsewhere."""

from __future__ import annotations

import logging
from time import monotonic
from typing import cast

from celery import shared_task
from django.utils import timezone

from carpool import actions, queries
from carpool.facts import BookingAnswered, SeatsBooked
from carpool.models import OfferSeries, RequestSeries
from carpool.roads import RoadsClosed
from events.facts import (
    AttendanceChanged,
    AttendanceConfirmed,
    AttendancePromoted,
    AttendanceWithdrawn,
    OccurrenceCancelled,
)
from village.core.actor import SYSTEM, Actor
from village.journal.readers import Recorded, after
from village.residents.facts import ResidentBlocked, ResidentLeft
from village.residents.queries import blocked_with, is_member

# How many fall in one go; the next one is a minute later.
LAPSED_AT_ONCE = 200
# How many seconds rides are shared out before other work has its turn.
SHARED_OUT_WITHIN = 60

logger = logging.getLogger(__name__)


@shared_task
def lapse_bookings() -> int:
    """Let bookings fall that nobody answered or confirmed in time; give their number."""
    at = timezone.now()
    lapsed = queries.lapsed_bookings(at)[:LAPSED_AT_ONCE]
    return sum(actions.expire_booking(by=SYSTEM, booking_id=each, at=at) for each in lapsed)


@shared_task
def end_waits() -> int:
    """Let nobody wait at a stop in vain any longer; give their number."""
    at = timezone.now()
    over = queries.waited_in_vain(at)[:LAPSED_AT_ONCE]
    return sum(actions.end_wait(by=SYSTEM, request_id=each, at=at) for each in over)


@shared_task
def make_rides_ahead() -> int:
    """Make the dated rides of what repeats, for four weeks ahead; give their number."""
    at = timezone.now()
    return sum(
        actions.make_ahead(by=SYSTEM, kind=kind, series_id=series_id, at=at)
        for kind in (OfferSeries, RequestSeries)
        for series_id in queries.running_series(kind)
    )


@shared_task
def ask_drivers() -> int:
    """Ask who drives tomorrow, from six in the evening on, whether she still goes."""
    at = timezone.now()
    return sum(
        actions.ask_driver(by=SYSTEM, offer_id=offer_id, at=at)
        for offer_id in queries.to_be_asked(at)
    )


@shared_task
def share_out_rides() -> int:
    """
    Propose who rides with whom tomorrow, where it is evening now; give how many were told.

    It goes from village to village for a minute; the others have their turn in the next one.
    """
    at, ends = timezone.now(), monotonic() + SHARED_OUT_WITHIN
    told = 0
    for village, day in queries.nights_due(at):
        try:
            told += actions.share_out(by=SYSTEM, village=village, day=day, at=at)
        except RoadsClosed:
            logger.warning("the roads of %s cannot be looked up; it is tried again", village)
        if monotonic() > ends:
            break
    return told


@after(AttendanceConfirmed, AttendanceChanged, AttendancePromoted, AttendanceWithdrawn)
def arrange_lifts(recorded: Recorded) -> None:
    """Look for lifts there and back for whoever needs them, and no longer when she does not."""
    fact = cast(AttendanceConfirmed, recorded.fact)
    is_hers = recorded.principal_id == fact.resident_id
    actions.arrange_lifts(
        by=SYSTEM,
        attendance_id=fact.attendance_id,
        at=timezone.now(),
        helper=recorded.by if is_hers and recorded.helper_id else None,
    )


@after(OccurrenceCancelled)
def end_lifts(recorded: Recorded) -> None:
    """Look for no more lifts to a date that does not take place."""
    fact = cast(OccurrenceCancelled, recorded.fact)
    for attendance_id in queries.lifted_to(fact.occurrence_id):
        actions.arrange_lifts(by=SYSTEM, attendance_id=attendance_id, at=timezone.now())


@shared_task
def tidy_index() -> int:
    """Keep the index of rides to those that may still be taken; give the number it changed."""
    return actions.tidy_index(by=SYSTEM, at=timezone.now())


@after(ResidentLeft)
def end_rides_of_who_left(recorded: Recorded) -> None:
    """Cancel what somebody who left the village offers, has booked and looks for."""
    fact = cast(ResidentLeft, recorded.fact)
    if not is_member(Actor(fact.resident_id), fact.village):
        actions.end_rides(
            by=SYSTEM, village=fact.village, resident_id=fact.resident_id, at=recorded.at
        )


@after(ResidentBlocked)
def part_who_are_kept_apart(recorded: Recorded) -> None:
    """Cancel what two who are not to meet have booked of each other, or beside each other."""
    fact = cast(ResidentBlocked, recorded.fact)
    if fact.blocked_id in blocked_with(fact.blocker_id):
        actions.end_bookings_between(
            by=SYSTEM, blocker=fact.blocker_id, blocked=fact.blocked_id, at=recorded.at
        )


@after(BookingAnswered)
def confirm_for_other_services(recorded: Recorded) -> None:
    """Let a rider of another service come once the driver has said yes: she said so by asking."""
    fact = cast(BookingAnswered, recorded.fact)
    if fact.accepted:
        actions.confirm_for_partner(by=SYSTEM, booking_id=fact.booking_id, at=recorded.at)


@after(SeatsBooked)
def part_who_were_blocked_meanwhile(recorded: Recorded) -> None:
    """Give up a seat that was asked for while its rider was blocked, or blocked somebody."""
    fact = cast(SeatsBooked, recorded.fact)
    actions.part_from_blocked(by=SYSTEM, booking_id=fact.booking_id, at=recorded.at)
