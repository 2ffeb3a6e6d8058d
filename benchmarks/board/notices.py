"""Whom to tell of what: everybody in calm, a street in danger."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from benchmarks.board.facts import AlarmRung, DigestTold, NewsTold
from benchmarks.messages import BODY, VILLAGE
from village.journal.notices import Importance, Notice, Words
from village.residents.queries import members


def _everybody(fact: NewsTold | DigestTold) -> Iterable[UUID]:
    return members(fact.village).values_list("pk", flat=True)


def _a_street(fact: AlarmRung) -> Iterable[UUID]:
    return members(VILLAGE).order_by("pk").values_list("pk", flat=True)[: fact.people]


Notice(
    "board.news",
    of=NewsTold,
    audience=_everybody,
    words=lambda fact: Words("News from the bakery", BODY, "/news/1"),
    importance=Importance.SOCIAL,
    scope=None,
)
Notice(
    "board.digest",
    of=DigestTold,
    audience=_everybody,
    words=lambda fact: Words("What the week brought", BODY, "/bulletin"),
    importance=Importance.DIGEST,
    scope=None,
)
Notice(
    "board.alarm",
    of=AlarmRung,
    audience=_a_street,
    words=lambda fact: Words(f"alarm-{fact.number}", BODY, "/alerts/1"),
    importance=Importance.EMERGENCY,
    scope=None,
)
