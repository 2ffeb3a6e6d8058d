"""Who suits whom: what people say of themselves, whom they know, and whom they blocked."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from carpool.models import Acquaintance, Booking, BookingStatus, RideProfile
from carpool.terms import Pair


def profile_of(resident_id: UUID) -> RideProfile:
    """Give what somebody says of herself for rides; an empty one if she says nothing."""
    found = RideProfile.objects.select_related("home_stop").filter(pk=resident_id).first()
    return found or RideProfile(resident_id=resident_id)


def known_by(owner_id: UUID) -> set[UUID]:
    """Give whom somebody knows: those she named, and those she has ridden with."""
    named = Acquaintance.objects.filter(owner=owner_id).values_list("known", flat=True)
    return {*named, *_rode_with(owner_id)}


def pairs_with(resident_id: UUID, others: Collection[UUID], *, drives: bool) -> dict[UUID, Pair]:
    """Give what is known of somebody and each of the others, whom she drives or rides with."""
    women = set(
        RideProfile.objects.filter(pk__in=[resident_id, *others], is_woman=True).values_list(
            "pk", flat=True
        )
    )
    either = Q(owner=resident_id) | Q(known=resident_id)
    named = set(Acquaintance.objects.filter(either).values_list("owner", "known"))
    together = _rode_with(resident_id)
    return {
        other: _pair(
            resident_id in women,
            other in women,
            other in together or (resident_id, other) in named,
            other in together or (other, resident_id) in named,
            drives,
        )
        for other in others
    }


def _rode_with(resident_id: UUID) -> set[UUID]:
    either = Q(rider=resident_id) | Q(offer__driver=resident_id)
    done = Booking.objects.filter(either, status=BookingStatus.COMPLETED)
    people = {person for pair in done.values_list("rider", "offer__driver") for person in pair}
    return people - {resident_id}


def _pair(one: bool, other: bool, knows: bool, is_known: bool, drives: bool) -> Pair:
    if drives:
        return Pair(one, other, knows, is_known)
    return Pair(other, one, is_known, knows)
