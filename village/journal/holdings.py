"""
What the rooms hold about a person: the one list that export, erasure and retention go by.

A room declares it in its ``holdings`` module. A ``Holding`` is a table of rows that are hers; a
``Trace`` cleans what was copied from them to elsewhere. The house's own tests find every column
that names a resident and is not declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model, QuerySet

from village.journal.facts import Fact

# What remains where a name, a title or a text was.
ERASED = "—"
Rows = QuerySet[Any]
_BATCH = 500


@dataclass(slots=True)
class Gone:
    """
    Gather what one erasure takes away.

    ``ids`` are those of the person and of everything that was hers, as text: whatever holds a
    copy finds it by them. ``files`` are names in the storage, deleted after the commit.
    ``facts`` tell the screens; they are recorded last.
    """

    resident_id: UUID
    at: datetime
    ids: set[str] = field(default_factory=set)
    files: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


def delete(rows: Rows, gone: Gone) -> None:
    """Erase rows by deleting them."""
    rows.delete()


class Holding:
    """
    Declare a table of rows that belong to a person.

    ``person`` is the field that names her. ``shows`` are the fields that she gets in her export;
    ``files`` gives the names of a row's files in the storage. ``erase(rows, gone)`` erases all of
    hers; where nothing is said, they are deleted. ``kept`` says in plain English, for the
    document of retention, how long they are kept while she is here and what erasing leaves.
    """

    declared: ClassVar[dict[str, Holding]] = {}

    def __init__(
        self,
        key: str,
        *,
        of: type[Model],
        person: str,
        shows: Sequence[str],
        kept: str,
        erase: Callable[[Rows, Gone], None] = delete,
        files: Callable[[Any], Iterable[str]] | None = None,
    ) -> None:
        if key in Holding.declared:
            raise TypeError(f"two holdings claim the key {key!r}")
        self.key, self.of, self.person, self.shows = key, of, person, tuple(shows)
        self.kept, self.erase, self.files_of = kept, erase, files
        Holding.declared[key] = self

    def rows(self, resident_id: UUID) -> Rows:
        """Give the rows of a person."""
        manager: Any = self.of._base_manager
        rows: Rows = manager.filter(**{self.person: resident_id})
        return rows

    def export(self, resident_id: UUID) -> Iterator[dict[str, Any]]:
        """Give what she gets of her rows, one after the other, never all at once."""
        rows = self.rows(resident_id).order_by("pk").values(*self.shows)
        yield from rows.iterator(chunk_size=_BATCH)

    def files(self, resident_id: UUID) -> Iterator[str]:
        """Give the names of the files that belong to her rows."""
        if self.files_of is not None:
            for row in self.rows(resident_id).iterator(chunk_size=_BATCH):
                yield from self.files_of(row)

    def forget(self, gone: Gone) -> None:
        """Erase what a person has here, and remember its ids and files."""
        rows = self.rows(gone.resident_id)
        gone.ids.update(str(pk) for pk in rows.values_list("pk", flat=True) if _is_id(pk))
        if self.erase is delete:
            # What keeps some of its rows knows which files go.
            gone.files.extend(self.files(gone.resident_id))
        self.erase(rows, gone)


@dataclass(frozen=True, slots=True)
class Trace:
    """Declare where copies of a person's things can be; ``forget`` cleans them by ``gone.ids``."""

    key: str
    forget: Callable[[Gone], None]
    kept: str


traces: dict[str, Trace] = {}


def declare_trace(trace: Trace) -> Trace:
    """Add a trace; called once, in a room's ``holdings``."""
    if trace.key in traces:
        raise TypeError(f"two traces claim the key {trace.key!r}")
    traces[trace.key] = trace
    return trace


@dataclass(frozen=True, slots=True)
class Retention:
    """
    Declare for how many days one kind of thing is kept, whoever it belongs to.

    ``forget(before)`` lets go of what is older and gives its number.
    """

    key: str
    days: int
    forget: Callable[[datetime], int]
    why: str


retentions: dict[str, Retention] = {}


def declare_retention(retention: Retention) -> Retention:
    """Add a kind of thing to what the nightly job lets go of."""
    if retention.key in retentions:
        raise TypeError(f"two retentions claim the key {retention.key!r}")
    retentions[retention.key] = retention
    return retention


def names_any(text: str, ids: set[str]) -> bool:
    """Tell whether a text holds one of some ids."""
    return any(each in text for each in ids)


def _is_id(pk: Any) -> bool:
    # A number says nothing: it is in every other text.
    return isinstance(pk, UUID)
