"""
Finding every ride that fits, against looking at every ride there is.

A day of rides within a region of villages lies in PostgreSQL. Somebody looks for a ride as the
village does it (``query``), by reading and trying all rides without any index (``scan``), by
reading the plans of all rides as the index packs them (``packed``), and by trying all rides that
lie in memory already (``sweep``, which asks no database at all). All must find the same. Beside
it: what posting a ride costs, and how good and how quick the evening's sharing out is.
Environment: SIZES=1k,10k,100k, QUERIES=200, BATCHES=60x120,150x300, QUICK=1.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from benchmarks import machine, results
from benchmarks.results import is_quick, middle, table
from benchmarks.village import village
from tools.leash import stop_on_signals
from tools.packages import CANNOT, Unavailable, say

if TYPE_CHECKING:
    from benchmarks.region import Region
    from carpool.matching import Fleet, Ride, Wish
    from carpool.models import RideRequest

SIZES = {"200": 200, "1k": 1_000, "10k": 10_000, "100k": 100_000}
# How often everything is asked; reading everything takes long, and varies little.
QUERIES = int(os.environ.get("QUERIES", "20" if is_quick() else "200"))
SCANS, SWEEPS = (2, 5) if is_quick() else (5, 60)
INSERTS = 10 if is_quick() else 200

WAYS = ("query", "scan", "packed", "sweep")
Answer = dict[UUID, tuple[int, int, int]]


@dataclass
class Timed:
    """Hold how long each of some questions took, in milliseconds."""

    taken: list[float] = field(default_factory=list)

    def take(self, ask: Callable[[], Any]) -> Any:
        """Ask, and look at the clock."""
        begun = time.perf_counter()
        answer = ask()
        self.taken.append((time.perf_counter() - begun) * 1e3)
        return answer

    def at(self, part: float) -> float:
        """Give what so large a part of them did not exceed."""
        return sorted(self.taken)[min(len(self.taken) - 1, int(part * len(self.taken)))]


def main() -> int:
    """Measure all sizes, and write down the ratios."""
    stop_on_signals()
    names = os.environ.get("SIZES", "200" if is_quick() else "1k,10k,100k").split(",")
    batches = os.environ.get("BATCHES", "6x12" if is_quick() else "60x120,150x300").split(",")
    figures: dict[str, dict[str, Any]] = {}
    ratios: dict[str, float] = {}
    try:
        with village():
            bench = Bench()
            for name in names:
                bench.grow(SIZES[name])
                figures[f"query/{name}"] = one = bench.measure()
                for way in ("scan", "packed", "sweep"):
                    for part in ("p50", "p99"):
                        ratio = one[f"{way}_{part}_ms"] / one[f"query_{part}_ms"]
                        ratios[f"query.{part}.{name}/{way}"] = ratio
            figures["insert"] = one = bench.insert()
            ratios["insert/without_index"] = one["plain_p50_ms"] / one["posted_p50_ms"]
    except Unavailable as error:
        say(str(error))
        return CANNOT
    for name in batches:
        figures[f"batch/{name}"] = one = share_out(*map(int, name.split("x")))
        ratios[f"batch.{name}/first_come"] = one["value"] / one["first_come"]
    report(figures, ratios)
    return 0


class Bench:
    """Hold a region, its rides in the database, and the same rides in memory."""

    def __init__(self) -> None:
        from benchmarks.region import Region

        self.region: Region = Region()
        self.rides: list[Ride] = []
        self.fleet: Fleet | None = None

    def grow(self, number: int) -> None:
        """Let so many rides be there."""
        from benchmarks import region
        from carpool.matching import fleet_of

        begun = time.perf_counter()
        more = list(self.region.rides(number - len(self.rides)))
        region.write(self.region, more)
        region.analyze()
        self.rides += more
        self.fleet = fleet_of(self.rides)
        say(f"{number} rides are there after {time.perf_counter() - begun:.0f} s")

    def measure(self) -> dict[str, Any]:
        """Ask in the three ways, in turns; all must find the same."""
        from carpool import queries
        from carpool.models import RideCell
        from carpool.plans import wish_of
        from carpool.queries.matches import MATCHES_SHOWN

        query, scan, packed, sweep = Timed(), Timed(), Timed(), Timed()
        now = self.region.midnight
        exact, found, shown = True, 0, 0
        for number in range(QUERIES):
            request = self.region.wish()
            told = query.take(partial(queries.matches_for, request, at=_at(now)))
            shown += len(told)
            expected = None
            if number < SWEEPS:
                wish = wish_of(request)
                expected = sweep.take(partial(self._swept, wish, now))
            if number < SCANS:
                for timed, by in ((scan, self._scanned), (packed, self._unpacked)):
                    exact = exact and timed.take(partial(by, request, now)) == expected
            if expected is not None:
                found += len(expected)
                ours = answer(match for _, match in told)
                exact = exact and len(ours) == min(len(expected), MATCHES_SHOWN)
                exact = exact and ours.items() <= expected.items()
                exact = exact and self._candidates(wish_of(request), expected)
        one = {
            f"{way}_{part}_ms": round(timed.at(at), 3)
            for way, timed in zip(WAYS, (query, scan, packed, sweep), strict=True)
            for part, at in (("p50", 0.5), ("p99", 0.99))
        } | {
            "fit": round(found / SWEEPS, 1),
            "cells_of_a_ride": round(RideCell.objects.count() / len(self.rides), 1),
            "exact": exact,
            "load": machine.load(),
        }
        say(f"{len(self.rides)} rides: {one}")
        return one

    def _swept(self, wish: Wish, now: int) -> Answer:
        from carpool.matching import fitting_in
        from carpool.roads import roads

        assert self.fleet is not None
        return answer(fitting_in(wish, self.fleet, roads(), at=now))

    def _scanned(self, request: RideRequest, now: int) -> Answer:
        from carpool.matching import fitting
        from carpool.models import RideOffer
        from carpool.plans import rides_of, wish_of
        from carpool.roads import roads

        here = RideOffer.objects.open().still_here(_at(now)).filter(village=request.village_id)
        return answer(fitting(wish_of(request), rides_of(here), roads(), at=now))

    def _unpacked(self, request: RideRequest, now: int) -> Answer:
        from carpool.index import fleet_of
        from carpool.matching import fitting_in
        from carpool.models import RideOffer
        from carpool.plans import wish_of
        from carpool.roads import roads

        here = RideOffer.objects.open().still_here(_at(now)).filter(village=request.village_id)
        return answer(fitting_in(wish_of(request), fleet_of(here), roads(), at=now))

    def _candidates(self, wish: Wish, expected: Answer) -> bool:
        """Tell whether the index leaves out no ride that fits, shown or not."""
        from carpool.index import may_fit
        from carpool.models import IndexedRide

        posted = IndexedRide.objects.filter(pk__among=may_fit(wish))
        return expected.keys() <= set(posted.values_list("offer", flat=True))

    def insert(self) -> dict[str, Any]:
        """Keep rides with and without posting them."""
        from django.db import transaction

        from benchmarks.region import offer_of
        from carpool import index, plans

        posted, plain = Timed(), Timed()
        post = index.post

        def keep(ride: Ride) -> None:
            with transaction.atomic():
                row = offer_of(self.region, ride)
                row.save(force_insert=True)
                plans.keep(row, ride)

        for number, ride in enumerate(self.region.rides(2 * INSERTS, with_riders=0)):
            index.post = post if number % 2 else lambda offer, ride: None
            (posted if number % 2 else plain).take(partial(keep, ride))
        index.post = post
        return {
            "posted_p50_ms": round(middle(posted.taken), 3),
            "plain_p50_ms": round(middle(plain.taken), 3),
            "load": machine.load(),
        }


def answer(found: Any) -> Answer:
    """Give what was found, to compare."""
    return {each.ride_id: (each.extra_seconds, each.pickup_at, each.arrives_at) for each in found}


def _at(seconds: int) -> Any:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC)


def share_out(rides: int, riders: int) -> dict[str, Any]:
    """Share rides out among riders, as in the evening."""
    from carpool.matching.batch import chosen
    from carpool.matching.groups import Seeker
    from carpool.matching.packing import PERSON
    from carpool.routing import Estimate
    from tests.carpool.matching.traffic import Traffic

    # As densely as 60 rides lie in a square of 27 km.
    degrees = 0.12 * (rides / 60) ** 0.5
    traffic = Traffic(Random(1), Estimate(), degrees=degrees)
    offered = [traffic.ride() for _ in range(rides)]
    seekers = [Seeker(traffic.uuid(), traffic.wish()) for _ in range(riders)]
    begun, cpu = time.perf_counter(), time.process_time()
    best = chosen(offered, seekers, traffic.roads, at=0, promise=900, seconds=60)
    one = {
        "seconds": round(time.perf_counter() - begun, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "gap": round(best.gap, 6),
        "riders_taken_along": len(best.pairs),
        "value": round(best.value / PERSON, 4),
        "first_come": round(best.first_come / PERSON, 4),
        "load": machine.load(),
    }
    say(f"{rides} rides, {riders} riders: {one}")
    return one


def report(figures: dict[str, dict[str, Any]], ratios: dict[str, float]) -> None:
    """Write and print the figures and the ratios."""
    for prefix in ("query/", "insert", "batch/"):
        rows = [(key, one) for key, one in figures.items() if key.startswith(prefix)]
        if rows:
            head = ("", *rows[0][1])
            print(table(head, [(key, *one.values()) for key, one in rows]))
            print()
    if not all(one.get("exact", True) for one in figures.values()):
        say("NOT EXACT")
    print(table(("times better than the peer", ""), sorted(ratios.items())))
    results.save(
        "carpool",
        rounds=1,
        ratios=dict(sorted(ratios.items())),
        figures=figures,
        about="Finding every ride that fits: times better than the peer",
    )


if __name__ == "__main__":
    sys.exit(main())
