"""To whom a letter goes, as its envelope says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# What fits on an envelope.
LINES_MAX: Final = 6
PEOPLE_MAX: Final = 12


@dataclass(frozen=True, slots=True)
class Household:
    """Say to whom a letter goes, as the envelope says it, and how many people live there."""

    lines: tuple[str, ...]
    people: int
