"""Telling more people than fit into one breath, also when a worker is killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from notifications import actions, post
from notifications.models import FanOut, Notification, Preference
from village.core.actor import SYSTEM
from village.journal.models import Entry
from village.journal.readers import Recorded
from village.residents.models import Membership, Resident, Village

pytestmark = pytest.mark.django_db(transaction=True)
Record = Callable[..., Recorded]
MANY = 450
# A worker that is killed when it has written everything of the second batch, and kept nothing yet.
DOOMED = """
import os, signal, django
django.setup()
from notifications import post
from notifications.actions import telling
from village.journal.notices import Notice, Words
Notice.declared["news.article"].words = lambda fact: Words("News")
record_all, count = telling.record_all, 0
def record_and_die(*args, **kwargs):
    global count
    count += 1
    recorded = record_all(*args, **kwargs)
    if count == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return recorded
telling.record_all = record_and_die
post.tell_large_audiences()
"""


@pytest.fixture
def crowd(lindental: Village, at: datetime) -> list[Resident]:
    """Bring many people into the village who want to hear the news."""
    people = Resident.objects.bulk_create(
        Resident(display_name=f"Reader {number}") for number in range(MANY)
    )
    Membership.objects.bulk_create(
        Membership(village=lindental, resident=person, created_at=at) for person in people
    )
    Preference.objects.bulk_create(
        Preference(resident=person, notice="news.article", way=way, timing="now")
        for person in people
        for way in ("inbox", "print")
    )
    return people


@pytest.fixture
def fan_out(crowd: list[Resident], published: Record) -> FanOut:
    """Give the fan-out of an article, of which nobody has been told yet."""
    actions.tell(by=SYSTEM, recorded=published(), at=timezone.now())
    assert not Notification.objects.exists()
    return FanOut.objects.get()


def assert_everybody_is_told_once(crowd: list[Resident]) -> None:
    told = Counter(Notification.objects.values_list("resident", flat=True))
    assert told == Counter(person.pk for person in crowd)
    facts = Entry.objects.filter(kind="notifications.notification_made")
    assert facts.count() == len(crowd)
    ways = Counter(Notification.objects.values_list("deliveries__way", flat=True))
    assert ways == {"print": len(crowd)}


def doomed_worker() -> subprocess.CompletedProcess[bytes]:
    """Run a worker that does not survive, on the database of this test."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": str(settings.BASE_DIR),
    }
    return subprocess.run(
        [sys.executable, "-c", DOOMED],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        timeout=60,
        check=False,
    )


class TestALargeAudience:
    def test_is_told_batch_by_batch(self, fan_out: FanOut, crowd: list[Resident]) -> None:
        at = timezone.now()
        progress = []
        while actions.tell_next(by=SYSTEM, fan_out_id=fan_out.pk, at=at):
            progress.append(Notification.objects.count())

        assert progress == [200, 400]
        assert_everybody_is_told_once(crowd)
        assert post.tell_large_audiences() == 0

    def test_is_told_once_although_it_is_begun_twice(
        self, fan_out: FanOut, crowd: list[Resident]
    ) -> None:
        assert post.tell_large_audiences() == 1
        FanOut.objects.update(cursor=None, done_at=None, due_at=timezone.now())

        assert post.tell_large_audiences() == 1
        assert_everybody_is_told_once(crowd)

    def test_is_told_although_a_worker_is_killed_in_the_middle(
        self, fan_out: FanOut, crowd: list[Resident]
    ) -> None:
        killed = doomed_worker()

        assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
        assert Notification.objects.count() == 200
        fan_out.refresh_from_db()
        assert fan_out.cursor is not None
        # Its claim still holds for a minute; then somebody else goes on.
        assert post.tell_large_audiences() == 0
        FanOut.objects.update(due_at=timezone.now())
        assert post.tell_large_audiences() == 1
        assert_everybody_is_told_once(crowd)

    def test_is_told_once_by_many_workers(self, fan_out: FanOut, crowd: list[Resident]) -> None:
        together = Barrier(3)

        def work() -> None:
            together.wait(timeout=10)
            try:
                while actions.tell_next(by=SYSTEM, fan_out_id=fan_out.pk, at=timezone.now()):
                    pass
            finally:
                connections.close_all()

        with ThreadPoolExecutor(3) as threads:
            for done in [threads.submit(work) for _ in range(3)]:
                done.result(timeout=60)

        assert_everybody_is_told_once(crowd)
