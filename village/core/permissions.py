"""
Who may: what every operation of the API and every topic declares, in one small language.

The table in ``docs/permissions.md`` is written from it, and the tests try every cell of it. It
decides nothing: the policies of the rooms do, and the tests hold the two against each other.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, StrEnum

from village.core.actor import KeyScope


class Standing(StrEnum):
    """
    Name how somebody stands to the thing that an operation is about.

    A role counts in the village of the thing alone, and one of an outlet, a department or a
    centre only for that one. All but the first two and the neighbour presume that she lives in the
    village.
    """

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    # Lives in the village of the thing, which is not private.
    MEMBER = "member"
    # Lives in a village that shows such things of the thing's village, as both agreed.
    NEIGHBOUR = "neighbour"
    # It is hers.
    OWNER = "owner"
    # The other side of it, such as the driver of a booking.
    PARTNER = "partner"
    VOLUNTEER = "volunteer"
    EDITOR = "editor"
    CLERK = "clerk"
    COORDINATOR = "coordinator"
    MODERATOR = "moderator"
    STEWARD = "steward"


class Answer(Enum):
    """Say what somebody gets: what she asked for, or one of three refusals."""

    ALLOWED = "allowed"
    SIGN_IN = 401
    REFUSED = 403
    ABSENT = 404


@dataclass(frozen=True, slots=True)
class Who:
    """Hold who may, who is told why not, what one never does, and what a sentence must add."""

    may: frozenset[Standing]
    seen_by: frozenset[Standing] = frozenset()
    never: frozenset[Standing] = frozenset()
    in_person: frozenset[Standing] = frozenset()
    key: KeyScope | None = None
    note: str = ""

    def answer(self, standings: Collection[Standing], *, is_assisted: bool = False) -> Answer:
        """Give the answer to somebody of these standings, or to her helper."""
        if Standing.ANYONE in self.may:
            return Answer.ALLOWED
        if Standing.SIGNED_IN not in standings:
            return Answer.SIGN_IN
        if self.may.isdisjoint(standings):
            return Answer.ABSENT if self.seen_by.isdisjoint(standings) else Answer.REFUSED
        barred = self.never | self.in_person if is_assisted else self.never
        return Answer.ALLOWED if barred.isdisjoint(standings) else Answer.REFUSED

    def shown(self) -> dict[str, str | list[str]]:
        """Give the declaration as the OpenAPI and AsyncAPI documents show it."""
        fields = {
            "may": self.may,
            "seen-by": self.seen_by,
            "never": self.never,
            "in-person": self.in_person,
        }
        named: dict[str, str | list[str]] = {
            name: [each.value for each in Standing if each in standings]
            for name, standings in fields.items()
            if standings or name == "may"
        }
        if self.key is not None:
            named["key"] = self.key.value
        return named | {"note": self.note} if self.note else named


def may(
    *standings: Standing,
    seen_by: Collection[Standing] = (),
    never: Collection[Standing] = (),
    in_person: Collection[Standing] = (),
    key: KeyScope | None = None,
    note: str = "",
) -> Who:
    """
    Declare who may: everybody of one of these standings, unless she is one of ``never`` too.

    Whoever is in ``seen_by`` sees the thing and is told why she may not; to all others it looks
    absent. What ``in_person`` names is not done for somebody by a helper. ``key`` is what
    an API key must be good for; without it no machine ever may.
    """
    return Who(
        frozenset(standings), frozenset(seen_by), frozenset(never), frozenset(in_person), key, note
    )


ANYONE = may(Standing.ANYONE)
SIGNED_IN = may(Standing.SIGNED_IN)
MEMBERS = may(Standing.MEMBER)
OWNER = may(Standing.OWNER)
NOBODY = may()
