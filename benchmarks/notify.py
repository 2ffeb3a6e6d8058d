"""
Telling a village: everybody is told on two phones, beside the ways that others send.

In turns, in one process each on the first core: the village tells everybody (`tell`) and carries
the letters (`carry`); its transport alone sends (`lanes`); firebase-admin sends one by one, and 500
at a time, with threads and without; fcm-django sends to a queryset of devices. Everything else, the
provider among it, has the second core. Then Celery's workers carry a digest to everybody, and
alarms ring for a street meanwhile.
Environment: PEOPLE=10000, PEERS=4000 (what each of the others sends), ALARMS=8, ROUNDS=3, QUICK=1.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from benchmarks import machine, results
from benchmarks.handing import Figures, Postman, Provider, account, provider
from benchmarks.load import ROOT, VAR
from benchmarks.machine import OTHER_CORE, SERVER_CORE, on_core
from benchmarks.results import is_quick, middle, table
from tools.leash import end, leashed, stop_on_signals
from tools.packages import CANNOT, Unavailable, say
from tools.services import Services, services

PEOPLE = int(os.environ.get("PEOPLE", "120" if is_quick() else "10000"))
PEERS = int(os.environ.get("PEERS", "40" if is_quick() else "4000"))
ALARMS = int(os.environ.get("ALARMS", "2" if is_quick() else "8"))
PHONES = 2
STREET = 100
BETWEEN_ALARMS = 0.2 if is_quick() else 2.0
WITHIN = 5.0
PATIENCE = 300.0
CELERY = ("-m", "celery", "-A", "village", "--quiet")
# Each peer, and what it is called.
NAMED = {
    "one_by_one": "messaging_send",
    "bulk": "send_each_500",
    "bulk_async": "send_each_async_500",
    "fcm_django": "fcm_django",
}
WAYS = ("village", "lanes", *NAMED)
# Most are verbs of one postman; fcm-django has a Django of its own.
_PEER = "benchmarks.peers.fcm_django"
POSTMEN = {"fcm_django": (f"{_PEER}_bulk", f"{_PEER}_settings")}
OURS = ("benchmarks.postman", "benchmarks.settings")


def main() -> int:
    """Measure everything in turns, and write down the ratios."""
    stop_on_signals()
    measured: dict[str, list[Figures]] = defaultdict(list)
    VAR.mkdir(parents=True, exist_ok=True)
    try:
        with on_core(OTHER_CORE):
            ground = services()
            running = ground.__enter__()
        try:
            with provider() as taking, village(running, taking) as bench:
                for number in range(results.rounds()):
                    for way in random.sample(WAYS, len(WAYS)):
                        for name, one in bench.measure(way).items():
                            measured[name].append(one)
                            say(f"round {number + 1}  {name:12} {_line(one)}")
                alarms = bench.ring_during_a_digest()
                say(f"alarms during a digest: {_line(alarms)}")
        finally:
            ground.__exit__(None, None, None)
    except Unavailable as error:
        say(str(error))
        return CANNOT
    report(measured, alarms)
    return 0


class Bench:
    """Hold everybody who hands over, and whoever takes."""

    def __init__(self, running: Services, taking: Provider, environment: dict[str, str]) -> None:
        self._running, self._taking, self._environment = running, taking, environment
        self._postmen = {way: _postman(way, environment) for way in WAYS}

    def __enter__(self) -> Self:
        began = time.perf_counter()
        self._postmen["village"].ask("begin", PEOPLE)
        for way in WAYS[1:]:
            # Whatever is loaded and asked for once is not measured.
            self._postmen[way].ask(way, 20)
        say(f"{PEOPLE} people are there after {time.perf_counter() - began:.0f} s")
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._postmen.values():
            each.close()

    def measure(self, way: str) -> dict[str, Figures]:
        """Hand over once in one way; telling and carrying are measured apart."""
        self._taking.forget()
        postman = self._postmen[way]
        if way != "village":
            return {way: self._figures(postman.ask(way, PEERS), PEERS)}
        assert self._running.postgres.process is not None
        database = self._running.postgres.process.pid
        before, began = machine.cpu_seconds_with_the_gone(database), time.monotonic()
        told = postman.ask("tell", "news")
        carried = postman.ask("carry")
        number = PEOPLE * PHONES
        found = {
            "tell": self._figures(told, number, handed_over=False),
            "carry": self._figures(carried, number),
        }
        cpu = told["cpu_seconds"] + carried["cpu_seconds"]
        found["whole"] = {
            "messages": number,
            "seconds": round(self._taking.taken()["last_at"] - began, 2),
            "cpu_seconds": round(cpu, 2),
            "per_cpu_second": round(number / cpu, 1),
            "peak_mib": round(carried["peak_mib"], 1),
            "exact": found["carry"]["exact"],
            "load": machine.load(),
            "database_cpu_seconds": round(machine.cpu_seconds_with_the_gone(database) - before, 2),
        }
        return found

    def _figures(self, told: Figures, number: int, *, handed_over: bool = True) -> Figures:
        taken = self._taking.taken()["taken"] if handed_over else number
        return {
            "messages": number,
            "seconds": round(told["seconds"], 2),
            "cpu_seconds": round(told["cpu_seconds"], 3),
            "per_cpu_second": round(number / told["cpu_seconds"], 1),
            "peak_mib": round(told["peak_mib"], 1),
            "exact": taken == number,
            "load": machine.load(),
        }

    def ring_during_a_digest(self) -> Figures:
        """Let workers carry a digest to everybody, and alarms ring for a street meanwhile."""
        town_hall = self._postmen["village"]
        town_hall.ask("tell", "digest")
        self._taking.forget()
        rung: dict[int, float] = {}
        digest = PEOPLE * PHONES
        with self._workers():
            town_hall.ask("digests_due")
            self._wait_for(digest // 20)
            began = time.monotonic()
            for number in range(ALARMS):
                rung[number] = town_hall.ask("ring", number, min(STREET, PEOPLE))["done"]
                time.sleep(BETWEEN_ALARMS)
            at_last = self._taking.taken()
            self._wait_for(digest + ALARMS * PHONES * min(STREET, PEOPLE))
        taken = self._taking.taken()
        took = sorted(at - rung[number] for number, at in taken["alarms"])
        calm = at_last["taken"] - len(at_last["alarms"])
        return {
            "alarms": ALARMS,
            "pushes": len(took),
            "p50_s": round(took[len(took) // 2], 3),
            "p99_s": round(took[min(len(took) - 1, int(0.99 * len(took)))], 3),
            "slowest_s": round(took[-1], 3),
            "digest": digest,
            "digest_seconds": round(taken["last_at"] - began, 2),
            "digest_left_at_the_last_alarm": digest - calm,
            "exact": taken["taken"] == digest + len(took),
            "load": machine.load(),
        }

    @contextmanager
    def _workers(self) -> Iterator[None]:
        """Run the village's workers: two hands for everything, one for emergencies."""
        schedule = VAR / f"beat-{os.getpid()}"
        hands = (("2", "celery"), ("1", "emergencies"))
        workers = [
            ("worker", "--concurrency", number, "-Q", queue, "-n", f"{queue}@%h")
            for number, queue in hands
        ]
        started = []
        for core, words in [
            *((SERVER_CORE, each) for each in workers),
            (OTHER_CORE, ("beat", "--schedule", str(schedule))),
        ]:
            with on_core(core):
                command = [sys.executable, *CELERY, *words, "--loglevel", "ERROR"]
                started.append(subprocess.Popen(leashed(command), cwd=ROOT, env=self._environment))
        try:
            yield
        finally:
            for each in started:
                each.terminate()
            for each in started:
                end(each)
            for file in VAR.glob(f"{schedule.name}*"):
                file.unlink()

    def _wait_for(self, number: int) -> None:
        latest = time.monotonic() + PATIENCE
        while (taken := self._taking.taken()["taken"]) < number:
            if time.monotonic() > latest:
                raise RuntimeError(f"{taken} of {number} messages came")
            time.sleep(0.05)


def _postman(way: str, environment: dict[str, str]) -> Postman:
    module, settings = POSTMEN.get(way, OURS)
    return Postman(module, {**environment, "DJANGO_SETTINGS_MODULE": settings})


@contextmanager
def village(running: Services, taking: Provider) -> Iterator[Bench]:
    """Make the tables, and everybody who hands over."""
    environment = {
        **os.environ,
        **running.environment(),
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "VILLAGE_DEMO": "false",
        "FCM_CREDENTIALS": json.dumps(account(taking.url)),
        "FCM_BASE_URL": taking.url,
    }
    with on_core(OTHER_CORE):
        subprocess.run(
            leashed([sys.executable, "manage.py", "migrate", "--verbosity=0"]),
            cwd=ROOT,
            env=environment,
            check=True,
        )
    with Bench(running, taking, environment) as bench:
        yield bench


def _line(one: Figures) -> str:
    words = "  ".join(f"{name} {value:g}" for name, value in one.items() if name != "exact")
    return words if one["exact"] else f"{words}  NOT EXACT"


def report(measured: dict[str, list[Figures]], alarms: Figures) -> None:
    """Write and print the medians, and the ratios to the peers."""
    figures: dict[str, Any] = {
        name: {
            key: all(each[key] for each in ones)
            if key == "exact"
            else middle([each[key] for each in ones])
            for key in ones[0]
        }
        for name, ones in measured.items()
    }
    ratios = {
        f"{ours}/{named}": figures[ours]["per_cpu_second"] / figures[peer]["per_cpu_second"]
        for ours in ("lanes", "carry", "whole")
        for peer, named in NAMED.items()
    } | {"alarm_p99/five_seconds": WITHIN / max(alarms["p99_s"], 0.001)}
    shown = ("messages", "seconds", "per_cpu_second", "peak_mib", "exact")
    rows = [(name, *(one[key] for key in shown)) for name, one in figures.items()]
    print(table(("", "messages", "seconds", "a CPU second", "peak MiB", "exact"), rows))
    print()
    print(table(("alarms during a digest", ""), list(alarms.items())))
    print()
    print(table(("times better than the peer", ""), sorted(ratios.items())))
    results.save(
        "notify",
        rounds=results.rounds(),
        ratios=dict(sorted(ratios.items())),
        figures={"people": PEOPLE, **figures, "alarms": alarms},
        about="Messages handed over for a second of processor time: times the peer's",
    )


if __name__ == "__main__":
    sys.exit(main())
