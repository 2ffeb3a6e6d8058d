"""How people want to be reached: what they have said, and what is done where they have not."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from village.assist.models import Reach, ReachedBy


def reach_of(resident_id: UUID) -> Reach:
    """Give how somebody wants to be reached; whoever has never said so gets paper."""
    found = Reach.objects.filter(resident=resident_id).first()
    return found or Reach(resident_id=resident_id, ways=[ReachedBy.PRINT.value], languages=[])


def ways_of_people(ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Give the ways of people in their order; whoever has never said so is not among them."""
    return dict(Reach.objects.filter(resident__in=ids).values_list("resident", "ways"))


def doors_of(ids: Collection[UUID]) -> dict[UUID, Reach]:
    """Give how people are reached whose letterbox is known, for those who carry their letters."""
    return Reach.objects.exclude(door="").in_bulk(list(ids))


def way_names(reach: Reach) -> list[str]:
    """Give somebody's ways in words, in her order."""
    return [str(ReachedBy(way).label) for way in reach.ways]
