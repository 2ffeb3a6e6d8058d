"""The index between its rows and matching: a ride is posted whenever its plan is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from carpool.matching import Fleet, Ride, Wish, cells, fleet_of_packed, packed
from carpool.matching.cells import asked_of, cells_of
from carpool.models import IndexedRide, RideCell, RideOffer, RideOfferQuerySet
from carpool.roads import roads
from village.core.among import condition


def post(offer: RideOffer, ride: Ride) -> None:
    """Post a ride that is locked or new where it may come by, and nowhere else any more."""
    if offer.is_cancelled or offer.is_for_one_rider:
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


# Which rides may be where a wish begins in time to be where it ends: `cells.may_fit` for all rides
# at once. It is one walk through a part of the cells' key, which joins nothing. Written out, for to
# make it of querysets takes several times as long as to answer it.
_NEAR = """
    SELECT offer_id, plan FROM carpool_indexedride WHERE village_id = %s AND id {found} (
        SELECT ride_id FROM carpool_ridecell WHERE {either} GROUP BY ride_id
        HAVING min(CASE WHEN {pickups} AND first <= %s AND last >= %s THEN first END) + %s
            <= max(CASE WHEN {dropoffs} AND first <= %s AND last >= %s THEN last END)){end}
"""


def near(village: str, wish: Wish) -> Fleet:
    """Lay out the rides of a village that may fit a wish: all that do, and not many more."""
    asked = asked_of(wish, roads().fastest)
    if not asked.pickups or not asked.dropoffs:
        return fleet_of_packed([], [])
    vendor = connection.vendor
    either, keys = condition("key", sorted({*asked.pickups, *asked.dropoffs}), vendor)
    pickups, boarding = condition("key", asked.pickups, vendor)
    dropoffs, leaving = condition("key", asked.dropoffs, vendor)
    # As an array, so that PostgreSQL looks each of them up, however many it thinks there will be.
    found, end = ("= ANY(ARRAY", ")") if vendor == "postgresql" else ("IN", "")
    statement = _NEAR.format(
        found=found, end=end, either=either, pickups=pickups, dropoffs=dropoffs
    )
    boards, leaves = asked.boards, asked.leaves
    since = boarding, boards[1], boards[0], asked.carried
    with connection.cursor() as cursor:
        cursor.execute(statement, [village, keys, *since, leaving, leaves[1], leaves[0]])
        rows = cursor.fetchall()
    return _fleet([(name if isinstance(name, UUID) else UUID(name), plan) for name, plan in rows])


def laid_out(rides: QuerySet[IndexedRide]) -> Fleet:
    """Lay out rides as they are posted, by one question."""
    return _fleet(list(rides.order_by().values_list("offer_id", "plan")))


def _fleet(rows: Sequence[tuple[UUID, bytes | memoryview]]) -> Fleet:
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
