"""How it looks on the wire what a coordinator watches, and what a village counts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from village.assist.models import Mandate
from village.assist.schemas.mandates import MandateOut, show_mandate
from village.assist.watching import Figures, Unusual
from village.core.schemas import Out
from village.residents.queries import names_of


class UnusualOut(Out):
    """A volunteer who helped more than fifteen people on a day, or at night, in thirty days."""

    volunteer: UUID
    volunteer_name: str | None
    days_of_many: int
    acts_at_night: int


class WatchOut(Out):
    """What a coordinator keeps an eye on."""

    centre: UUID
    near_their_end: list[MandateOut]
    unusual: list[UnusualOut]


class FiguresOut(Out):
    """What a village counts of assisted mode, without names; ``acts`` are counted by their kind."""

    village: str
    people_with_a_mandate: int
    acts: dict[str, int]
    share_alone: float | None
    mandates_revoked: int


def show_watch(
    centre: UUID, ending: Collection[Mandate], unusual: Collection[Unusual], *, at: datetime
) -> WatchOut:
    """Show what a coordinator keeps an eye on."""
    names = names_of({each.volunteer_id for each in unusual})
    return WatchOut(
        centre=centre,
        near_their_end=[show_mandate(each, at=at) for each in ending],
        unusual=[
            UnusualOut(
                volunteer=each.volunteer_id,
                volunteer_name=names.get(each.volunteer_id),
                days_of_many=each.days_of_many,
                acts_at_night=each.acts_at_night,
            )
            for each in unusual
        ],
    )


def show_figures(village: str, figures: Figures) -> FiguresOut:
    """Show what a village counts."""
    return FiguresOut(
        village=village,
        people_with_a_mandate=figures.people_with_a_mandate,
        acts=figures.acts,
        share_alone=figures.share_alone,
        mandates_revoked=figures.mandates_revoked,
    )
