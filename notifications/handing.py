"""What people of a centre call about, and which letters they carry; and whose turn is next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from notifications.models import Delivery, DeliveryQuerySet, Way
from village.assist.models import Centre, Mandate, Reach
from village.assist.reach import ways_of_people
from village.residents.models import Membership


@dataclass(frozen=True, slots=True)
class Handed:
    """Hold what somebody of a centre says or brings to a person, in her language."""

    notification_id: UUID
    name: str
    phone: str
    neighbourhood: str
    language: str
    title: str
    body: str
    told_at: datetime
    tries: int
    is_emergency: bool


def orders_of(people: Collection[UUID]) -> dict[UUID, list[Way]]:
    """Give in which order people want to be reached, as far as they have said so."""
    orders = ways_of_people(people)
    return {person: [Way(way) for way in ways] for person, ways in orders.items() if ways}


def with_a_centre(people: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Give those for whom some centre that is open calls and carries letters."""
    reached = Reach.objects.filter(resident__in=people, centre__isnull=False)
    mandates = Mandate.objects.in_force(at).filter(person__in=people, centre__closed_at=None)
    return {
        *reached.filter(centre__closed_at=None).values_list("resident", flat=True),
        *mandates.values_list("person", flat=True),
    }


def by_hand(centre: Centre, way: Way, *, at: datetime) -> DeliveryQuerySet:
    """
    Give what a centre is to call about or to carry: for those who look to it.

    That is whoever named it, or has given it a mandate that is in force; in an emergency also
    everybody of its village who looks to no other.
    """
    mandates = Mandate.objects.in_force(at).filter(centre=centre)
    looks_here = Q(notification__resident__reach__centre=centre) | Q(
        notification__resident__in=mandates.values("person")
    )
    of_nobody = Q(
        is_emergency=True,
        notification__village=centre.village_id,
        notification__resident__reach__centre=None,
    )
    living_here = Membership.objects.current().filter(
        resident=OuterRef("notification__resident"),
        village=OuterRef("notification__village"),
        resident__is_active=True,
    )
    due = Delivery.objects.due(at).filter(looks_here | of_nobody, way=way)
    return due.filter(Exists(living_here), notification__read_at=None)


def handed(centre: Centre, way: Way, *, at: datetime) -> list[Handed]:
    """Give it in the order of the way to go: place by place, and there by name."""
    rows = by_hand(centre, way, at=at).select_related("notification__resident")
    homes = Membership.objects.current().filter(
        resident__in=rows.values("notification__resident"), neighbourhood__isnull=False
    )
    places = {
        (person, village): name
        for person, village, name in homes.values_list("resident", "village", "neighbourhood__name")
    }
    found = [
        Handed(
            notification_id=row.notification_id,
            name=row.notification.resident.display_name,
            phone=row.notification.resident.phone or "",
            neighbourhood=places.get(
                (row.notification.resident_id, row.notification.village_id), ""
            ),
            language=row.notification.language,
            title=row.notification.title,
            body=row.notification.body,
            told_at=row.notification.created_at,
            tries=row.tries,
            is_emergency=row.is_emergency,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (not each.is_emergency, each.neighbourhood, each.name))
