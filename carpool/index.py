"""The index between its rows and matching: a ride is posted whenever its plan is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet

from carpool.matching import Fleet, Ride, Wish, cells, fleet_of_packed, packed
from carpool.matching.cells import asked_of, cells_of
from carpool.models import IndexedRide, RideCell, RideOffer, RideOfferQuerySet
from carpool.roads import roads


def post(offer: RideOffer, ride: Ride) -> None:
    """Post a ride that is locked or new where it may come by, and nowhere else any more."""
    if offer.is_cancelled:
        withdraw([offer.pk])
        return
    fastest = roads().fastest
    indexed, _ = IndexedRide.objects.update_or_create(
        offer=offer,
        defaults={
            "village_id": offer.village_id,
            "version": offer.version,
            "fastest": fastest,
            "plan": packed(ride),
        },
    )
    due = set(cells_of(ride, fastest))
    posted = set(indexed.cells.values_list("key", "first", "last"))
    indexed.cells.filter(key__among=[key for key, _, _ in posted - due]).delete()
    RideCell.objects.bulk_create(
        RideCell(key=key, ride=indexed, first=first, last=last) for key, first, last in due - posted
    )


def withdraw(offer_ids: Iterable[UUID]) -> int:
    """Post rides nowhere any more; give their number."""
    gone = IndexedRide.objects.filter(offer__pk__among=list(offer_ids))
    RideCell.objects.filter(ride__in=gone).delete()
    return gone.delete()[1].get(IndexedRide._meta.label, 0)


def may_fit(wish: Wish) -> list[int]:
    """
    Give the short numbers of rides that may fit a wish: of all that fit, and not many more.

    It is :func:`carpool.matching.cells.may_fit` for all rides at once: one walk through a part of
    the table's key, which joins nothing, so the database knows no slow way to do it.
    """
    asked = asked_of(wish, roads().fastest)
    if not asked.pickups or not asked.dropoffs:
        return []
    boards = Q(key__among=asked.pickups, first__lte=asked.boards[1], last__gte=asked.boards[0])
    leaves = Q(key__among=asked.dropoffs, first__lte=asked.leaves[1], last__gte=asked.leaves[0])
    found = (
        RideCell.objects.filter(key__among=sorted({*asked.pickups, *asked.dropoffs}))
        .values("ride_id")
        .annotate(boards=Min("first", filter=boards), leaves=Max("last", filter=leaves))
        .filter(boards__lte=F("leaves") - asked.carried)
    )
    return list(found.values_list("ride_id", flat=True))


def near(village: str, wish: Wish) -> Fleet:
    """Lay out the rides of a village that may fit a wish."""
    return laid_out(IndexedRide.objects.filter(pk__among=may_fit(wish), village=village))


def laid_out(rides: QuerySet[IndexedRide]) -> Fleet:
    """Lay out rides as they are posted, by one question."""
    rows = list(rides.order_by().values_list("offer_id", "plan"))
    return fleet_of_packed([name for name, _ in rows], [bytes(plan) for _, plan in rows])


def could_take(ride: Ride, wishes: Iterable[Wish]) -> list[bool]:
    """Tell of each wish whether a ride may fit it, as the index would."""
    fastest = roads().fastest
    posted = {key: (first, last) for key, first, last in cells_of(ride, fastest)}
    return [cells.may_fit(posted, asked_of(wish, fastest)) for wish in wishes]


def missing(at: datetime) -> RideOfferQuerySet:
    """Give the rides to come, or on the way, that are not posted as they are planned now."""
    current = IndexedRide.objects.filter(
        offer=OuterRef("pk"), version=OuterRef("version"), fastest=roads().fastest
    )
    return RideOffer.objects.open().not_there_yet(at).filter(~Exists(current))


def orphans(at: datetime) -> QuerySet[IndexedRide]:
    """Give what is posted of rides that are over, cancelled, or have changed since."""
    gone = ~Q(offer__status="open") | Q(offer__arrives_at__lte=at)
    return IndexedRide.objects.filter(gone | ~Q(version=F("offer__version")))
