"""What people of a centre call about, and which letters they carry; and whose turn is next."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from notifications.models import Delivery, DeliveryQuerySet, Way
from notifications.walking import walk
from village.assist.models import Centre, Mandate, Reach
from village.assist.reach import doors_of, ways_of_people
from village.core import walls
from village.core.geo import Point
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
    door: str = ""
    point: Point | None = None

    @property
    def stretch(self) -> str:
        """Name the part of the way that leads to her: from point to point, or else by place."""
        if self.point is not None:
            return _("In the order of the way")
        return self.neighbourhood or _("No neighbourhood known")


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


# Whoever looks to this centre is told here of all her villages.
@walls.lifted()
def calls(centre: Centre, *, at: datetime) -> list[Handed]:
    """Give whom to call, emergencies first, place by place, and there by name."""
    found = _handed(by_hand(centre, Way.VOICE, at=at), {})
    return sorted(found, key=lambda each: (not each.is_emergency, each.neighbourhood, each.name))


@walls.lifted()
def letters(centre: Centre, *, at: datetime) -> list[Handed]:
    """
    Give the letters in the order in which they are carried, emergencies first.

    Doors whose points are known come as a walk from the middle of the village leads past them, then
    the others place by place, and there by street, number and name.
    """
    rows = by_hand(centre, Way.PRINT, at=at)
    doors = doors_of(set(rows.values_list("notification__resident", flat=True)))
    found = _handed(rows, doors)
    start = Point(centre.village.lat, centre.village.lng)
    return [
        each
        for is_emergency in (True, False)
        for each in _on_the_way(start, [one for one in found if one.is_emergency is is_emergency])
    ]


def _on_the_way(start: Point, found: Sequence[Handed]) -> list[Handed]:
    # By name first, so that two letters for one door stay together, whoever was told earlier.
    known = sorted((each for each in found if each.point), key=lambda each: (each.name, each.door))
    order = walk(start, [each.point for each in known if each.point])
    others = [each for each in found if each.point is None]
    return [*(known[place] for place in order), *sorted(others, key=_by_street)]


def _by_street(letter: Handed) -> tuple[object, ...]:
    # Number 9 stands before number 10.
    words = [
        (0, int(part), "") if part.isdecimal() else (1, 0, part.casefold())
        for part in re.findall(r"[0-9]+|[^0-9]+", letter.door)
    ]
    return letter.neighbourhood, not letter.door, words, letter.name


def _handed(rows: DeliveryQuerySet, doors: Mapping[UUID, Reach]) -> list[Handed]:
    homes = Membership.objects.current().filter(
        resident__in=rows.values("notification__resident"), neighbourhood__isnull=False
    )
    places = {
        (person, village): name
        for person, village, name in homes.values_list("resident", "village", "neighbourhood__name")
    }
    found = []
    for row in rows.select_related("notification__resident"):
        told = row.notification
        reach = doors.get(told.resident_id)
        found.append(
            Handed(
                notification_id=told.pk,
                name=told.resident.display_name,
                phone=told.resident.phone or "",
                neighbourhood=places.get((told.resident_id, told.village_id), ""),
                language=told.language,
                title=told.title,
                body=told.body,
                told_at=told.created_at,
                tries=row.tries,
                is_emergency=row.is_emergency,
                door=reach.door if reach else "",
                point=reach.point if reach else None,
            )
        )
    return found
