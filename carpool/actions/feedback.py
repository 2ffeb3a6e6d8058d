"""The verbs by which people tell the moderator how a ride went."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from carpool import facts, policies, queries
from carpool.actions.riding import TooEarly
from carpool.models import Feedback, FeedbackKind
from village.core.actor import Actor
from village.core.errors import DomainError, NotFound
from village.journal.actions import record

# What can be told only once the ride has left; the rest whenever it happens.
_OF_THE_WAY = frozenset({FeedbackKind.THANKS, FeedbackKind.LATE, FeedbackKind.DRIVING})
# So long somebody may think it over.
TOLD_WITHIN = timedelta(days=30)


class AlreadyTold(DomainError):
    """She has told this of the ride before."""

    code = "carpool.already_told"

    def __init__(self) -> None:
        super().__init__(_("You have told us this before. The moderator sees to it."))


class TooLate(DomainError):
    """The ride was too long ago."""

    code = "carpool.too_late"

    def __init__(self) -> None:
        super().__init__(_("This ride was more than a month ago."))


@transaction.atomic
def give_feedback(
    *, by: Actor, booking_id: UUID, kind: FeedbackKind, text: str = "", at: datetime
) -> Feedback:
    """
    Tell the moderator of the other side of a booking, who is never shown it.

    Whoever has blocked the other one, or was, may still tell.

    :raises NotFound: if it is not the actor's booking or ride
    :raises OutOfScope: if the mandate does not cover it, or a helper acts for the driver
    :raises TooEarly: if it is about a way that nobody has gone yet
    :raises TooLate: if it was more than a month ago
    :raises AlreadyTold: if she has told the same kind of it before
    """
    booking = queries.booking(booking_id)
    if booking is None:
        raise NotFound
    policies.may_tell_of(by, booking).enforce()
    if kind in _OF_THE_WAY and at < booking.offer.departs_at:
        raise TooEarly
    if at > booking.offer.arrives_at + TOLD_WITHIN:
        raise TooLate
    is_rider = booking.rider_id == by.principal_id
    told, is_new = Feedback.objects.get_or_create(
        booking=booking,
        author_id=by.principal_id,
        kind=kind,
        defaults={
            "village_id": booking.village_id,
            "about_id": booking.offer.driver_id if is_rider else booking.rider_id,
            "text": text,
            "via_helper": by.is_assisted,
            "created_at": at,
        },
    )
    if not is_new:
        raise AlreadyTold
    given = facts.FeedbackGiven(village=told.village_id, feedback_id=told.pk)
    record(given, by=by, at=at)
    return told


@transaction.atomic
def settle_feedback(*, by: Actor, feedback_id: UUID, at: datetime) -> Feedback:
    """
    Say, as a moderator, that something told of a ride was seen to; twice changes nothing.

    :raises NotFound: if the actor is no moderator, or it is about herself
    """
    found = queries.feedback_visible_to(by).select_for_update(of=("self",)).filter(pk=feedback_id)
    told = found.first()
    if told is None:
        raise NotFound
    if told.settled_at is None:
        told.settled_at = at
        told.save(update_fields=["settled_at"])
        settled = facts.FeedbackSettled(village=told.village_id, feedback_id=told.pk)
        record(settled, by=by, at=at)
    return told
