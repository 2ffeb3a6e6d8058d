"""The index between its rows and matching: a ride is posted whenever its plan is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from carpool.matching import Fleet, Ride, Wish, fleet_of_packed, packed
from carpool.matching.cells import cells_of, keys_of
from carpool.models import IndexedRide, RideCell, RideOffer, RideOfferQuerySet
from carpool.roads import roads


def post(offer: RideOffer, ride: Ride) -> None:
    """Post a ride that is locked or new where it may come by, and nowhere else any more."""
    if offer.is_cancelled:
        withdraw([offer.pk])
        return
    fastest = roads().fastest
    indexed, _ = IndexedRide.objects.update_or_create(
        offer=offer, defaults={"version": offer.version, "fastest": fastest, "plan": packed(ride)}
    )
    due = set(cells_of(ride, fastest))
    posted = set(indexed.cells.values_list("key", flat=True))
    indexed.cells.filter(key__among=posted - due).delete()
    RideCell.objects.bulk_create(RideCell(key=key, ride=indexed) for key in due - posted)


def withdraw(offer_ids: Iterable[UUID]) -> int:
    """Post rides nowhere any more; give their number."""
    gone = IndexedRide.objects.filter(offer__pk__among=list(offer_ids))
    RideCell.objects.filter(ride__in=gone).delete()
    return gone.delete()[1].get(IndexedRide._meta.label, 0)


def may_fit(wish: Wish) -> list[int]:
    """
    Give the short numbers of rides that may fit a wish: of all that fit, and not many more.

    Each half is one look into the table's key, and the database knows no slow way to join them.
    """
    pickups, dropoffs = keys_of(wish, roads().fastest)
    halves = (
        RideCell.objects.filter(key__among=keys).values_list("ride_id", flat=True)
        for keys in (pickups, dropoffs)
    )
    boarding, leaving = halves
    return list(boarding.intersection(leaving))


def fleet_of(offers: RideOfferQuerySet) -> Fleet:
    """Lay out rides as they are posted, by one question."""
    rows = list(offers.order_by().values_list("pk", "indexed__plan"))
    return fleet_of_packed([name for name, _ in rows], [bytes(plan) for _, plan in rows])


def could_take(ride: Ride, wishes: Iterable[Wish]) -> list[bool]:
    """Tell of each wish whether a ride may fit it, as the index would."""
    fastest = roads().fastest
    posted = set(cells_of(ride, fastest))
    return [
        not posted.isdisjoint(pickups) and not posted.isdisjoint(dropoffs)
        for pickups, dropoffs in (keys_of(wish, fastest) for wish in wishes)
    ]


def missing(at: datetime) -> RideOfferQuerySet:
    """Give the rides to come that are not posted as they are planned now."""
    current = IndexedRide.objects.filter(
        offer=OuterRef("pk"), version=OuterRef("version"), fastest=roads().fastest
    )
    return RideOffer.objects.open().still_here(at).filter(~Exists(current))


def orphans(at: datetime) -> QuerySet[IndexedRide]:
    """Give what is posted of rides that have left, are cancelled, or have changed since."""
    gone = ~Q(offer__status="open") | Q(offer__departs_until__lte=at)
    return IndexedRide.objects.filter(gone | ~Q(version=F("offer__version")))
