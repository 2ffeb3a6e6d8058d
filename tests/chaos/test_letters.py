"""
Workers die in the middle of a batch, the broker forgets, the database falls over, answers are lost.

The ledger of the stand-in for the provider is then compared with the table. ``FUZZ_EXAMPLES=3000``
sends so many letters, with a death for each thousand of them and the lease of a real village.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, LiteralString

import psycopg
import pytest
import redis

from benchmarks.machine import family
from notifications.models import Way
from notifications.post import TOGETHER
from tests.support import fcm_script
from tests.support.fcm_script import Exchange
from tests.support.fcm_server import FcmServer
from tests.support.server import free_port
from tools.cluster import Cluster

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not os.environ.get("REDIS_URL"), reason="is about the scaled-out form: run with REDIS_URL"
    ),
]
LETTERS = int(os.environ.get("FUZZ_EXAMPLES", "300"))
DEATHS = max(1, LETTERS // 1000)
LEASE = 25.0 if "FUZZ_EXAMPLES" in os.environ else 5.0
# The clock looks for what is due so often (notifications-send), and a batch takes its time.
TICK, SLACK = 5.0, 5.0
PATIENCE = 90.0 + LETTERS / 20
# Each of the two hands of a worker has so many at most of which nothing is written down yet.
UNDERWAY = 2 * TOGETHER[Way.PUSH]
NAMES = ("honest", "fallen", "mutant")

# Letters to many phones of one person, by three names; none is due before the test says so.
SEED = """
from datetime import timedelta
from uuid import uuid4
from django.utils import timezone
from notifications.models import Delivery, Device, Notification
from village.residents.models import Membership, Resident
lena, at = Resident.objects.create(display_name="Lena", password="!"), timezone.now()
Membership.objects.create(village_id="lindental", resident=lena, created_at=at)
for name in {names}:
    told = Notification.objects.create(village_id="lindental", resident=lena, notice="news.article",
        kind="test", entry_id=uuid4().int >> 66, language="de", title="Chaos", thread=name,
        in_inbox=False, created_at=at)
    phones = Device.objects.bulk_create([Device(resident=lena, kind="fcm_fid",
        address=f"{{name}}-{{n}}", registered_at=at, last_seen_at=at) for n in range({number})])
    Delivery.objects.bulk_create([Delivery(notification=told, way="push", device=each,
        due_at=at + timedelta(days=1)) for each in phones])
"""


class Google(FcmServer):
    """Lose every tenth answer, and keep the others waiting while ``is_open`` is not set."""

    def __init__(self) -> None:
        super().__init__()
        self.is_open = threading.Event()
        self.is_open.set()
        self.kept_waiting = 0

    def misbehave(self) -> None:
        """Begin with it, for as many messages as there can be."""
        lost = fcm_script.accept_in_silence()
        self.script(*(lost if each % 10 == 9 else self._wait for each in range(4 * LETTERS)))

    def _wait(self, exchange: Exchange) -> None:
        with self._lock:
            self.kept_waiting += 1
        self.is_open.wait(60)
        time.sleep(0.05)
        with self._lock:
            self.kept_waiting -= 1
        exchange.answer(200, exchange.accept())


class Village:
    """Send many letters while things break, and compare what is marked with what arrived."""

    def __init__(self, cluster: Cluster, google: Google) -> None:
        self.cluster, self.google = cluster, google

    def ask(self, query: LiteralString, *parameters: Any) -> list[Any]:
        """Ask the village's database beside everything."""
        with psycopg.connect(self.cluster.services.postgres.url, autocommit=True) as line:
            cursor = line.execute(query, parameters)
            return cursor.fetchall() if cursor.description else []

    def let_go(self, name: str) -> None:
        """Let the letters of a name come due."""
        self.ask(
            "UPDATE notifications_delivery SET due_at = now() FROM notifications_device d"
            " WHERE d.id = device_id AND d.address LIKE %s",
            f"{name}-%",
        )

    def arrived(self, name: str, *, since: float = 0.0) -> Counter[str]:
        """Count the messages that the provider has taken, by phone."""
        taken = [each for each in list(self.google.accepted) if each.at > since]
        return Counter(each.target for each in taken if each.target.startswith(f"{name}-"))

    def rows(self, name: str) -> dict[str, tuple[str, str]]:
        """Give what the table says of each phone's letter: its state and the provider's name."""
        found = self.ask(
            "SELECT d.address, state, provider_id FROM notifications_delivery"
            " JOIN notifications_device d ON d.id = device_id WHERE d.address LIKE %s",
            f"{name}-%",
        )
        return {address: (state, provider_id) for address, state, provider_id in found}

    def underway(self, name: str) -> set[str]:
        """Give the phones whose letters some worker holds."""
        found = self.ask(
            "SELECT d.address FROM notifications_delivery"
            " JOIN notifications_device d ON d.id = device_id WHERE d.address LIKE %s"
            " AND state = 'waiting' AND tries > 0 AND due_at > now() AND error_code = ''",
            f"{name}-%",
        )
        return {address for (address,) in found}

    def lost(self, name: str) -> set[str]:
        """Give the phones that the table says were told, and that never were."""
        told = {address for address, (state, _) in self.rows(name).items() if state == "sent"}
        return told - self.arrived(name).keys()

    def wait_until(self, holds: Callable[[], bool], *, every: float = 0.02) -> None:
        """Wait for something to become true."""
        latest = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < latest, self.cluster.log_text()[-4000:]
            time.sleep(every)

    def keep_a_batch_underway(self, name: str, *, after: int) -> None:
        """Let so many phones be told, and then keep the letters of a batch on their way."""
        self.wait_until(lambda: len(self.arrived(name)) >= after)
        self.google.is_open.clear()
        self.wait_until(lambda: self.google.kept_waiting > 0)

    def finish(self, name: str) -> None:
        """Wait until no letter waits any more."""
        self.wait_until(lambda: {s for s, _ in self.rows(name).values()} == {"sent"}, every=0.3)

    def kill_worker(self) -> None:
        """End a worker and its children at once, with whatever is in their hands."""
        worker = self.cluster.processes["worker"]
        # The eldest first: it would have other children.
        for pid in sorted(family(worker.pid), key=lambda pid: pid != worker.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        worker.wait(10)

    def start_worker(self, *module: str) -> None:
        """Start a worker in the place of one that died."""
        words = module or ("celery", "-A", "village", "--quiet")
        options = ("worker", "--concurrency", "2", "-Q", "celery", "-n", "worker@%h")
        self.cluster.start("worker", "-m", *words, *options, "--loglevel", "WARNING")

    def make_the_broker_forget(self) -> None:
        """Let Redis forget every job."""
        with redis.Redis.from_url(self.cluster.environment["REDIS_URL"]) as broker:
            broker.flushall()

    def let_the_database_fall(self) -> None:
        """Let PostgreSQL fall over, and come back."""
        self.cluster.services.postgres.stop()
        self.cluster.services.postgres.start()


@pytest.fixture(scope="module")
def google() -> Iterator[Google]:
    with Google() as server:
        yield server


@pytest.fixture(scope="module")
def village(google: Google, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    key = tmp_path_factory.mktemp("google") / "service-account.json"
    key.write_text(json.dumps(google.credentials))
    with Cluster(
        free_port(),
        FCM_CREDENTIALS=str(key),
        FCM_BASE_URL=google.base_url,
        LETTER_LEASE_SECONDS=str(LEASE),
    ) as cluster:
        cluster.command("shell", "-c", SEED.format(names=NAMES, number=LETTERS))
        yield Village(cluster, google)


def test_letters_follow_the_death_of_a_worker(village: Village) -> None:
    google = village.google
    google.misbehave()
    village.let_go("honest")
    for death in range(1, DEATHS + 1):
        village.keep_a_batch_underway("honest", after=death * LETTERS // (DEATHS + 3))
        village.kill_worker()
        died_at, held = time.monotonic(), village.underway("honest")
        google.is_open.set()
        assert held, "no letter was in the hands of the worker that died"
        assert village.lost("honest") == set()
        village.make_the_broker_forget()
        village.start_worker()
        # What was on its way to the provider arrives even so, in the first second.
        village.wait_until(lambda since=died_at + 1: bool(village.arrived("honest", since=since)))
        returned = time.monotonic() - died_at
        village.wait_until(
            lambda since=died_at, held=held: held <= village.arrived("honest", since=since).keys()
        )
        took = time.monotonic() - died_at
        print(f"{len(held)} letters followed a death after {took:.1f} s ({returned:.1f} s idle)")
        assert took < max(LEASE, returned) + TICK + SLACK
    assert_nothing_is_lost_or_shown_twice(village, "honest", faults=DEATHS)


def test_letters_outlive_a_fall_of_the_database(village: Village) -> None:
    village.google.misbehave()
    village.let_go("fallen")
    village.keep_a_batch_underway("fallen", after=LETTERS // 4)
    village.let_the_database_fall()
    village.google.is_open.set()
    assert_nothing_is_lost_or_shown_twice(village, "fallen", faults=1)


def assert_nothing_is_lost_or_shown_twice(village: Village, name: str, *, faults: int) -> None:
    """Let everything arrive, and compare the provider's ledger with the table."""
    village.finish(name)
    google, ledger, rows = village.google, village.arrived(name), village.rows(name)
    assert set(ledger) == set(rows) == {f"{name}-{number}" for number in range(LETTERS)}
    assert village.lost(name) == set()
    assert {len(google.shown_on(phone)) for phone in ledger} == {1}
    # The table names a message that the provider knows, and knows as one to that phone.
    assert {(phone, message) for phone, (_, message) in rows.items()} <= {
        (each.target, each.name) for each in google.accepted
    }
    # What went twice: lost answers, and what was underway at a death or a fall.
    twice = sum(ledger.values()) - LETTERS
    print(f"{twice} of {LETTERS} went twice, and were shown once")
    assert twice <= google.sends // 10 + 1 + faults * UNDERWAY


def test_a_worker_that_marks_first_is_found_out(village: Village) -> None:
    village.google.misbehave()
    village.kill_worker()
    village.start_worker("tests.chaos.marking_first")
    village.google.is_open.clear()
    village.let_go("mutant")
    # More than its connections have room for: some of these are only promised.
    village.wait_until(lambda: len(village.lost("mutant")) > UNDERWAY // 3)
    village.kill_worker()
    village.google.is_open.set()
    village.start_worker()
    village.finish("mutant")

    assert {name for _, name in village.rows("mutant").values()} > {"promised"}
    assert village.lost("mutant"), "no letter was lost: this test would find nothing"
