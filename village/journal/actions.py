"""The one way into the journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from village.core import walls
from village.core.actor import Actor
from village.journal import readers
from village.journal.facts import Fact
from village.journal.log import Line, append, hold, hold_chains
from village.journal.readers import Recorded, Watcher
from village.journal.topics import streams_of


def record(fact: Fact, *, by: Actor, at: datetime) -> Recorded:
    """
    Write a fact into the journal, as the last act of the transaction that made it true.

    What it sets off runs only once that transaction has committed.

    :raises RuntimeError: outside a transaction
    """
    return record_all([fact], by=by, at=at)[0]


def record_all(facts: Sequence[Fact], *, by: Actor, at: datetime) -> list[Recorded]:
    """
    Write several facts into the journal, in their order, as the last act of a transaction.

    :raises RuntimeError: outside a transaction
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a fact is recorded in the transaction that made it true")
    hears = {type(fact): readers.reactions_to(type(fact)) for fact in facts}
    lines = [Line(fact, hears[type(fact)], streams_of(fact)) for fact in facts]
    if len(lines) > 1:
        if by.is_assisted:
            hold_chains(fact.village for fact in facts)
        streams = {address: topic for line in lines for topic, address in line.streams}
        hold([(topic, address) for address, topic in streams.items()])
    recorded = [
        Recorded(entry_id, fact, at, by.principal_id, by.helper_id, by.mandate_id, positions)
        for fact, (entry_id, positions) in zip(facts, append(lines, by=by, at=at), strict=True)
    ]
    for watcher in readers.watchers if recorded else ():
        transaction.on_commit(_telling(watcher, recorded), robust=True)
    return recorded


def _telling(watcher: Watcher, recorded: Sequence[Recorded]) -> Callable[[], None]:
    # A function with a name: Django writes it in its log when a watcher fails.
    def tell() -> None:
        # What they show is for everybody who follows.
        with walls.lifted():
            watcher(recorded)

    return tell
