"""
The evening's sharing out: how good the set is that it finds, and how long it takes.

They are drawn in squares of which the sizes named have about as many groups of riders whom a ride
can take along as in the prototype by which the goal was set: 60 rides and 120 riders 1,175 (there
1,139), 150 and 300 8,758 (there 8,867). ``close`` puts as many into the smaller square, where they
have 42,588: a task that is much harder, and far beyond what one village has.

``groups`` tells how many were looked at, ``all_groups`` that time sufficed for all of them; only
then ``gap`` says how far the set is from the best.
"""

from __future__ import annotations

import time
from random import Random
from typing import Any

from benchmarks import machine
from tools.packages import say

# Half the side of the square in which they are drawn, in degrees.
SQUARES = {"150x300": 0.15}
SMALL_SQUARE = 0.104
# So long it may take at most.
SECONDS = 60.0
# By so much a pick-up may be moved for riders who book later, in seconds.
PROMISE = 900


def share_out(name: str) -> dict[str, Any]:
    """Share rides out among riders, as in the evening; ``name`` is like 60x120 or 150x300close."""
    from carpool.matching.batch import chosen
    from carpool.matching.groups import Seeker
    from carpool.matching.packing import PERSON
    from carpool.routing import Estimate
    from tests.carpool.matching.traffic import Traffic

    rides, riders = map(int, name.removesuffix("close").split("x"))
    traffic = Traffic(Random(1), Estimate(), degrees=SQUARES.get(name, SMALL_SQUARE))
    offered = [traffic.ride() for _ in range(rides)]
    seekers = [Seeker(traffic.uuid(), traffic.wish()) for _ in range(riders)]
    begun, cpu = time.perf_counter(), time.process_time()
    best = chosen(offered, seekers, traffic.roads, at=0, promise=PROMISE, seconds=SECONDS)
    one = {
        "seconds": round(time.perf_counter() - begun, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "groups": best.groups,
        "all_groups": best.is_whole,
        "gap": round(best.gap, 6),
        "riders_taken_along": len(best.pairs),
        "value": round(best.value / PERSON, 4),
        "first_come": round(best.first_come / PERSON, 4),
        "load": machine.load(),
    }
    say(f"{name}: {one}")
    return one
