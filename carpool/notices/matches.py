"""Whom a match tells, and in which words."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from carpool import queries
from carpool.facts import MatchFound, MatchProposed
from carpool.models import Match, RequestStatus
from carpool.notices.bookings import ride_link, ride_words
from village.core.actor import Scope
from village.journal.notices import Importance, Notice, Words


def rider_words(fact: MatchFound) -> Words | None:
    """Tell who looks for a ride that one fits, as long as she still looks."""
    match = _standing(fact)
    if match is None:
        return None
    name = match.offer.driver.board_name
    return Words(
        title=_("A ride fits: %(name)s could take you along") % {"name": name},
        body=ride_words(match.offer),
        link=f"/carpool/requests/{match.request_id}",
    )


def driver_words(fact: MatchFound) -> Words | None:
    """
    Tell a driver that somebody looks for a ride like hers, as long as she still looks.

    Who waits at a stop is picked up there soon, or not at all.
    """
    match = _standing(fact)
    if match is None:
        return None
    until = match.request.waits_until
    if until is not None:
        if until <= timezone.now():
            return None
        where = {"stop": match.request.from_name, "to": match.request.to_name}
        clock = date_format(localtime(until), "TIME_FORMAT")
        return Words(
            title=_("Somebody waits: %(stop)s") % where,
            body=_("To %(to)s, until %(clock)s. You come by.") % (where | {"clock": clock}),
            link=f"/carpool/waits/{match.request_id}",
        )
    name = match.request.person.board_name
    return Words(
        title=_("%(name)s looks for a ride like yours") % {"name": name},
        body=ride_words(match.offer),
        link=ride_link(match.offer_id),
    )


def proposed_rider_words(fact: MatchProposed) -> Words | None:
    """Tell who still looks for a ride which one the village suggests for tomorrow."""
    match = _standing(fact)
    if match is None:
        return None
    name = match.offer.driver.display_name
    return Words(
        title=_("For tomorrow we suggest: ride along with %(name)s") % {"name": name},
        body=_("%(ride)s. Please book it if it suits you.") % {"ride": ride_words(match.offer)},
        link=f"/carpool/requests/{match.request_id}",
    )


def proposed_driver_words(fact: MatchProposed) -> Words | None:
    """Tell a driver whom the village suggests that she takes along tomorrow."""
    match = _standing(fact)
    if match is None:
        return None
    name = match.request.person.display_name
    return Words(
        title=_("For tomorrow we suggest: take %(name)s along") % {"name": name},
        body=_("%(ride)s. We have told %(name)s how to book.")
        % {"ride": ride_words(match.offer), "name": name},
        link=ride_link(match.offer_id),
    )


def _standing(fact: MatchFound | MatchProposed) -> Match | None:
    """Give a match whose rider still looks for a ride."""
    match = queries.told_match(fact.match_id)
    return match if match and match.request.status == RequestStatus.OPEN else None


def _person(fact: MatchFound | MatchProposed) -> Iterable[UUID]:
    return [fact.person_id]


def _driver(fact: MatchFound | MatchProposed) -> Iterable[UUID]:
    return [fact.driver_id]


def _thread(fact: MatchFound | MatchProposed) -> str:
    return f"carpool/matches/{fact.match_id}"


for_riders = Notice(
    "carpool.ride_found",
    of=MatchFound,
    audience=_person,
    words=rider_words,
    importance=Importance.PERSONAL,
    scope=Scope.RIDES_REQUEST,
    thread=_thread,
)
for_drivers = Notice(
    "carpool.rider_found",
    of=MatchFound,
    audience=_driver,
    words=driver_words,
    importance=Importance.PERSONAL,
    scope=Scope.RIDES_OFFER,
    thread=_thread,
)
proposed_to_riders = Notice(
    "carpool.ride_proposed",
    of=MatchProposed,
    audience=_person,
    words=proposed_rider_words,
    importance=Importance.PERSONAL,
    scope=Scope.RIDES_REQUEST,
    thread=_thread,
)
proposed_to_drivers = Notice(
    "carpool.rider_proposed",
    of=MatchProposed,
    audience=_driver,
    words=proposed_driver_words,
    importance=Importance.PERSONAL,
    scope=Scope.RIDES_OFFER,
    thread=_thread,
)
