"""Reading the log back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from village.journal.facts import UnknownFact, read_fact
from village.journal.models import Entry, Stream, StreamEntry
from village.journal.readers import Recorded
from village.journal.topics import Frame, Topic


@dataclass(frozen=True, slots=True)
class Top:
    """Tell where a stream stands: its epoch, its newest number, and the last one trimmed."""

    epoch: str
    seq: int
    floor: int


NOWHERE = Top("", 0, 0)


def tops(addresses: Iterable[str]) -> dict[str, Top]:
    """Tell where streams stand; one that nobody has written to yet is at ``NOWHERE``."""
    rows = Stream.objects.filter(address__among=addresses).values_list(
        "address", "epoch", "last_seq", "floor_seq"
    )
    return {address: Top(epoch, seq, floor) for address, epoch, seq, floor in rows}


def top(address: str) -> Top:
    """Tell where one stream stands."""
    return tops([address]).get(address, NOWHERE)


def frames_after(topic: Topic, address: str, seq: int, *, limit: int) -> list[Frame]:
    """
    Render the frames of a stream that follow a number, oldest first.

    They end before one that this process cannot read.

    :raises UnknownFact: if that is the first of them
    """
    rows = (
        StreamEntry.objects.filter(stream__address=address, seq__gt=seq)
        .order_by("seq")
        .values_list("seq", "entry__kind", "entry__data", "entry__at")[:limit]
    )
    frames: list[Frame] = []
    for number, kind, data, at in rows:
        try:
            frames.append(topic.frame(read_fact(kind, data), seq=number, at=at))
        except UnknownFact:
            if not frames:
                raise
            break
    return frames


def recorded(entry: Entry) -> Recorded:
    """Give an entry back as it was recorded."""
    return Recorded(
        entry.pk,
        read_fact(entry.kind, entry.data),
        entry.at,
        entry.principal_id,
        entry.helper_id,
        entry.mandate_id,
    )
