"""What a screen follows: the notes of one board, for the members of the village."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from benchmarks.board.facts import NoteWritten
from benchmarks.board.models import Note
from benchmarks.messages import VILLAGE
from village.core.actor import Actor
from village.core.permissions import MEMBERS
from village.journal.topics import Topic
from village.residents.models import Membership


class NoteOut(BaseModel):
    """A note as everybody sees it."""

    id: int
    text: str
    at: datetime


def is_member(by: Actor, *, board: str) -> bool:
    """Admit members."""
    return bool(members_of([by], board=board))


def members_of(actors: list[Actor], *, board: str) -> set[Actor]:
    """Admit members, however many ask."""
    people = [by.principal_id for by in actors]
    here = set(
        Membership.objects.current()
        .filter(village=VILLAGE, resident__in=people)
        .values_list("resident", flat=True)
    )
    return {by for by in actors if by.principal_id in here}


def _note(fact: NoteWritten) -> NoteOut | None:
    note = Note.objects.filter(pk=fact.note_id).first()
    return note and NoteOut(id=note.pk, text=note.text, at=note.at)


Topic(
    "bench/{board}",
    admits=is_member,
    admits_all=members_of,
    scope=None,
    who=MEMBERS,
    snapshot="/api/v1/boards/{board}?position=1",
    carries={NoteWritten: _note},
    hot=True,
)
