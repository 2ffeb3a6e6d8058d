"""Which alerts there are, for whom, and who speaks for the town hall."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from village.alerts.cap import Point
from village.alerts.models import Alert, AlertFeed, AlertQuerySet, FeedStatus, Heard, Stage
from village.core.actor import Actor
from village.core.errors import NotFound
from village.core.geo import Point as Spot
from village.core.geo import bounding_box
from village.residents.models import Membership, Resident, Role, Village
from village.residents.places import places_of
from village.residents.queries import (
    holders,
    holds,
    members,
    places_held,
    villages_of,
)
from village.stewardship.queries import setup_of

# How far around its middle a village reaches that has drawn no boundary.
REACH_M = 2_000.0


def is_authority(by: Actor, village: str) -> bool:
    """Tell whether the actor warns for a village: its stewards, and the clerks of its town hall."""
    if holds(by, village, Role.STEWARD):
        return True
    desks = places_held(by, village, Role.CLERK)
    return bool(desks and desks & places_of(Role.CLERK, village).keys())


def authority(village: str) -> QuerySet[Resident]:
    """Give those who warn for a village."""
    clerks = [holders(village, Role.CLERK, of=desk) for desk in places_of(Role.CLERK, village)]
    stewards = holders(village, Role.STEWARD)
    ids = {pk for people in (*clerks, stewards) for pk in people.values_list("pk", flat=True)}
    return Resident.objects.filter(pk__in=ids)


def alerts() -> AlertQuerySet:
    """Give alerts with all that is shown of them."""
    found: AlertQuerySet = Alert.objects.select_related(
        "feed", "drafted_by", "released_by", "replaces"
    ).prefetch_related("neighbourhoods")
    return found


def told_in(village: str) -> AlertQuerySet:
    """Give what people of a village were told."""
    return alerts().filter(village=village).told()


def drafts_in(village: str) -> AlertQuerySet:
    """Give what waits for a second person."""
    return alerts().filter(village=village, stage=Stage.DRAFT)


def in_force(village: str, at: datetime) -> AlertQuerySet:
    """Give what people of a village must know now, the newest first."""
    return alerts().filter(village=village).in_force(at).order_by("-sent_at", "-pk")


def alert(alert_id: UUID) -> Alert | None:
    """Find an alert that people were told, to be shown."""
    return alerts().told().filter(pk=alert_id).first()


def draft(alert_id: UUID) -> Alert | None:
    """Find an alert as the town hall sees it, whatever became of it."""
    return alerts().filter(pk=alert_id).first()


def visible_alert(by: Actor, alert_id: UUID) -> Alert:
    """
    Find an alert: what was told, to all who live there; a draft, to those who warn.

    :raises NotFound: if there is none for the actor to see
    """
    found = alerts().filter(pk=alert_id, village__in=villages_of(by)).first()
    if found is None:
        raise NotFound
    was_told = found.stage not in (Stage.DRAFT, Stage.DISCARDED)
    if not was_told and not is_authority(by, found.village_id):
        raise NotFound
    return found


def people_hit(alert: Alert) -> QuerySet[Resident]:
    """
    Give those whom an alert is for.

    Where it is for some neighbourhoods, that is everybody who lives in one of them, and everybody
    of whom the village does not know where she lives.
    """
    return people_of(alert.village_id, [each.pk for each in alert.neighbourhoods.all()])


def people_of(village: str, neighbourhoods: list[UUID]) -> QuerySet[Resident]:
    """Give the people of some neighbourhoods, or of the whole village where none is named."""
    if not neighbourhoods:
        return members(village)
    near = Membership.objects.current().filter(
        Q(neighbourhood__in=neighbourhoods) | Q(neighbourhood=None), village=village
    )
    return Resident.objects.filter(is_active=True, memberships__in=near)


def outlines(village: Village) -> list[list[Point]]:
    """Give where a village lies, as closed rings of (latitude, longitude): its outer borders."""
    boundary = setup_of(village).boundary
    if boundary is None:
        box = bounding_box(Spot(village.lat, village.lng), REACH_M)
        low, high = (box.south, box.west), (box.north, box.east)
        return [[low, (low[0], high[1]), high, (high[0], low[1]), low]]
    polygons = boundary["coordinates"]
    if boundary["type"] == "Polygon":
        polygons = [polygons]
    return [[(lat, lng) for lng, lat in polygon[0]] for polygon in polygons]


def feeds_in(village: str) -> QuerySet[AlertFeed]:
    """Give the authorities that a village listens to."""
    return AlertFeed.objects.filter(village=village)


def due(at: datetime) -> QuerySet[AlertFeed]:
    """Give the feeds that are to be asked now and that nobody is asking."""
    free = Q(leased_until=None) | Q(leased_until__lte=at)
    return AlertFeed.objects.exclude(status=FeedStatus.GONE).filter(free, due_at__lte=at)


def stale(at: datetime) -> QuerySet[Alert]:
    """Give the drafts that nobody can release any more."""
    return Alert.objects.filter(stage=Stage.DRAFT, expires_at__lte=at)


def over(at: datetime) -> QuerySet[Alert]:
    """Give what is in force although its time has passed."""
    return Alert.objects.filter(stage=Stage.RELEASED, expires_at__lte=at)


def current(village: str, at: datetime) -> QuerySet[Alert]:
    """Give what counts now for other systems: what is in force, and what took something back."""
    counts = Alert.objects.filter(village=village, stage=Stage.RELEASED, expires_at__gt=at)
    return counts.order_by("-sent_at", "-pk")


def last_word(village: Village, at: datetime) -> datetime:
    """Give the moment since which what a village says has not changed."""
    told = Alert.objects.filter(village=village).told().filter(sent_at__lte=at)
    moments = [village.created_at]
    for sent, expires in told.order_by("-sent_at").values_list("sent_at", "expires_at")[:50]:
        moments += [sent, expires]
    return max((moment for moment in moments if moment <= at), default=at)


def public_document(alert_id: UUID) -> Alert:
    """
    Find what was given out, which everybody may read.

    :raises NotFound: if there is no such message
    """
    found = Alert.objects.told().filter(pk=alert_id).exclude(document="").first()
    if found is None:
        raise NotFound
    return found


def known(village: str, references: Iterable[str]) -> dict[str, Alert]:
    """Give the messages of a village that are named as CAP names them."""
    named = set(references)
    senders = {name.partition(",")[0] for name in named}
    identifiers = {name.split(",")[1] for name in named}
    rows = Alert.objects.filter(
        village=village, sender__in=senders, identifier__in=identifiers
    ).select_related("village", "feed")
    return {name: row for row in rows if (name := row.reference) in named}


def is_superseded(village: str, sender: str, name: str) -> bool:
    """Tell whether a message that came late is one that a known one speaks of already."""
    followed = Alert.objects.filter(village=village, sender=sender).exclude(references=[])
    latest = followed.order_by("-sent_at").values_list("references", flat=True)[:500]
    return any(name in references for references in latest)


def heard_of(feed: AlertFeed, addresses: Iterable[str]) -> set[str]:
    """Give those documents that have been fetched already."""
    rows = Heard.objects.filter(feed=feed, address__in=list(addresses))
    return set(rows.values_list("address", flat=True))
