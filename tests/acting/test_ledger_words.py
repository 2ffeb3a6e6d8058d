"""Whatever was done in somebody's name is told to her in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client

from tests.support.cast import Cast
from village.acting.words import DEEDS, NEVER, deed
from village.core.actor import Actor
from village.journal.actions import record
from village.journal.facts import declared_facts
from village.journal.models import Entry
from village.messaging.facts import CaseOpened

Api = Callable[..., Client]
# Declared by tests of the journal itself.
OF_TESTS = ("tests.",)


def declared() -> set[str]:
    facts = declared_facts().items()
    return {kind for kind, fact in facts if not fact.__module__.startswith(OF_TESTS)}


class TestWords:
    def test_no_words_are_left_of_facts_that_are_gone(self) -> None:
        assert (DEEDS.keys() | NEVER) - declared() == set()
        assert not DEEDS.keys() & NEVER

    @pytest.mark.parametrize("kind", sorted(DEEDS))
    def test_say_what_was_done_in_few_words(self, kind: str) -> None:
        words = deed(kind)
        assert words and words[0].islower() and not words.endswith(".")
        assert "_" not in words and kind.partition(".")[2] not in words

    def test_say_something_of_what_a_later_village_has_forgotten(self) -> None:
        assert deed("gone.long_ago").startswith("did something")


@pytest.mark.django_db
class TestTheLedger:
    def test_says_what_was_done_and_by_whom(
        self, api: Api, cast: Cast, vera_for_edda: Actor, at: datetime
    ) -> None:
        ids = {name: uuid4() for name in ("case", "department", "author", "message")}
        record(CaseOpened(village="lindental", **ids), by=vera_for_edda, at=at)

        [line] = api(cast.edda).get("/api/v1/me/ledger").json()["items"]
        assert (line["helper_name"], line["words"]) == ("Vera", "wrote to the town hall")
        assert line["number"] == Entry.objects.get().number == 1

    @pytest.mark.parametrize("name", ["vera", "carla", "tom", "stella"])
    def test_is_seen_by_nobody_else(
        self, api: Api, cast: Cast, vera_for_edda: Actor, at: datetime, name: str
    ) -> None:
        ids = {name: uuid4() for name in ("case", "department", "author", "message")}
        record(CaseOpened(village="lindental", **ids), by=vera_for_edda, at=at)
        assert api(getattr(cast, name)).get("/api/v1/me/ledger").json()["items"] == []
