"""
What riding together saves; this module is pure.

A rider who would have driven by herself saves her own way, less what her driver drives farther for
her. Ways add up: each booking's detour is counted from the ride as it was before her.
"""

from __future__ import annotations

from dataclasses import dataclass

# What driving a car costs, wear included: the flat rate per kilometre of German law for business
# trips by car (Bundesreisekostengesetz, section 5, paragraph 2).
CENTS_PER_KM = 30
# What a car emits of carbon dioxide, in grams: new cars in Germany on the test stand, 2016, see
# https://www.project-climate.de/erneuter-anstieg-der-klimagasemissionen/?lang=en. Cars on the road
# emit more (204 in the British government's factors of 2007): no more is claimed than is true.
GRAMS_PER_KM = 127


@dataclass(frozen=True, slots=True)
class Saved:
    """Hold how many rides somebody shared, and how many metres nobody had to drive."""

    rides: int = 0
    metres: int = 0

    @property
    def km(self) -> float:
        """Give the kilometres, to a tenth."""
        return round(self.metres / 1000, 1)

    @property
    def co2_kg(self) -> float:
        """Give the kilograms of carbon dioxide, to a tenth."""
        return round(self.metres / 1000 * GRAMS_PER_KM / 1000, 1)

    @property
    def euros(self) -> float:
        """Give what the kilometres would have cost, to a cent."""
        return round(self.metres / 1000 * CENTS_PER_KM / 100, 2)
