"""Who suits whom: what people say of themselves, whom they know, and whom they blocked."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from carpool.models import Acquaintance, Booking, BookingStatus, RideProfile
from carpool.terms import Pair
from village.residents.models import Block
from village.residents.queries import hidden_from, verified_among


def profile_of(resident_id: UUID) -> RideProfile:
    """Give what somebody says of herself for rides; an empty one if she says nothing."""
    found = RideProfile.objects.select_related("home_stop").filter(pk=resident_id).first()
    return found or RideProfile(resident_id=resident_id)


def known_by(owner_id: UUID) -> set[UUID]:
    """Give whom somebody knows: those she named, and those she has ridden with."""
    named = Acquaintance.objects.filter(owner=owner_id).values_list("known", flat=True)
    return {*named, *_rode_with(owner_id)}


def kept_apart_from(people: Collection[UUID]) -> set[UUID]:
    """Give those whom a block keeps apart from any of some people, whoever asked for it."""
    return {UUID(other) for others in hidden_from(people).values() for other in others}


def kept_apart(person: str, resident_id: UUID) -> Q:
    """
    Find whom a block keeps apart from a resident within another question, which asks for both.

    ``person`` is the path from its rows to whom they speak of.
    """
    asked = Block.objects.filter(blocker=resident_id).values("blocked")
    refused = Block.objects.filter(blocked=resident_id).values("blocker")
    return Q(**{f"{person}__in": asked}) | Q(**{f"{person}__in": refused})


def pairs_with(
    resident_id: UUID, others: Collection[UUID], *, village: str, drives: bool
) -> dict[UUID, Pair]:
    """Give what is known of somebody and each of the others, whom she drives or rides with."""
    if not others:
        return {}
    women = set(
        RideProfile.objects.filter(pk__in=[resident_id, *others], is_woman=True).values_list(
            "pk", flat=True
        )
    )
    verified = verified_among([resident_id, *others], village)
    either = Q(owner=resident_id) | Q(known=resident_id)
    named = set(Acquaintance.objects.filter(either).values_list("owner", "known"))
    together = _rode_with(resident_id)
    return {
        other: _pair(
            _Side(
                resident_id in women,
                other in together or (resident_id, other) in named,
                resident_id in verified,
            ),
            _Side(
                other in women,
                other in together or (other, resident_id) in named,
                other in verified,
            ),
            drives,
        )
        for other in others
    }


class _Side(NamedTuple):
    is_woman: bool
    knows_other: bool
    is_verified: bool


def _rode_with(resident_id: UUID) -> set[UUID]:
    either = Q(rider=resident_id) | Q(offer__driver=resident_id)
    done = Booking.objects.filter(either, status=BookingStatus.COMPLETED)
    people = {person for pair in done.values_list("rider", "offer__driver") for person in pair}
    return people - {resident_id}


def _pair(one: _Side, other: _Side, drives: bool) -> Pair:
    driver, rider = (one, other) if drives else (other, one)
    return Pair(
        driver_is_woman=driver.is_woman,
        rider_is_woman=rider.is_woman,
        driver_knows_rider=driver.knows_other,
        rider_knows_driver=rider.knows_other,
        driver_is_verified=driver.is_verified,
        rider_is_verified=rider.is_verified,
    )
