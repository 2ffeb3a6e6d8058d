"""The verbs of an event as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from events import facts, policies
from events.actions.occurrences import Cancelled, Over
from events.models import Event, EventStatus, Occurrence
from village.core.actor import Actor
from village.core.errors import Invalid, NotFound
from village.core.geo import Point
from village.journal.actions import record

LONGEST = timedelta(days=31)
HORIZON = timedelta(days=10 * 365)


@dataclass(frozen=True, slots=True)
class Place:
    """Say where an event takes place: the name people know, and the point on the map."""

    name: str
    point: Point


@transaction.atomic
def announce_event(
    *,
    by: Actor,
    village: str,
    title: str,
    text: str,
    begins_at: datetime,
    ends_at: datetime,
    place: Place,
    capacity: int | None,
    publish: bool,
    at: datetime,
) -> Event:
    """
    Write an event down, with its one date; ``publish`` puts it onto the board at once.

    :raises NotFound: if the actor's principal does not belong to the village
    :raises OutOfScope: if the mandate does not cover announcing
    :raises Invalid: if the times make no sense
    """
    policies.may_announce(by, village).enforce()
    _check_times(begins_at, ends_at, at)
    event = Event.objects.create(
        village_id=village,
        title=title,
        text=text,
        begins_at=begins_at,
        ends_at=ends_at,
        place_name=place.name,
        place_lat=place.point.lat,
        place_lng=place.point.lng,
        capacity=capacity,
        status=EventStatus.PUBLISHED if publish else EventStatus.DRAFT,
        published_at=at if publish else None,
        organiser_id=by.principal_id,
        via_helper=by.is_assisted,
        created_at=at,
    )
    Occurrence.objects.create(
        village_id=village,
        event=event,
        begins_at=begins_at,
        ends_at=ends_at,
        capacity=capacity,
        changed_at=at,
        created_at=at,
    )
    fact = facts.EventPublished if publish else facts.EventAnnounced
    record(fact(village=village, event_id=event.pk), by=by, at=at)
    return event


@transaction.atomic
def publish_event(*, by: Actor, event_id: UUID, at: datetime) -> Event:
    """
    Put a draft onto the board; a second call changes nothing.

    :raises NotFound: if there is none that the actor may see
    :raises Forbidden: if somebody else organises it
    :raises Cancelled: if it has been cancelled
    :raises Over: if it is past
    """
    event = Event.objects.select_for_update(no_key=True).filter(pk=event_id).first()
    if event is None:
        raise NotFound
    policies.may_publish(by, event).enforce()
    if event.status == EventStatus.PUBLISHED:
        return event
    if event.status == EventStatus.CANCELLED:
        raise Cancelled
    if event.ends_at <= at:
        raise Over
    event.status, event.published_at = EventStatus.PUBLISHED, at
    event.save(update_fields=["status", "published_at"])
    record(facts.EventPublished(village=event.village_id, event_id=event.pk), by=by, at=at)
    return event


def _check_times(begins_at: datetime, ends_at: datetime, at: datetime) -> None:
    if ends_at <= begins_at:
        raise Invalid(_("An event ends after it begins."), field="ends_at")
    if ends_at - begins_at > LONGEST:
        raise Invalid(_("An event lasts at most 31 days."), field="ends_at")
    if ends_at <= at:
        raise Invalid(_("This time is already past."), field="begins_at")
    if begins_at > at + HORIZON:
        raise Invalid(_("This is more than ten years away."), field="begins_at")
