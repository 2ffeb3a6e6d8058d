"""A demo that is watched: people act, gently, by the rules of their rooms."""

from __future__ import annotations

import threading
from io import StringIO
from random import Random

import pytest
from django.core.management import call_command
from django.utils import timezone

from demo.acts import ACTS, OPEN_AT_ONCE
from demo.live import act, live
from events.models import Event
from village.journal.models import Entry
from village.messaging.models import Case, CaseStatus

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo() -> None:
    call_command("demo", stdout=StringIO())


class TestAct:
    @pytest.mark.parametrize("each", ACTS, ids=lambda each: each.__name__)
    def test_can_each_happen_in_a_village_that_lives(self, each: object) -> None:
        assert callable(each)
        random = Random(5)

        # Some need others to have acted before.
        assert any(each(random, timezone.now()) or (act(random) and None) for _ in range(300))

    def test_records_what_happened(self) -> None:
        before = Entry.objects.count()

        assert act(Random(1))

        assert Entry.objects.count() > before


class TestLive:
    def test_goes_on_until_the_time_is_up(self) -> None:
        said: list[str] = []

        acted = live(
            say=said.append,
            stop=threading.Event(),
            seconds=0.5,
            random=Random(2),
            pause=(0.0, 0.01),
        )

        assert acted == len(said) > 3

    def test_ends_at_once_when_it_is_stopped(self) -> None:
        stop = threading.Event()
        said: list[str] = []

        def say(words: str) -> None:
            said.append(words)
            stop.set()

        live(say=say, stop=stop, seconds=None, random=Random(3))

        assert len(said) == 1

    def test_never_fills_the_board_however_long_it_goes_on(self) -> None:
        random = Random(4)
        for _ in range(300):
            act(random)

        open_cases = Case.objects.exclude(status=CaseStatus.RESOLVED)
        assert Event.objects.filter(village="lindental").count() <= OPEN_AT_ONCE
        assert open_cases.count() <= OPEN_AT_ONCE
