"""Reading the ledger's chain again, from its first link to its tip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db import connection

from village.journal import guards
from village.journal.chain import ORIGIN, digest, link
from village.journal.models import Chain, Entry

# Tips that were printed and kept elsewhere: by village and number, the hash in hexadecimal.
Kept = Mapping[str, Mapping[int, str]]


@dataclass(slots=True)
class Reading:
    """Hold what reading one village's chain has shown; ``faults`` is empty when all is well."""

    village: str
    entries: int = 0
    tip: bytes = ORIGIN
    faults: list[str] = field(default_factory=list)


def tips() -> list[tuple[str, int, str]]:
    """Give where each village's chain ends: the village, how many links, the last one's hash."""
    ends = Chain.objects.order_by("village").values_list("village_id", "length", "tip")
    return [(village, length, bytes(tip).hex()) for village, length, tip in ends]


def tip_of(village: str) -> tuple[int, str]:
    """Give how many links a village's chain has, and the last one's hash in hexadecimal."""
    end = Chain.objects.filter(village=village).first()
    return (end.length, bytes(end.tip).hex()) if end is not None else (0, ORIGIN.hex())


def guarded() -> bool:
    """Tell whether the database itself refuses to change the ledger."""
    with connection.cursor() as cursor:
        return guards.stand(cursor, connection.vendor)


def verify(kept: Kept | None = None) -> Iterator[Reading]:
    """Read every village's chain again and tell, village by village, what is wrong with it."""
    kept = kept or {}
    ends = {chain.village_id: chain for chain in Chain.objects.all()}
    told = set(Entry.objects.filter(helper_id__isnull=False).values_list("village_id", flat=True))
    for village in sorted(ends.keys() | told | kept.keys()):
        yield _read(village, ends.get(village), kept.get(village, {}))


def _read(village: str, end: Chain | None, kept: Mapping[int, str]) -> Reading:
    reading = Reading(village)
    last, last_id, seen = 0, 0, dict(kept)
    rows = Entry.objects.filter(village=village, helper_id__isnull=False)
    for entry in rows.order_by("number", "pk").iterator():
        reading.entries += 1
        number, stored = entry.number or 0, bytes(entry.hash or b"")
        if number != last + 1:
            reading.faults.append(f"after number {last} comes number {number}")
        said = digest(
            village=entry.village_id,
            kind=entry.kind,
            data=entry.data,
            principal_id=entry.principal_id,
            helper_id=entry.helper_id,
            mandate_id=entry.mandate_id,
            at=entry.at,
        )
        if link(reading.tip, number, said) != stored:
            reading.faults.append(f"number {number} is not what was written")
        elif entry.pk <= last_id:
            reading.faults.append(f"number {number} is out of its order")
        if (wanted := seen.pop(number, None)) is not None and wanted != stored.hex():
            reading.faults.append(f"number {number} is not the one whose hash was kept")
        last, last_id, reading.tip = number, entry.pk, stored
    reading.faults += [f"number {number}, whose hash was kept, is gone" for number in sorted(seen)]
    if (last, reading.tip) != ((end.length, bytes(end.tip)) if end else (0, ORIGIN)):
        wanted_length = end.length if end else 0
        reading.faults.append(f"the chain ends at number {last} instead of {wanted_length}")
    return reading
