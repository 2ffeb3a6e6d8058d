"""How what riding together saved looks on the wire."""

from __future__ import annotations

from carpool.savings import CENTS_PER_KM, GRAMS_PER_KM, Saved
from village.core.schemas import Out


class SavedOut(Out):
    """How many rides were shared, and what nobody had to drive, emit and pay."""

    rides: int
    km: float
    co2_kg: float
    euros: float


class SavingsOut(Out):
    """
    What riding together saved in a year, to oneself and to the village.

    A village in which very few people took part says nothing. What is counted for each kilometre
    is said beside it.
    """

    year: int
    mine: SavedOut
    village: SavedOut | None
    grams_per_km: int
    cents_per_km: int


def savings_out(year: int, mine: Saved, village: Saved | None) -> SavingsOut:
    """Show what was saved."""
    return SavingsOut(
        year=year,
        mine=SavedOut.from_orm(mine),
        village=None if village is None else SavedOut.from_orm(village),
        grams_per_km=GRAMS_PER_KM,
        cents_per_km=CENTS_PER_KM,
    )
