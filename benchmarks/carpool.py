"""
Finding every ride that fits, against looking at every ride there is.

A day of rides within a region of villages lies in PostgreSQL, and somebody looks for a ride.

- ``find`` is how the village finds every ride that fits: the index names rides, and their plans
  are read and tried. ``find_scan`` is the full scan, the peer that counts. It stands on equal
  ground: the same question, asked of the same database, tried by the same columns; only that it
  reads the plan of every ride of the day, in one question, because it asks no index.
- ``query`` is the whole answer of the village: what is found is ranked, checked for blocks and
  terms, and its rides and drivers are read to be shown. ``query_scan`` does the same with what the
  full scan finds. So both take as long for what comes after finding, and the ratio is smaller.
- ``hours`` is such an answer by a scan that knows the clock: it reads only the rides that leave
  within her hours.
- ``rows`` reads the same rides from the tables that the village writes them to, call by call.
- ``sweep`` tries all rides as columns that lie in memory already. It reads no database, checks
  nobody and shows nothing, so it is ahead by all that; it is told for who could hold a region in
  memory, and is no equal.

All must find the same. Beside it: what posting a ride costs, and how good and how quick the
evening's sharing out is; see `benchmarks.evening`.
Environment: SIZES=1k,10k,100k, QUERIES=200, BATCHES=60x120,150x300,150x300close, QUICK=1.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from benchmarks import machine, results
from benchmarks.evening import share_out
from benchmarks.results import is_quick, middle, table
from benchmarks.village import village
from tools.leash import stop_on_signals
from tools.packages import CANNOT, Unavailable, say

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from benchmarks.region import Region
    from carpool.matching import Fleet, Match, Ride, Wish
    from carpool.models import IndexedRide, RideOffer, RideRequest

SIZES = {"200": 200, "1k": 1_000, "10k": 10_000, "100k": 100_000}
QUERIES = int(os.environ.get("QUERIES", "20" if is_quick() else "200"))
# How often everything is asked of the others; reading everything takes long, and varies little.
ASKED = (
    {"find_scan": 2, "query_scan": 2, "hours": 2, "rows": 2, "sweep": 5}
    if is_quick()
    else {"find_scan": 40, "query_scan": 20, "hours": 20, "rows": 3, "sweep": 40}
)
INSERTS = 10 if is_quick() else 200
# The longest way of the region, at the pace of the estimate and with the largest detour.
LONGEST_RIDE = timedelta(hours=2)

# Each peer, and what of the village it is compared with.
PEERS = {
    "find_scan": "find",
    "query_scan": "query",
    "hours": "query",
    "rows": "find",
    "sweep": "find",
}
WAYS = ("find", "query", *PEERS)
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
    batches = os.environ.get("BATCHES", "6x12" if is_quick() else "60x120,150x300,150x300close")
    figures: dict[str, dict[str, Any]] = {}
    ratios: dict[str, float] = {}
    try:
        with village():
            bench = Bench()
            for name in names:
                bench.grow(SIZES[name])
                figures[f"query/{name}"] = one = bench.measure()
                for peer, ours in PEERS.items():
                    for part in ("p50", "p99"):
                        ratio = one[f"{peer}_{part}_ms"] / one[f"{ours}_{part}_ms"]
                        ratios[f"{ours}.{part}.{name}/{peer}"] = ratio
            figures["insert"] = one = bench.insert()
            ratios["insert/without_index"] = one["plain_p50_ms"] / one["posted_p50_ms"]
    except Unavailable as error:
        say(str(error))
        return CANNOT
    for name in batches.split(","):
        figures[f"batch/{name}"] = one = share_out(name)
        ratios[f"batch.{name}/first_come"] = one["value"] / one["first_come"]
    report(figures, ratios)
    return 0


class Bench:
    """Hold a region, its rides in the database, and the same rides in memory."""

    def __init__(self) -> None:
        from benchmarks.region import Region

        self.region: Region = Region()
        self.names: list[UUID] = []
        self.plans: list[bytes] = []
        self.fleet: Fleet

    def grow(self, number: int) -> None:
        """Let so many rides be there."""
        from benchmarks import region
        from carpool.matching import fleet_of_packed, packed

        begun = time.perf_counter()
        more = list(self.region.rides(number - len(self.names)))
        region.write(self.region, more)
        region.analyze()
        self.names += [ride.id for ride in more]
        self.plans += [packed(ride) for ride in more]
        self.fleet = fleet_of_packed(self.names, self.plans)
        del more
        gc.collect()
        # What the benchmark holds in memory is not swept while the village is timed.
        gc.freeze()
        say(f"{number} rides are there after {time.perf_counter() - begun:.0f} s")

    def measure(self) -> dict[str, Any]:
        """Ask in all ways, in turns; all must find the same."""
        from carpool import queries
        from carpool.index import laid_out, near
        from carpool.models import RideCell
        from carpool.plans import wish_of

        timed = {way: Timed() for way in WAYS}
        at = _at(self.region.midnight)
        exact, found, looked_at = True, 0, 0
        for number in range(QUERIES):
            request = self.region.wish()
            wish = wish_of(request)
            here = partial(near, self.region.village.pk, wish)
            fit = timed["find"].take(partial(self._tried, wish, here, at))
            told = timed["query"].take(partial(queries.matches_for, request, at=at))
            if number >= ASKED["sweep"]:
                continue
            expected = timed["sweep"].take(partial(self._tried, wish, self._in_memory, at))
            found, looked_at = found + len(expected), looked_at + len(here().names)
            # Every ride that fits is found, with the same ways and times; the best are shown.
            exact = exact and fit == expected
            exact = exact and answer(match for _, match in told).items() <= expected.items()
            everything = partial(laid_out, self._posted())
            asks: dict[str, tuple[Callable[[], Any], Any]] = {
                "find_scan": (partial(self._tried, wish, everything, at), expected),
                "query_scan": (partial(self._scanned, self._posted(), request, at), told),
                "hours": (partial(self._scanned, self._in_her_hours(request), request, at), told),
                "rows": (partial(self._read, request, at), expected),
            }
            for way, (ask, same) in asks.items():
                if number < ASKED[way]:
                    exact = (timed[way].take(ask) == same) and exact
        one = {
            f"{way}_{part}_ms": round(each.at(at_most), 3)
            for way, each in timed.items()
            for part, at_most in (("p50", 0.5), ("p99", 0.99))
        } | {
            "fit": round(found / ASKED["sweep"], 1),
            "looked_at": round(looked_at / ASKED["sweep"], 1),
            "cells_of_a_ride": round(RideCell.objects.count() / len(self.names), 1),
            "exact": exact,
            "load": machine.load(),
        }
        say(f"{len(self.names)} rides: {one}")
        return one

    def _in_memory(self) -> Fleet:
        return self.fleet

    def _posted(self) -> QuerySet[IndexedRide]:
        from carpool.models import IndexedRide

        return IndexedRide.objects.filter(village=self.region.village)

    def _in_her_hours(self, request: RideRequest) -> QuerySet[IndexedRide]:
        # Nobody's ride takes longer than from the first of these hours to the last.
        return self._posted().filter(
            offer__departs_at__lt=request.latest_arrival,
            offer__departs_at__gt=request.earliest - LONGEST_RIDE,
        )

    def _scanned(
        self, rides: QuerySet[IndexedRide], request: RideRequest, at: datetime
    ) -> list[tuple[RideOffer, Match]]:
        from carpool.index import laid_out
        from carpool.plans import wish_of
        from carpool.queries.matches import best_of

        return best_of(request, wish_of(request), laid_out(rides), at=at)

    def _read(self, request: RideRequest, at: datetime) -> Answer:
        from carpool.matching import fitting, seconds_of
        from carpool.models import RideOffer
        from carpool.plans import rides_of, wish_of
        from carpool.roads import roads

        here = RideOffer.objects.open().still_here(at).filter(village=request.village_id)
        return answer(fitting(wish_of(request), rides_of(here), roads(), at=seconds_of(at)))

    def _tried(self, wish: Wish, rides: Callable[[], Fleet], at: datetime) -> Answer:
        from carpool.matching import fitting_in, seconds_of
        from carpool.roads import roads

        return answer(fitting_in(wish, rides(), roads(), at=seconds_of(at)))

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


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


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
