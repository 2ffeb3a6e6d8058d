"""What stewards did to their village."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from village.journal.facts import Fact


class Part(StrEnum):
    """Name a part of how a village is set up."""

    SETTINGS = "settings"
    BOUNDARY = "boundary"
    ARMS = "arms"
    NEIGHBOURHOODS = "neighbourhoods"


class VillageSetUp(Fact, kind="stewardship.village_set_up"):
    """A part of how the village is set up was changed."""

    part: Part


class KeyMade(Fact, kind="stewardship.key_made"):
    """A machine was given an API key."""

    key_id: UUID
    machine_id: UUID


class KeyRotated(Fact, kind="stewardship.key_rotated"):
    """An API key got a new secret."""

    key_id: UUID


class KeyEnded(Fact, kind="stewardship.key_ended"):
    """An API key is good for nothing any more."""

    key_id: UUID
