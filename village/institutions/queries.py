"""Which institutions there are, and which of them two stewards have looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from village.core.actor import Actor
from village.core.errors import NotFound
from village.institutions.models import Badge, Kind
from village.residents.models import Grant, Village
from village.residents.places import Place, profiles_of
from village.residents.queries import member_of, villages_of


@dataclass(frozen=True, slots=True)
class Institution:
    """Hold an outlet, a department or a centre as everybody in its village may know it."""

    id: UUID
    village: str
    kind: Kind
    place: Place
    badge: Badge | None = None
    speakers: tuple[str, ...] = ()


def institutions_of(by: Actor, village: str) -> list[Institution]:
    """
    Give the institutions of the actor's village, with who speaks for them and their badges.

    :raises NotFound: if she does not belong to it
    """
    found = _institutions(member_of(by, village))
    badges = badges_of({each.id: each.place.name for each in found})
    speakers = _speakers(village, [each.id for each in found])
    return [
        Institution(
            each.id,
            each.village,
            each.kind,
            each.place,
            badges.get(each.id),
            tuple(speakers.get(each.id, ())),
        )
        for each in found
    ]


def institution_or_404(by: Actor, institution_id: UUID) -> Institution:
    """
    Find an institution of one of the actor's villages.

    :raises NotFound: if there is none
    """
    for village in villages_of(by):
        if any(each.id == institution_id for each in _institutions(village)):
            return next(
                each for each in institutions_of(by, village.pk) if each.id == institution_id
            )
    raise NotFound


def institution_in(village: Village, institution_id: UUID) -> Institution:
    """
    Find an institution of a village, without what is known of it besides.

    :raises NotFound: if it has none of this id
    """
    found = next((each for each in _institutions(village) if each.id == institution_id), None)
    if found is None:
        raise NotFound
    return found


def badges_of(names: Mapping[UUID, str]) -> dict[UUID, Badge]:
    """Give the badges that institutions of these names have now, in one query."""
    if not names:
        return {}
    standing = Badge.objects.standing().with_all_that_is_shown().filter(of__among=list(names))
    return {badge.of: badge for badge in standing if badge.name == names[badge.of]}


def was_given(badge_id: UUID) -> bool:
    """Tell whether a badge counts or once did, and is no mere proposal."""
    return Badge.objects.filter(pk=badge_id, granted_at__isnull=False).exists()


def badges_in(village: Village) -> QuerySet[Badge]:
    """Give the badges of a village that were proposed or given, those that are over too."""
    return Badge.objects.filter(village=village).with_all_that_is_shown()


def badge_or_404(badge_id: UUID) -> Badge:
    """
    Find a badge, with who has looked.

    :raises NotFound: if there is none of this id
    """
    found = Badge.objects.filter(pk=badge_id).with_all_that_is_shown().first()
    if found is None:
        raise NotFound
    return found


def _institutions(village: Village) -> list[Institution]:
    return [
        Institution(place_id, village.pk, kind, place)
        for kind in Kind
        for place_id, place in profiles_of(kind.role, village.pk).items()
        if not place.is_closed
    ]


def _speakers(village: str, places: list[UUID]) -> dict[UUID, list[str]]:
    """Name those who hold an office of some places, which they do under their names."""
    grants = Grant.objects.standing().filter(
        membership__village=village,
        membership__ended_at=None,
        membership__resident__is_active=True,
        role__in=[kind.role for kind in Kind],
        of__among=places,
    )
    found: dict[UUID, list[str]] = {}
    rows = grants.order_by("membership__resident__display_name")
    for place, name in rows.values_list("of", "membership__resident__display_name"):
        if place is not None:
            found.setdefault(place, []).append(name)
    return found
