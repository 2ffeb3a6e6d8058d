"""
Write as fast as one process can, into the store of its environment.

``python -m benchmarks.writer`` reads commands and answers each with a line of JSON: ``begin``
makes what the writers write about, ``count`` compares the streams with what was recorded, and
``record|told|insert STREAMS SECONDS`` writes. ``told`` is ``record`` with those who hear of it
after the commit: the frame is rendered and sent to Redis, where there is one.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402 - needs the apps to be ready
from django.db.models import F, Sum  # noqa: E402

from benchmarks.board.facts import NoteWritten  # noqa: E402
from benchmarks.board.models import Note  # noqa: E402
from benchmarks.board.topics import VILLAGE  # noqa: E402
from village.core.actor import SYSTEM  # noqa: E402
from village.journal import readers  # noqa: E402
from village.journal.actions import record  # noqa: E402
from village.journal.models import Stream, StreamEntry  # noqa: E402
from village.residents.models import Village  # noqa: E402

everybody = list(readers.watchers)


def begin() -> dict[str, Any]:
    """Make the village and the note that all facts are about."""
    now = datetime.now(UTC)
    Village.objects.get_or_create(
        slug=VILLAGE, defaults={"name": "Bench", "lat": 50.0, "lng": 11.5, "created_at": now}
    )
    return {"note": Note.objects.create(board=0, text="Bread", at=now).pk}


def count() -> dict[str, Any]:
    """Tell how many numbers were given, and how many frames bear one; they must be as many."""
    given = Stream.objects.aggregate(all=Sum(F("last_seq") - F("floor_seq")))["all"] or 0
    return {"given": given, "borne": StreamEntry.objects.count()}


def write(what: str, streams: int, seconds: float) -> dict[str, Any]:
    """Write for some seconds; give how often, and how long the slowest took."""
    readers.watchers[:] = everybody if what == "told" else []
    one = insert if what == "insert" else tell
    about = Note.objects.order_by("pk").values_list("pk", flat=True)[0]
    writes, slowest = 0, 0.0
    began = now = time.perf_counter()
    while now - began < seconds:
        one(random.randrange(streams), about)
        writes, before, now = writes + 1, now, time.perf_counter()
        slowest = max(slowest, now - before)
    return {"writes": writes, "seconds": now - began, "slowest_ms": slowest * 1e3}


def tell(board: int, note: int) -> None:
    """Record a fact, alone in its transaction."""
    with transaction.atomic():
        record(_fact(board, note), by=SYSTEM, at=datetime.now(UTC))


def insert(board: int, note: int) -> None:
    """Insert a row that holds the same, alone in its transaction."""
    with transaction.atomic():
        Note(board=board, text=_fact(board, note).model_dump_json(), at=datetime.now(UTC)).save(
            force_insert=True
        )


def _fact(board: int, note: int) -> NoteWritten:
    return NoteWritten(village=VILLAGE, board=board, note_id=note)


def main() -> None:
    """Do what is asked until nobody asks any more."""
    plain: dict[str, Callable[[], dict[str, Any]]] = {"begin": begin, "count": count}
    for line in sys.stdin:
        what, *rest = line.split()
        told = plain[what]() if what in plain else write(what, int(rest[0]), float(rest[1]))
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
