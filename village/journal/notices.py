"""
A notice: of which fact, whom to tell, and in which words.

A room declares its notices here; ``notifications`` finds out by which way each person can
be reached. Neither knows the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Protocol
from uuid import UUID

from village.core.actor import SYSTEM, Actor, Scope
from village.journal.facts import Fact


class Importance(StrEnum):
    """Say how much a notice may disturb; the defaults of every preference come from it."""

    EMERGENCY = "emergency"
    # Told as loudly as an emergency, but whoever has had enough of drills may say so.
    DRILL = "drill"
    PERSONAL = "personal"
    TRANSACTIONAL = "transactional"
    SOCIAL = "social"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Mail:
    """Hold what a mail says beyond its title, twice: as plain text, and as safe HTML."""

    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Words:
    """
    Hold what a person reads, in her own language: ``link`` is a path of the web face.

    After ``until`` nobody needs to be told any more.
    """

    title: str
    body: str = ""
    link: str = ""
    until: datetime | None = None


class Notice:
    """
    Declare a notice.

    ``key`` is stable and names it in preferences (``news.article``). ``audience(fact)`` gives
    the ids of those it is meant for, before anybody's preferences. ``words(fact)`` is called
    with the reader's language and zone active; ``None`` means there is nothing to tell any
    more. ``thread(fact)`` names what replaces an older telling of the same matter.
    ``scope`` is what a mandate must cover for a helper to see it. ``is_official`` says that it is
    spoken for an office: a block between two people does not silence it. ``goes_her_way`` says that
    it goes the way by which somebody wants to be reached in any case, whatever was chosen besides.
    ``mail(fact)`` gives a longer telling for those who are told by mail, called like ``words``.
    What lies unread after ``escalates_after`` goes the next way of the reader's own order, and in
    the end somebody calls.
    """

    declared: ClassVar[dict[str, Notice]] = {}

    def __init__(
        self,
        key: str,
        *,
        of: type[Fact],
        audience: Callable[[Any], Iterable[UUID]],
        words: Callable[[Any], Words | None],
        importance: Importance,
        scope: Scope | None,
        thread: Callable[[Any], str] | None = None,
        is_official: bool = False,
        goes_her_way: bool = False,
        escalates_after: timedelta | None = None,
        mail: Callable[[Any], Mail | None] | None = None,
    ) -> None:
        if key in Notice.declared:
            raise TypeError(f"two notices claim the key {key!r}")
        self.key, self.of, self.audience, self.words = key, of, audience, words
        self.importance, self.scope, self.thread = importance, scope, thread
        self.is_official, self.goes_her_way = is_official, goes_her_way
        self.escalates_after, self.mail = escalates_after, mail
        Notice.declared[key] = self

    @property
    def is_private(self) -> bool:
        """Tell whether its words are for one person's eyes, and not for a lock screen."""
        return self.importance in (Importance.PERSONAL, Importance.TRANSACTIONAL)


def notices_of(fact: type[Fact]) -> list[Notice]:
    """Give the notices of a fact."""
    return [notice for notice in Notice.declared.values() if notice.of is fact]


def is_emergency(fact: type[Fact]) -> bool:
    """Tell whether somebody is told of a fact as of an emergency, before all else."""
    return any(notice.importance is Importance.EMERGENCY for notice in notices_of(fact))


def told_facts() -> frozenset[type[Fact]]:
    """Give every fact of which somebody may be told."""
    return frozenset(notice.of for notice in Notice.declared.values())


class Settle(Protocol):
    """Count as read what somebody was told of a matter."""

    def __call__(
        self, *, by: Actor, village: str, resident_id: UUID, thread: str, at: datetime
    ) -> None: ...


_settle: Settle | None = None


def settled_by(settle: Settle) -> None:
    """Say how a telling is settled; called once, by whoever tells."""
    global _settle
    _settle = settle


def settle(*, village: str, resident_id: UUID, thread: str, at: datetime) -> None:
    """
    Count as heard what somebody was told of a matter so far, in the transaction that settles it.

    She is reminded of it no more, and nobody calls her for it.
    """
    if _settle is None:
        raise RuntimeError("nobody has said how a telling is settled")
    _settle(by=SYSTEM, village=village, resident_id=resident_id, thread=thread, at=at)
