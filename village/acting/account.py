"""What was done for somebody, as lines she can read: on the slip, and on the month's statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from village.acting.words import deed, expect
from village.journal.models import Entry
from village.residents.queries import names_of


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one thing that was done, in the language and zone that are active."""

    when: str
    helper: str
    words: str

    def __str__(self) -> str:
        return _("%(when)s: %(helper)s %(words)s.") % {
            "when": self.when,
            "helper": self.helper,
            "words": self.words,
        }


def lines_of(entries: Iterable[Entry], *, with_day: bool) -> list[Line]:
    """Tell entries, oldest first as they come."""
    entries = list(entries)
    names = names_of({each.helper_id for each in entries if each.helper_id is not None})
    return [Line(_when(each, with_day), _name(each, names), deed(each.kind)) for each in entries]


def expectations_of(entries: Sequence[Entry]) -> list[str]:
    """Tell what comes of what was done, each thing once, in its order."""
    told = (expect(each.kind) for each in entries)
    return list(dict.fromkeys(words for words in told if words))


def _when(entry: Entry, with_day: bool) -> str:
    local = timezone.localtime(entry.at)
    clock = time_format(local, "H:i")
    return f"{date_format(local, 'DATE_FORMAT')}, {clock}" if with_day else clock


def _name(entry: Entry, names: Mapping[UUID, str]) -> str:
    known = names.get(entry.helper_id) if entry.helper_id is not None else None
    return known or _("somebody who has left")
