"""What stewards did to their village."""

from __future__ import annotations

from enum import StrEnum

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
