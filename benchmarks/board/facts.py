"""What happens on the boards."""

from __future__ import annotations

from village.journal.facts import Fact


class NoteWritten(Fact, kind="board.note_written"):
    """Somebody wrote a note."""

    board: int
    note_id: int
