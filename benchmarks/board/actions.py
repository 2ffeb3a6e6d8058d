"""The one verb."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from benchmarks.board.facts import NoteWritten
from benchmarks.board.models import Note
from benchmarks.board.topics import VILLAGE
from village.core.actor import Actor
from village.journal.actions import record_all

# With what surrounds it, a frame of about 600 bytes.
TEXT = "The bakery opens at six, and there is fresh bread at the community centre. " * 6


@transaction.atomic
def write_notes(*, by: Actor, boards: Sequence[int], at: datetime, text: str = TEXT) -> None:
    """Write a note on each of some boards."""
    notes = [Note.objects.create(board=board, text=text, at=at) for board in boards]
    facts = [NoteWritten(village=VILLAGE, board=note.board, note_id=note.pk) for note in notes]
    record_all(facts, by=by, at=at)
