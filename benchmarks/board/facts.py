"""What happens on the boards, and what everybody is told of."""

from __future__ import annotations

from village.journal.facts import Fact


class NoteWritten(Fact, kind="board.note_written"):
    """Somebody wrote a note."""

    board: int
    note_id: int


class NewsTold(Fact, kind="board.news_told"):
    """There is something new for everybody."""


class DigestTold(Fact, kind="board.digest_told"):
    """The week is over, and what it brought is told to everybody."""


class AlarmRung(Fact, kind="board.alarm_rung"):
    """So many people are in danger."""

    number: int
    people: int
