"""
One event to many sockets: what a delivery costs the server, its broker included.

Everybody sends the same events of about 600 bytes to the same clients on the same two cores, in
turns. The village's are recorded in its database by another process and reach the server over
Redis; numbers, acknowledgements, window and log are on. Environment: ROUNDS=3, SIZES=n500,n2000,
n5000,t1000x5, ONLY=village,websockets, QUICK=1.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks import machine, results
from benchmarks.contenders import Contender, Running, available, publishing, running, versions
from benchmarks.load import Load, Phone
from benchmarks.machine import cpu_seconds, resident_kib
from benchmarks.results import is_quick, middle, table
from benchmarks.village import redis_pid, village
from tools.leash import stop_on_signals
from tools.packages import CANNOT, Unavailable, say

# How long one measurement should take, in seconds; slow servers take what they need.
SECONDS = 0.3 if is_quick() else 3.0
EVENTS_MIN, EVENTS_MAX = 3, 4000
WITHIN = 240.0
# So that what a server holds for itself is not counted as its sockets'.
FIRST = 16
# Handshakes a second; how fast they go is measured elsewhere.
RATE = 300.0


@dataclass(frozen=True)
class Shape:
    """Say how many topics with how many sockets each, and how many events are in flight."""

    name: str
    topics: int
    sockets_each: int
    flights: tuple[tuple[str, int], ...]

    @property
    def sockets(self) -> int:
        """Give the number of sockets."""
        return self.topics * self.sockets_each


SHAPES = {
    shape.name: shape
    for shape in (
        Shape("n500", 1, 500, (("n500", 1), ("n500w8", 8))),
        Shape("n2000", 1, 2000, (("n2000", 1),)),
        Shape("n5000", 1, 5000, (("n5000", 1),)),
        Shape("t1000x5", 1000, 5, (("t1000x5", 50),)),
        Shape("n20", 1, 20, (("n20", 1), ("n20w8", 8))),
    )
}


@dataclass(frozen=True)
class Measured:
    """Hold one measurement of one contender."""

    deliveries_per_cpu_s: float
    cpu_us: float
    broker_cpu_us: float
    p50_ms: float
    p99_ms: float
    deliveries_per_s: float
    rss_kib_per_socket: float
    client_busy: float
    publisher_busy: float
    exact: bool
    load: float


Taken = dict[tuple[str, str], list[Measured]]


def main() -> int:
    """Measure everybody in turns, and write down the ratios."""
    stop_on_signals()
    names = os.environ.get("SIZES", "n20" if is_quick() else "n500,n2000,n5000,t1000x5")
    shapes = [SHAPES[name] for name in names.split(",")]
    measured: dict[str, Taken] = defaultdict(lambda: defaultdict(list))
    try:
        with village() as ground:
            contenders = _chosen()
            bench = Bench(redis_pid(ground), max(shape.sockets for shape in shapes))
            for number in range(results.rounds()):
                for shape in shapes:
                    for contender in random.sample(contenders, len(contenders)):
                        for figure, one in bench.measure(contender, shape):
                            measured[shape.name][contender.name, figure].append(one)
                            say(_line(number, contender.name, figure, one))
    except Unavailable as error:
        say(str(error))
        return CANNOT
    for name, taken in measured.items():
        report(name, taken)
    return 0


def _chosen() -> list[Contender]:
    only = os.environ.get("ONLY")
    everybody = available()
    return [each for each in everybody if not only or each.name in only.split(",")]


class Bench:
    """Measure contenders against people who exist only here."""

    def __init__(self, broker: int, sockets: int) -> None:
        from benchmarks import people

        self.broker = broker
        self._people = people
        self.residents = people.settle(sockets + FIRST)

    def phones(self, contender: Contender, shape: Shape) -> list[Phone]:
        """Give a phone for each socket, with what it must say to follow its topic."""
        topics = [number % shape.topics for number in range(shape.sockets)]
        if not contender.is_village:
            path = contender.path
            protocol = "mqtt" if contender.speech == "mqtt" else ""
            return [
                Phone(topic, path.format(topic=topic), subprotocol=protocol) for topic in topics
            ]
        tickets = self._people.give_tickets(self.residents, shape.sockets)
        return [
            Phone(
                topic,
                contender.path,
                first=f'{{"type":"hello","ticket":"{ticket}"}}',
                second=f'{{"type":"subscribe","topic":"bench/{topic}"}}',
                subprotocol="village.v1",
            )
            for topic, ticket in zip(topics, tickets, strict=True)
        ]

    def measure(self, contender: Contender, shape: Shape) -> list[tuple[str, Measured]]:
        """Measure a contender in one shape, with a fresh server."""
        with (
            running(contender, HANDSHAKES_PER_SECOND="2000") as server,
            Load(self.phones(contender, shape), server.port, contender.speech) as load,
            publishing(server, load.asked) as publisher,
        ):
            first = min(FIRST, shape.sockets // 2)
            _whole(load.connect(first, rate=RATE, within=WITHIN), contender)
            time.sleep(0.5)
            empty = resident_kib(server.pid)
            told = load.connect(shape.sockets - first, rate=RATE, within=WITHIN)
            _whole(told, contender)
            time.sleep(1.0)
            grown = (resident_kib(server.pid) - empty) / (shape.sockets - first)
            return [
                (figure, self._run(server, publisher.pid, load, shape, flight, grown))
                for figure, flight in shape.flights
            ]

    def _run(
        self, server: Running, publisher: int, load: Load, shape: Shape, flight: int, grown: float
    ) -> Measured:
        warm = load.run(max(flight, 2), flight=flight, topics=shape.topics, within=WITHIN)
        warm = load.run(max(2 * flight, 4), flight=flight, topics=shape.topics, within=WITHIN)
        pace = warm["events"] / max(warm["seconds"], 1e-3)
        events = int(min(max(pace * SECONDS, EVENTS_MIN, flight), EVENTS_MAX))
        brokers = [self.broker] if server.contender.has_broker else []
        before = cpu_seconds([server.pid]), cpu_seconds(brokers), cpu_seconds([publisher])
        told = load.run(events, flight=flight, topics=shape.topics, within=WITHIN)
        after = cpu_seconds([server.pid]), cpu_seconds(brokers), cpu_seconds([publisher])
        own, broker, press = (late - early for late, early in zip(after, before, strict=True))
        count = max(told["deliveries"], 1)
        return Measured(
            deliveries_per_cpu_s=count / (own + broker),
            cpu_us=own / count * 1e6,
            broker_cpu_us=broker / count * 1e6,
            p50_ms=told["p50_ms"],
            p99_ms=told["p99_ms"],
            deliveries_per_s=count / told["seconds"],
            rss_kib_per_socket=grown,
            client_busy=told["client_cpu"] / told["seconds"],
            publisher_busy=press / told["seconds"],
            exact=_is_exact(told),
            load=machine.load(),
        )


def _is_exact(told: dict[str, Any]) -> bool:
    wrong = ("lost", "doubled", "disordered", "dropped", "strange")
    return told["deliveries"] == told["expected"] and not any(told[name] for name in wrong)


def _whole(told: dict[str, Any], contender: Contender) -> None:
    if told["following"] != told["of"]:
        raise RuntimeError(f"{contender.name} did not take everybody in: {told}")


def _line(number: int, name: str, figure: str, one: Measured) -> str:
    return (
        f"round {number + 1}  {figure:8} {name:15} {one.cpu_us:8.2f} + {one.broker_cpu_us:5.2f} µs"
        f"  p50 {one.p50_ms:8.1f}  p99 {one.p99_ms:8.1f} ms  {one.rss_kib_per_socket:5.1f} KiB"
        f"  client {one.client_busy:4.0%}  load {one.load}{'' if one.exact else '  NOT EXACT'}"
    )


def report(shape: str, measured: Taken) -> None:
    """Write and print the medians in one shape, and the ratios of the village to each peer."""
    figures: dict[str, dict[str, Any]] = {}
    for (name, figure), ones in measured.items():
        fields = [asdict(one) for one in ones]
        figures[f"{figure}/{name}"] = {
            key: all(each[key] for each in fields)
            if key == "exact"
            else round(middle([each[key] for each in fields]), 3)
            for key in fields[0]
        }
    ratios: dict[str, float] = {}
    for key, own in figures.items():
        figure, _, name = key.partition("/")
        if not name.endswith("village"):
            continue
        for other_key, other in figures.items():
            other_figure, _, peer = other_key.partition("/")
            if other_figure == figure and not peer.endswith("village"):
                prefix = name.removesuffix("village")
                ratios[f"{prefix}deliveries_per_cpu_s.{figure}/{peer}"] = (
                    own["deliveries_per_cpu_s"] / other["deliveries_per_cpu_s"]
                )
    columns = ("cpu_us", "broker_cpu_us", "deliveries_per_cpu_s", "p50_ms", "p99_ms")
    rows = [
        [
            key,
            *(float(each[column]) for column in columns),
            float(each["rss_kib_per_socket"]),
            f"{each['client_busy']:.0%}",
            "yes" if each["exact"] else "NO",
        ]
        for key, each in sorted(
            figures.items(),
            key=lambda item: (item[0].partition("/")[0], -item[1]["deliveries_per_cpu_s"]),
        )
    ]
    head = ("", "cpu µs", "broker µs", "per cpu s", "p50 ms", "p99 ms", "KiB", "client", "exact")
    print(table(head, rows))
    print()
    print(table(("times better than the peer", ""), sorted(ratios.items())))
    print()
    results.save(
        f"fanout_{shape}",
        rounds=results.rounds(),
        ratios=dict(sorted(ratios.items())),
        figures={"versions": versions(), **figures},
        about="Deliveries per second of server CPU, times the peer's",
    )


if __name__ == "__main__":
    sys.exit(main())
