"""
The evening's sharing out: how good the set is that it finds, and how long it takes.

They are drawn in a square of 23 km by 22 km, the same for every size. With 60 rides and 120 riders
they lie as densely as in the prototype by which the goal was set: 1,175 groups of riders whom a
ride can take along, there 1,139. With 150 and 300 they lie far more densely: there are over 34,000
groups, 8,867 there; so this is the harder task, and nobody made it easier to meet the goal.

``groups`` tells how many were looked at, ``all_groups`` that time sufficed for all of them; only
then ``gap`` says how far the set is from the best.
"""

from __future__ import annotations

import time
from random import Random
from typing import Any

from benchmarks import machine
from tools.packages import say

# Half the side of the square in which they are drawn, in degrees; it is the same for every size.
DEGREES = 0.104
# So long it may take at most.
SECONDS = 60.0
# By so much a pick-up may be moved for riders who book later, in seconds.
PROMISE = 900


def share_out(rides: int, riders: int) -> dict[str, Any]:
    """Share rides out among riders, as in the evening."""
    from carpool.matching.batch import chosen
    from carpool.matching.groups import Seeker
    from carpool.matching.packing import PERSON
    from carpool.routing import Estimate
    from tests.carpool.matching.traffic import Traffic

    traffic = Traffic(Random(1), Estimate(), degrees=DEGREES)
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
    say(f"{rides} rides, {riders} riders: {one}")
    return one
