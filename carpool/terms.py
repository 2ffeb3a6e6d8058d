"""The terms of riding together, and who suits whom; this module is pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """
    Say what a driver takes along, or what a rider brings and needs.

    ``luggage`` counts large pieces. A driver with ``smoking`` lets people smoke on the way; a
    rider with it does not mind. ``women_only``, ``known_only`` and
    ``verified_only`` (she has shown that she lives here) bind whoever is on the other side.
    """

    luggage: int = 0
    wheelchair: bool = False
    dog: bool = False
    smoking: bool = False
    women_only: bool = False
    known_only: bool = False
    verified_only: bool = False

    @property
    def is_for_everybody(self) -> bool:
        """Tell whether nothing binds who is on the other side."""
        return not (self.women_only or self.known_only or self.verified_only)


PLAIN = Terms()


@dataclass(frozen=True, slots=True)
class Pair:
    """Say what is known of a driver and a rider; each knows the other or not, in her own words."""

    driver_is_woman: bool = False
    rider_is_woman: bool = False
    driver_knows_rider: bool = False
    rider_knows_driver: bool = False
    driver_is_verified: bool = False
    rider_is_verified: bool = False


# Of whom nothing is known, or nothing matters.
STRANGERS = Pair()


def suits(offered: Terms, wanted: Terms, pair: Pair) -> bool:
    """Tell whether a rider's terms suit a driver's, and hers the rider's."""
    return (
        wanted.luggage <= offered.luggage
        and (offered.wheelchair or not wanted.wheelchair)
        and (offered.dog or not wanted.dog)
        and (wanted.smoking or not offered.smoking)
        and (pair.rider_is_woman or not offered.women_only)
        and (pair.driver_is_woman or not wanted.women_only)
        and (pair.driver_knows_rider or not offered.known_only)
        and (pair.rider_knows_driver or not wanted.known_only)
        and (pair.rider_is_verified or not offered.verified_only)
        and (pair.driver_is_verified or not wanted.verified_only)
    )
