"""
Everybody comes back at once: what a connection costs the server, its broker and its database.

The server has just been started anew, and so many phones dial at the same moment, each of which
has missed some events. Ours come with a ticket, or with a browser's cookie; the peer is Channels
as its documentation shows it: ``AuthMiddlewareStack``, a group, and a query for what was missed.
Nobody may miss or double anything; who is told to come again later, comes again. Environment:
CLIENTS=5000, TOPICS=10, ROUNDS=3, ONLY=village,plain_channels, HANDSHAKES_PER_SECOND=200, QUICK=1.
"""

from __future__ import annotations

import os
import random
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks import machine, results
from benchmarks.contenders import DAPHNE, FAST, PLAIN, Contender, running, versions
from benchmarks.load import Load, Phone
from benchmarks.machine import cpu_seconds, cpu_seconds_with_the_gone
from benchmarks.results import is_quick, middle, table
from benchmarks.village import Queries, redis_pid, village
from tools.leash import stop_on_signals
from tools.packages import CANNOT, Unavailable, say
from tools.services import Services

MISSED = 20
EARLIER = 5
WITHIN = 240.0
PEER = "plain_channels"


@dataclass(frozen=True)
class Comer:
    """Say by what name, to which server and by which way somebody comes back."""

    name: str
    contender: Contender
    way: str


COMERS = (
    Comer("village", DAPHNE, "ticket"),
    Comer("village_cookie", DAPHNE, "cookie"),
    Comer("fast.village", FAST, "ticket"),
    Comer("fast.village_cookie", FAST, "cookie"),
    Comer(PEER, PLAIN, "known"),
)


@dataclass(frozen=True)
class Measured:
    """Hold one return of everybody."""

    connect_cpu_us: float
    broker_cpu_us: float
    database_cpu_us: float
    queries: float
    seconds: float
    refused: float
    failed: float
    client_busy: float
    exact: bool
    load: float


def main() -> int:
    """Measure everybody in turns, and write down the ratios."""
    stop_on_signals()
    clients = int(os.environ.get("CLIENTS", "40" if is_quick() else "5000"))
    topics = int(os.environ.get("TOPICS", "4" if is_quick() else "10"))
    only = os.environ.get("ONLY")
    comers = [each for each in COMERS if not only or each.name in only.split(",")]
    measured: dict[str, list[Measured]] = defaultdict(list)
    try:
        with village(count_queries=True) as ground:
            bench = Bench(ground, clients, topics)
            for number in range(results.rounds()):
                for comer in random.sample(comers, len(comers)):
                    one = bench.measure(comer)
                    measured[comer.name].append(one)
                    say(_line(number, comer.name, one))
    except Unavailable as error:
        say(str(error))
        return CANNOT
    report(measured, clients, topics)
    return 0


class Bench:
    """Let people who exist only here come back to boards with something to miss."""

    def __init__(self, ground: Services, clients: int, topics: int) -> None:
        from benchmarks import people
        from benchmarks.board.actions import write_notes
        from benchmarks.board.models import Note
        from village.core.actor import SYSTEM
        from village.journal.queries import top

        self.clients, self.topics = clients, topics
        self._ground, self._people = ground, people
        self._residents = people.settle(clients)
        self._queries = Queries(ground)
        boards = range(topics)

        def write(notes: int) -> None:
            for _ in range(notes):
                write_notes(by=SYSTEM, boards=boards, at=datetime.now(UTC))

        write(EARLIER)
        self._stood = [top(f"bench/{board}") for board in boards]
        self._newest = [
            Note.objects.filter(board=board).order_by("-id").values_list("id", flat=True)[0]
            for board in boards
        ]
        write(MISSED)

    def measure(self, comer: Comer) -> Measured:
        """Start a server, let everybody come at once, and stop it when all have caught up."""
        ways: dict[str, Callable[[int], list[Phone]]] = {
            "ticket": self._with_tickets,
            "cookie": self._with_cookies,
            "known": self._known,
        }
        database = self._ground.postgres.process
        assert database is not None
        broker = redis_pid(self._ground)
        with (
            running(comer.contender) as server,
            Load(ways[comer.way](server.port), server.port, comer.contender.speech) as load,
        ):
            self._queries.forget()
            before = (
                cpu_seconds([server.pid]),
                cpu_seconds([broker]),
                cpu_seconds_with_the_gone(database.pid),
            )
            told = load.connect(self.clients, rate=0, within=WITHIN)
            after = (
                cpu_seconds([server.pid]),
                cpu_seconds([broker]),
                cpu_seconds_with_the_gone(database.pid),
            )
            queries = self._queries.count()
        own, hub, store = (
            (late - early) / self.clients * 1e6 for late, early in zip(after, before, strict=True)
        )
        wrong = ("lost", "doubled", "strange")
        return Measured(
            connect_cpu_us=own,
            broker_cpu_us=hub,
            database_cpu_us=store,
            queries=queries,
            seconds=told["seconds"],
            refused=told["refused"],
            failed=told["failed"],
            client_busy=told["cpu"] / told["seconds"],
            exact=told["following"] == told["of"] and not any(told[name] for name in wrong),
            load=machine.load(),
        )

    def _subscribe(self, board: int) -> str:
        stood = self._stood[board]
        return (
            f'{{"type":"subscribe","topic":"bench/{board}",'
            f'"since":{{"epoch":"{stood.epoch}","seq":{stood.seq}}}}}'
        )

    def _with_tickets(self, port: int) -> list[Phone]:
        tickets = self._people.give_tickets(self._residents, self.clients)
        return [
            Phone(
                board := number % self.topics,
                "/ws",
                first=f'{{"type":"hello","ticket":"{ticket}"}}',
                second=self._subscribe(board),
                subprotocol="village.v1",
                last=self._stood[board].seq,
                missed=MISSED,
            )
            for number, ticket in enumerate(tickets)
        ]

    def _with_cookies(self, port: int) -> list[Phone]:
        return [
            Phone(
                board := number % self.topics,
                "/ws",
                header=f"Origin: http://127.0.0.1:{port}||{self._cookie(number)}",
                first='{"type":"hello"}',
                second=self._subscribe(board),
                subprotocol="village.v1",
                last=self._stood[board].seq,
                missed=MISSED,
            )
            for number in range(self.clients)
        ]

    def _known(self, port: int) -> list[Phone]:
        from village.core.sessions import key_of

        return [
            Phone(
                board := number % self.topics,
                f"/known/{board}?since={self._newest[board]}",
                # Django's own store, as the peer has it, knows a session by its key.
                header=self._cookie(number, of=key_of),
                last=0,
                missed=MISSED,
            )
            for number in range(self.clients)
        ]

    def _cookie(self, number: int, of: Callable[[str], str] = str) -> str:
        from django.conf import settings

        _, token = self._residents[number // self._people.SOCKETS_PER_RESIDENT]
        return f"Cookie: {settings.SESSION_COOKIE_NAME}={of(token)}"


def _line(number: int, name: str, one: Measured) -> str:
    return (
        f"round {number + 1}  {name:20} {one.connect_cpu_us:7.0f} + {one.broker_cpu_us:4.0f} µs,"
        f" database {one.database_cpu_us:5.0f} µs  {one.queries:6.0f} queries"
        f"  {one.seconds:5.1f} s  {one.refused:5.0f} told to come later"
        f"  client {one.client_busy:4.0%}  load {one.load}{'' if one.exact else '  NOT EXACT'}"
    )


def report(measured: dict[str, list[Measured]], clients: int, topics: int) -> None:
    """Write and print the medians, and the ratios of the village to its peer."""
    figures: dict[str, dict[str, Any]] = {}
    for name, ones in measured.items():
        fields = [asdict(one) for one in ones]
        figures[name] = {
            key: all(each[key] for each in fields)
            if key == "exact"
            else round(middle([each[key] for each in fields]), 3)
            for key in fields[0]
        }
    ratios = {}
    for name, own in figures.items():
        if name == PEER or PEER not in figures:
            continue
        for figure, parts in (
            ("cpu_per_connect", ("connect_cpu_us", "broker_cpu_us")),
            ("with_database", ("connect_cpu_us", "broker_cpu_us", "database_cpu_us")),
            ("queries", ("queries",)),
        ):
            ratios[f"{figure}/{name}"] = sum(figures[PEER][part] for part in parts) / sum(
                own[part] for part in parts
            )
    columns = ("connect_cpu_us", "broker_cpu_us", "database_cpu_us", "queries", "seconds")
    rows = [
        [
            name,
            *(float(each[column]) for column in columns),
            f"{each['refused']:.0f}",
            f"{each['client_busy']:.0%}",
            "yes" if each["exact"] else "NO",
        ]
        for name, each in sorted(figures.items(), key=lambda item: item[1]["connect_cpu_us"])
    ]
    head = ("", "cpu µs", "broker µs", "database µs", "queries", "s", "refused", "client", "exact")
    print(table(head, rows))
    print()
    print(table(("times less than the peer", ""), sorted(ratios.items())))
    results.save(
        "connect",
        rounds=results.rounds(),
        ratios=dict(sorted(ratios.items())),
        figures={"versions": versions(), "clients": clients, "topics": topics, **figures},
        about=f"What one of {clients} who come back costs, times less than the peer",
    )


if __name__ == "__main__":
    sys.exit(main())
