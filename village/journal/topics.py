"""A topic: one thing on a screen that keeps itself up to date."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel

from village.core.actor import Actor, Needs, Scope
from village.core.permissions import Who
from village.core.schemas import people_in
from village.journal.facts import Fact, UnknownFact

Render = Callable[[Any], BaseModel | None]
RenderAll = Callable[[Sequence[Any]], Sequence[BaseModel | None]]
AdmitsAll = Callable[..., set[Actor]]
# What a tombstone shows.
GONE = {"gone": True}
Fill = Callable[[Any], Iterable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Cargo:
    """Say how one kind of fact is shown on a topic, and on which of its addresses."""

    render: Render
    to: Fill
    scope: Scope | None
    render_all: RenderAll | None = None

    def shown(self, facts: Sequence[Fact]) -> Sequence[BaseModel | None]:
        """Render facts of this kind, together where that is known to be cheaper."""
        if self.render_all is not None and len(facts) > 1:
            return self.render_all(facts)
        return [self.render(fact) for fact in facts]


@dataclass(frozen=True, slots=True)
class Frame:
    """
    Show one fact at one position of one stream; the same for everyone who may follow it.

    ``people`` are those whom it shows: to whoever a block keeps apart from one of them, it is
    a tombstone.
    """

    seq: int
    kind: str
    at: datetime
    data: dict[str, Any]
    scope: Scope | None
    people: frozenset[UUID] = frozenset()


class Topic:
    """
    Declare what a client may follow, who is admitted and which facts it carries.

    ``path`` names its parameters in braces; a fact fills them from its own fields of the
    same name, unless ``to`` says otherwise. ``admits(by, **parameters)`` is the door.
    ``carries`` says how a fact looks: it is rendered when it is read, from the tables, so
    that a frame never shows what has been erased since; ``None`` is a tombstone.
    ``who`` is its line in the permission table (``village.core.permissions``).
    ``scope`` is what a mandate must cover to follow it in assisted mode; on a topic open to
    every mandate each kind of fact has its own. ``snapshot`` is the address of the list that a
    client loads when it cannot resume. A ``hot`` topic is one that many transactions write at
    once. ``erasing`` facts take back what earlier frames showed. ``admits_all(actors,
    **parameters)`` is the same door for many at once, where one query can tell. Where somebody is
    admitted ``for_a_time``, the door is asked again every few seconds.
    """

    declared: ClassVar[dict[str, Topic]] = {}

    def __init__(
        self,
        path: str,
        *,
        admits: Callable[..., bool],
        scope: Needs,
        who: Who,
        snapshot: str = "",
        carries: Mapping[type[Fact], Render] | None = None,
        admits_all: AdmitsAll | None = None,
        erasing: frozenset[type[Fact]] = frozenset(),
        relays_typing: bool = False,
        hot: bool = False,
        for_a_time: bool = False,
    ) -> None:
        if path in Topic.declared:
            raise TypeError(f"two topics claim the path {path!r}")
        self.path, self.admits, self.scope, self.snapshot = path, admits, scope, snapshot
        self.admits_all, self.relays_typing, self.hot = admits_all, relays_typing, hot
        self.who = who
        self.for_a_time = for_a_time
        self.erasing_kinds = frozenset(fact.kind for fact in erasing)
        self.parameters = tuple(name for _, name, _, _ in string.Formatter().parse(path) if name)
        self.cargo: dict[type[Fact], Cargo] = {}
        # Each parameter is one path segment.
        self._pattern = re.compile(
            "".join(
                f"{re.escape(text)}(?P<{name}>[^/]+)" if name else re.escape(text)
                for text, name, _, _ in string.Formatter().parse(path)
            )
        )
        for fact, render in (carries or {}).items():
            self.carry(fact, render)
        Topic.declared[path] = self

    def carry(
        self,
        fact: type[Fact],
        render: Render,
        *,
        to: Fill | None = None,
        scope: Scope | None = None,
        erases: bool = False,
        render_all: RenderAll | None = None,
    ) -> None:
        """
        Add a kind of fact to the cargo; how a room speaks on a topic of the ground.

        ``scope`` is what a mandate must cover to see it, where that is not the topic's own. What
        ``erases`` takes back what earlier frames showed. ``render_all`` renders several with one
        question, where that many are told at once.

        :raises TypeError: if the fact cannot fill the path
        """
        if to is None:
            if missing := set(self.parameters) - fact.model_fields.keys():
                raise TypeError(f"{fact.__name__} has no {missing} to fill {self.path!r}")
            to = self._own_fields
        if scope is None and isinstance(self.scope, Scope):
            scope = self.scope
        if erases:
            self.erasing_kinds |= {fact.kind}
        self.cargo[fact] = Cargo(render, to, scope, render_all)

    def addresses(self, fact: Fact) -> Iterator[str]:
        """Give the streams of this topic on which the fact appears."""
        if (cargo := self.cargo.get(type(fact))) is not None:
            for parameters in cargo.to(fact):
                yield self.path.format(**parameters)

    def match(self, address: str) -> dict[str, str] | None:
        """Read the parameters out of an address; ``None`` when it is not one of this topic."""
        found = self._pattern.fullmatch(address)
        return found.groupdict() if found else None

    def frame(self, fact: Fact, *, seq: int, at: datetime) -> Frame:
        """
        Render a fact for its position, from what the tables say now.

        :raises UnknownFact: if the topic does not carry it here
        """
        [frame] = self.frames([(fact, seq, at)])
        return frame

    def frames(self, numbered: Sequence[tuple[Fact, int, datetime]]) -> list[Frame]:
        """
        Render several facts, each for its position, in their order.

        :raises UnknownFact: if the topic does not carry one of them here
        """
        found: dict[int, Frame] = {}
        for kind in dict.fromkeys(type(fact) for fact, _, _ in numbered):
            if (cargo := self.cargo.get(kind)) is None:
                raise UnknownFact(kind.kind)
            places = [place for place, (fact, _, _) in enumerate(numbered) if type(fact) is kind]
            facts = [numbered[place][0] for place in places]
            for place, shown in zip(places, cargo.shown(facts), strict=True):
                fact, seq, at = numbered[place]
                data = shown.model_dump(mode="json") if shown is not None else dict(GONE)
                people = frozenset(people_in(shown))
                found[place] = Frame(seq, fact.kind, at, data, cargo.scope, people)
        return [found[place] for place in range(len(numbered))]

    def snapshot_at(self, address: str) -> str:
        """Give the address of the list behind a stream, or an empty text."""
        return self.snapshot.format(**(self.match(address) or {}))

    def _own_fields(self, fact: Fact) -> Iterator[Mapping[str, Any]]:
        yield fact.model_dump(include=set(self.parameters), mode="json")


@dataclass(frozen=True, slots=True)
class Followed:
    """Name one stream that a client may follow: its topic, address and parameters."""

    topic: Topic
    address: str
    parameters: dict[str, str]


def find(address: str) -> Followed | None:
    """Find the topic an address belongs to."""
    for topic in Topic.declared.values():
        if (parameters := topic.match(address)) is not None:
            return Followed(topic, address, parameters)
    return None


def streams_of(fact: Fact) -> list[tuple[Topic, str]]:
    """Give every stream on which the fact appears, each once."""
    found = {
        address: topic
        for topic in Topic.declared.values()
        if type(fact) in topic.cargo
        for address in topic.addresses(fact)
    }
    return [(topic, address) for address, topic in found.items()]


def uuid_or_none(text: str) -> UUID | None:
    """
    Read the id in an address; a door answers no to what is not one.

    An id has one spelling: under another it would name a stream that nobody writes to.
    """
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None


def admitted(actors: Collection[Actor], followed: Followed) -> set[Actor]:
    """Give those of the actors who may follow a stream now."""
    topic = followed.topic
    covered = [by for by in actors if by.may(topic.scope)]
    if topic.admits_all is not None:
        return topic.admits_all(covered, **followed.parameters)
    return {by for by in covered if topic.admits(by, **followed.parameters)}
