"""
What it costs to record: facts a second on one stream and on many, beside a plain INSERT.

Some processes write at once, each fact and each row in a transaction of its own, in turns on
PostgreSQL (which waits for the disk, as in production) and on SQLite. After each turn the numbers
of all streams must be without a gap. Environment: WRITERS=8, SECONDS=2, ROUNDS=3, QUICK=1.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from benchmarks import machine, results
from benchmarks.load import ROOT
from benchmarks.results import is_quick, middle, table
from tools.leash import leashed, stop_on_signals
from tools.packages import CANNOT, Unavailable, say
from tools.services import services

SETTINGS = {"DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
STREAMS = {"hot": 1, "256": 256}
# Recorded; recorded and told; and what both are measured against.
WAYS = ("record", "told", "insert")
PEER = "insert"


@dataclass(frozen=True)
class Measured:
    """Hold one turn: writes a second of all writers together, and the slowest of them."""

    writes_per_s: float
    slowest_ms: float
    exact: bool
    load: float


def main() -> int:
    """Measure everything in turns, and write down the ratios."""
    stop_on_signals()
    writers = int(os.environ.get("WRITERS", "1" if is_quick() else "8"))
    seconds = float(os.environ.get("SECONDS", "0.1" if is_quick() else "2"))
    measured: dict[str, list[Measured]] = defaultdict(list)
    try:
        with postgresql(writers) as first, sqlite(writers) as second:
            turns = [
                (store, name, way) for store in (first, second) for name in STREAMS for way in WAYS
            ]
            for number in range(results.rounds()):
                for store, name, way in random.sample(turns, len(turns)):
                    one = store.measure(way, STREAMS[name], seconds)
                    figure = f"{store.name}.{name}/{way}"
                    measured[figure].append(one)
                    say(_line(number, figure, one))
    except Unavailable as error:
        say(str(error))
        return CANNOT
    report(measured, writers)
    return 0


class Store:
    """Hold the writers of one database."""

    def __init__(self, name: str, environment: Mapping[str, str], writers: int) -> None:
        self.name = name
        everything = {**os.environ, **SETTINGS, **environment}
        subprocess.run(
            leashed([sys.executable, "manage.py", "migrate", "--verbosity=0"]),
            cwd=ROOT,
            env=everything,
            check=True,
        )
        self._writers = [
            subprocess.Popen(
                leashed([sys.executable, "-m", "benchmarks.writer"]),
                cwd=ROOT,
                env=everything,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                bufsize=1,
            )
            for _ in range(writers)
        ]

    def __enter__(self) -> Self:
        self._tell(self._writers[:1], "begin")
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._writers:
            each.kill()
            each.communicate()

    def measure(self, way: str, streams: int, seconds: float) -> Measured:
        """Let all writers write for some seconds."""
        told = self._tell(self._writers, f"{way} {streams} {seconds}")
        [counted] = self._tell(self._writers[:1], "count")
        return Measured(
            writes_per_s=sum(each["writes"] / each["seconds"] for each in told),
            slowest_ms=max(each["slowest_ms"] for each in told),
            exact=counted["given"] == counted["borne"],
            load=machine.load(),
        )

    def _tell(self, writers: list[subprocess.Popen[str]], command: str) -> list[dict[str, Any]]:
        for each in writers:
            assert each.stdin is not None
            each.stdin.write(command + "\n")
        answers = []
        for each in writers:
            assert each.stdout is not None
            if not (answer := each.stdout.readline()):
                raise RuntimeError(f"a writer ended at: {command}")
            answers.append(json.loads(answer))
        return answers


@contextmanager
def postgresql(writers: int) -> Iterator[Store]:
    """Bring PostgreSQL and Redis up."""
    with (
        services(durable=True) as ground,
        Store("postgresql", ground.environment(), writers) as store,
    ):
        yield store


@contextmanager
def sqlite(writers: int) -> Iterator[Store]:
    """Make a file in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="village-bench-") as folder:
        file = Path(folder) / "village.sqlite3"
        environment = {"DATABASE_URL": f"sqlite:///{file}", "REDIS_URL": "", "VAR_DIR": folder}
        with Store("sqlite", environment, writers) as store:
            yield store


def _line(number: int, figure: str, one: Measured) -> str:
    return (
        f"round {number + 1}  {figure:24} {one.writes_per_s:8.0f} a second"
        f"  slowest {one.slowest_ms:7.1f} ms  load {one.load}{'' if one.exact else '  NOT EXACT'}"
    )


def report(measured: dict[str, list[Measured]], writers: int) -> None:
    """Write and print the medians, and the ratios to the plain INSERT."""
    figures: dict[str, dict[str, Any]] = {}
    for figure, ones in sorted(measured.items()):
        fields = [asdict(one) for one in ones]
        figures[figure] = {
            key: all(each[key] for each in fields)
            if key == "exact"
            else round(middle([each[key] for each in fields]), 3)
            for key in fields[0]
        }
    ratios = {
        f"{way}.{place}": (each["writes_per_s"] / figures[f"{place}/{PEER}"]["writes_per_s"])
        for figure, each in figures.items()
        for place, _, way in [figure.partition("/")]
        if way != PEER
    }
    rows = [
        [figure, each["writes_per_s"], each["slowest_ms"], "yes" if each["exact"] else "NO"]
        for figure, each in figures.items()
    ]
    print(table(("", "a second", "slowest ms", "exact"), rows))
    print()
    print(table(("for each plain INSERT", ""), sorted(ratios.items())))
    results.save(
        "journal",
        rounds=results.rounds(),
        ratios=dict(sorted(ratios.items())),
        figures={"writers": writers, **figures},
        about="Facts recorded in the time of one plain INSERT",
    )


if __name__ == "__main__":
    sys.exit(main())
