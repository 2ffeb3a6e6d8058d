"""
Appending to the log: an entry, its readings, and its number in each stream.

PostgreSQL does it in one round trip (``journal_append``, see the migrations), because the
counter's lock is held for as long as the conversation lasts. SQLite has one writer at a time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import F

from village.core.actor import Actor
from village.journal.facts import Fact
from village.journal.models import Entry, Reading, Stream, StreamEntry
from village.journal.readers import Position
from village.journal.topics import Topic


def append(
    fact: Fact,
    *,
    by: Actor,
    at: datetime,
    readers: Sequence[str],
    streams: Sequence[tuple[Topic, str]],
) -> tuple[int, tuple[Position, ...]]:
    """Write a fact and number it; give the entry's id and its positions."""
    topics = {address: topic for topic, address in streams}
    if connection.vendor == "postgresql":
        entry_id, numbered = _append_in_one_trip(fact, by, at, readers, topics)
    else:
        entry_id, numbered = _append_step_by_step(fact, by, at, readers, topics)
    return entry_id, tuple(
        Position(topics[address], address, epoch, seq) for address, epoch, seq in numbered
    )


def hold(streams: Sequence[tuple[Topic, str]]) -> None:
    """
    Take streams until the transaction ends, in the one order in which everybody takes them.

    Each append takes its own streams in ascending order; a transaction that appends more than
    once must take all of them first, or two such transactions could wait for each other.
    """
    if connection.vendor == "postgresql" and streams:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT journal_hold(%s::text[], %s::bool[])",
                [[address for _, address in streams], [topic.hot for topic, _ in streams]],
            )


_Numbered = list[tuple[str, str, int]]


def _append_in_one_trip(
    fact: Fact, by: Actor, at: datetime, readers: Sequence[str], topics: dict[str, Topic]
) -> tuple[int, _Numbered]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry, address, epoch, seq FROM journal_append(%s, %s, %s, %s, %s, %s, %s,"
            " %s::text[], %s::text[], %s::bool[])",
            [
                fact.village,
                fact.kind,
                json.dumps(fact.model_dump(mode="json")),
                by.principal_id,
                by.helper_id,
                by.mandate_id,
                at,
                list(readers),
                list(topics),
                [topic.hot for topic in topics.values()],
            ],
        )
        rows = cursor.fetchall()
    return rows[0][0], [(address, epoch, seq) for _, address, epoch, seq in rows if address]


def _append_step_by_step(
    fact: Fact, by: Actor, at: datetime, readers: Sequence[str], topics: dict[str, Topic]
) -> tuple[int, _Numbered]:
    entry = Entry.objects.create(
        village_id=fact.village,
        kind=fact.kind,
        data=fact.model_dump(mode="json"),
        principal_id=by.principal_id,
        helper_id=by.helper_id,
        mandate_id=by.mandate_id,
        at=at,
    )
    Reading.objects.bulk_create(Reading(entry=entry, reader=name, due_at=at) for name in readers)
    Stream.objects.bulk_create(
        [Stream(address=address) for address in topics], ignore_conflicts=True
    )
    Stream.objects.filter(address__in=topics).update(last_seq=F("last_seq") + 1)
    counted = Stream.objects.filter(address__in=topics).order_by("id")
    StreamEntry.objects.bulk_create(
        StreamEntry(stream=stream, seq=stream.last_seq, entry=entry) for stream in counted
    )
    return entry.pk, [(stream.address, stream.epoch, stream.last_seq) for stream in counted]
