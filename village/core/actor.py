"""Who acts, and for whom it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Final
from uuid import UUID


class Scope(StrEnum):
    """
    Name what a mandate can allow a helper to do in somebody's name.

    What is not in this list can never be delegated: sign-in and recovery, deleting the
    account, mandates themselves, private conversations, the ledger, driving as somebody.
    """

    NEWS_READ = "news.read"
    EVENTS_JOIN = "events.join"
    RIDES_REQUEST = "rides.request"
    RIDES_OFFER = "rides.offer"
    AUTHORITY_READ = "authority.read"
    AUTHORITY_WRITE = "authority.write"
    DEFECT_REPORT = "defect.report"
    BOARD_POST = "board.post"
    NOTIFICATION_SETTINGS = "notifications.settings"
    CONTACT_DETAILS = "contact.details"


class Level(StrEnum):
    """Name how far a scope goes: each includes those before it."""

    READ = "read"
    PREPARE = "prepare"
    ACT = "act"

    def reaches(self, needed: Level) -> bool:
        """Tell whether this level is enough."""
        levels = list(Level)
        return levels.index(self) >= levels.index(needed)


class KeyScope(StrEnum):
    """Name what an API key of an office or a ride bench can be good for; it does nothing else."""

    NEWS_READ = "news.read"
    NEWS_WRITE = "news.write"
    CASES_READ = "cases.read"
    CASES_WRITE = "cases.write"
    RIDES_CALL = "rides.call"


class Cover(Enum):
    """Say that what is asked needs a mandate, but no scope of it."""

    EVERY_MANDATE = "every mandate"


EVERY_MANDATE: Final = Cover.EVERY_MANDATE
# What an operation needs of a mandate: one scope, none in particular, or it is never delegated.
Needs = Scope | Cover | None


@dataclass(frozen=True, slots=True)
class Actor:
    """
    Name who acts and for whom it counts.

    A resident who acts for herself is her own principal and has no helper. In assisted
    mode the helper is the volunteer at the screen, the principal is the person it counts
    for, and the mandate is what allows it, as far as ``scopes`` go and until ``until``.
    ``limits`` names the scopes under which she may only read, or only prepare; ``second_id`` is
    whoever else has said yes, where one volunteer alone is not enough.
    The system itself (a feed pulled on schedule) acts as ``SYSTEM``, which is nobody.
    """

    principal_id: UUID
    helper_id: UUID | None = None
    mandate_id: UUID | None = None
    scopes: frozenset[Scope] = frozenset(Scope)
    until: datetime | None = None
    limits: frozenset[tuple[Scope, Level]] = frozenset()
    second_id: UUID | None = None
    # What the API key covers that the request came with; ``None`` for a person.
    key: frozenset[KeyScope] | None = None

    def __post_init__(self) -> None:
        if (self.helper_id is None) != (self.mandate_id is None):
            raise ValueError("a helper acts under a mandate, and a mandate has a helper")

    @property
    def people(self) -> frozenset[UUID]:
        """Give the people whose villages this concerns: the principal, and the helper."""
        return frozenset({self.principal_id, self.helper_id or self.principal_id})

    @property
    def is_assisted(self) -> bool:
        """Tell whether a helper acts for somebody else."""
        return self.mandate_id is not None

    def has_key_for(self, needed: KeyScope | None) -> bool:
        """Tell whether a machine's key covers what is needed; a person needs none."""
        return self.key is None or needed in self.key

    def may(self, needed: Needs, level: Level = Level.READ) -> bool:
        """Tell whether the mandate covers what is needed; ``None`` is what no mandate covers."""
        if not self.is_assisted or needed is EVERY_MANDATE:
            return True
        return needed in self.scopes and self.level(needed).reaches(level)

    def level(self, scope: Needs) -> Level:
        """Tell how far one of the scopes goes."""
        return next((level for limited, level in self.limits if limited == scope), Level.ACT)

    @property
    def needs_a_second(self) -> bool:
        """Tell whether a helper acts of whom nobody else has said yes to it."""
        return self.is_assisted and self.second_id is None


SYSTEM = Actor(principal_id=UUID(int=0))
