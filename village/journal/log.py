"""
Appending to the log: an entry, its readings, and its number in each stream.

PostgreSQL does it in one round trip (``journal_append``, see the migrations), because the
counter's lock is held for as long as the conversation lasts. SQLite has one writer at a time.

What a helper did is also the next link of its village's chain (see ``chain.py``). The chain is
taken before any stream, so whoever acts for herself never waits for it, not even through others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F

from village.core.actor import Actor
from village.journal.chain import ORIGIN, digest, link
from village.journal.facts import Fact
from village.journal.models import Chain, Entry, Reading, Stream, StreamEntry
from village.journal.readers import Position
from village.journal.topics import Topic


@dataclass(frozen=True, slots=True)
class Line:
    """Hold a fact, who must hear of it, and the streams that show it."""

    fact: Fact
    readers: Sequence[str]
    streams: Sequence[tuple[Topic, str]]


# An entry's id, and its positions.
Appended = tuple[int, tuple[Position, ...]]


def append(lines: Sequence[Line], *, by: Actor, at: datetime) -> list[Appended]:
    """Write facts in their order, and number them."""
    if connection.vendor != "postgresql":
        return [_append_step_by_step(line, by, at) for line in lines]
    if len(lines) == 1:
        return [_append_in_one_trip(lines[0], by, at)]
    return _append_all_in_one_trip(lines, by, at) if lines else []


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


def hold_chains(villages: Iterable[str]) -> None:
    """Take the chains of villages until the transaction ends, before any stream is taken."""
    if connection.vendor == "postgresql":
        for village in sorted(set(villages)):
            with connection.cursor() as cursor:
                cursor.execute("SELECT FROM journal_chain_hold(%s)", [village])


def _append_in_one_trip(line: Line, by: Actor, at: datetime) -> Appended:
    fact, data = line.fact, line.fact.model_dump(mode="json")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry, address, epoch, seq FROM journal_append(%s, %s, %s, %s, %s, %s, %s,"
            " %s, %s::text[], %s::text[], %s::bool[])",
            [
                fact.village,
                fact.kind,
                json.dumps(data),
                by.principal_id,
                by.helper_id,
                by.mandate_id,
                at,
                _said(fact, data, by, at) if by.is_assisted else None,
                list(line.readers),
                [address for _, address in line.streams],
                [topic.hot for topic, _ in line.streams],
            ],
        )
        rows = cursor.fetchall()
    return rows[0][0], _positions(line, rows)


# The same for each of many, one after the other.
_APPEND_ALL = """
SELECT told.place, made.entry, made.address, made.epoch, made.seq
FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS told(line, place),
LATERAL journal_append(
    told.line->>'village', told.line->>'kind', told.line->'data', %s, %s, %s, %s,
    decode(told.line->>'said', 'hex'),
    ARRAY(SELECT jsonb_array_elements_text(told.line->'readers')),
    ARRAY(SELECT jsonb_array_elements_text(told.line->'addresses')),
    ARRAY(SELECT jsonb_array_elements(told.line->'hot')::bool)
) AS made
"""


def _append_all_in_one_trip(lines: Sequence[Line], by: Actor, at: datetime) -> list[Appended]:
    written = []
    for line in lines:
        data = line.fact.model_dump(mode="json")
        written.append(
            {
                "village": line.fact.village,
                "kind": line.fact.kind,
                "data": data,
                "said": _said(line.fact, data, by, at).hex() if by.is_assisted else None,
                "readers": list(line.readers),
                "addresses": [address for _, address in line.streams],
                "hot": [topic.hot for topic, _ in line.streams],
            }
        )
    rows: list[list[tuple[Any, ...]]] = [[] for _ in lines]
    with connection.cursor() as cursor:
        of_whom = [by.principal_id, by.helper_id, by.mandate_id]
        cursor.execute(_APPEND_ALL, [json.dumps(written), *of_whom, at])
        for place, *row in cursor.fetchall():
            rows[place - 1].append(tuple(row))
    return [(found[0][0], _positions(line, found)) for line, found in zip(lines, rows, strict=True)]


def _positions(line: Line, rows: Iterable[tuple[Any, ...]]) -> tuple[Position, ...]:
    topics = {address: topic for topic, address in line.streams}
    return tuple(
        Position(topics[address], address, epoch, seq) for _, address, epoch, seq in rows if address
    )


def _append_step_by_step(line: Line, by: Actor, at: datetime) -> Appended:
    fact, data = line.fact, line.fact.model_dump(mode="json")
    topics = {address: topic for topic, address in line.streams}
    number, tip = _next_link(fact, data, by, at) if by.is_assisted else (None, None)
    entry = Entry.objects.create(
        village_id=fact.village,
        kind=fact.kind,
        data=data,
        principal_id=by.principal_id,
        helper_id=by.helper_id,
        mandate_id=by.mandate_id,
        at=at,
        number=number,
        hash=tip,
    )
    Reading.objects.bulk_create(
        Reading(entry=entry, reader=name, due_at=at) for name in line.readers
    )
    Stream.objects.bulk_create(
        [Stream(address=address) for address in topics], ignore_conflicts=True
    )
    Stream.objects.filter(address__in=topics).update(last_seq=F("last_seq") + 1)
    counted = Stream.objects.filter(address__in=topics).order_by("id")
    StreamEntry.objects.bulk_create(
        StreamEntry(stream=stream, seq=stream.last_seq, entry=entry) for stream in counted
    )
    return entry.pk, tuple(
        Position(topics[stream.address], stream.address, stream.epoch, stream.last_seq)
        for stream in counted
    )


def _next_link(fact: Fact, data: dict[str, Any], by: Actor, at: datetime) -> tuple[int, bytes]:
    chain, _ = Chain.objects.get_or_create(village_id=fact.village, defaults={"tip": ORIGIN})
    chain.length += 1
    chain.tip = link(bytes(chain.tip), chain.length, _said(fact, data, by, at))
    chain.save(update_fields=["length", "tip"])
    return chain.length, chain.tip


def _said(fact: Fact, data: dict[str, Any], by: Actor, at: datetime) -> bytes:
    return digest(
        village=fact.village,
        kind=fact.kind,
        data=data,
        principal_id=by.principal_id,
        helper_id=by.helper_id,
        mandate_id=by.mandate_id,
        at=at,
    )
