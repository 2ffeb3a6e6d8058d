"""How it looks on the wire what a coordinator watches, and what a village counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from village.acting.figures import Figures
from village.acting.models import Graduation, Refusal
from village.acting.watching import Unusual
from village.acting.words import refused
from village.assist.models import Mandate
from village.assist.schemas.mandates import MandateOut, show_mandates
from village.assist.words import SCOPES
from village.core.actor import Scope
from village.core.schemas import Out
from village.residents.queries import names_of


class UnusualOut(Out):
    """A volunteer who helped more than fifteen people on a day, or at night, in thirty days."""

    volunteer: UUID
    volunteer_name: str | None
    days_of_many: int
    acts_at_night: int


class RefusalOut(Out):
    """
    Something that somebody was refused, and how often on that day.

    ``code`` is that of the problem document, ``words`` says it to a coordinator. ``mandate`` is
    the one that was named, where there is such a one.
    """

    who: UUID
    who_name: str
    mandate: UUID | None
    person_name: str | None
    code: str
    words: str
    day: date
    times: int
    last_at: datetime


class GraduationOut(Out):
    """
    A suggestion: the person does by herself what a mandate covers, so it can shrink.

    Saying yes is ``DELETE /mandates/{mandate}/scopes/{scope}``.
    """

    id: UUID
    village: str
    created_at: datetime
    mandate: UUID
    centre_name: str
    person: UUID
    person_name: str
    scope: Scope
    words: str


class WatchOut(Out):
    """What a coordinator keeps an eye on; ``graduations`` are the mandates that can shrink."""

    centre: UUID
    near_their_end: list[MandateOut]
    unusual: list[UnusualOut]
    refusals: list[RefusalOut]
    graduations: list[GraduationOut]


class FiguresOut(Out):
    """
    What a village counts of assisted mode in a year, without names.

    ``acts`` are counted by their scope; ``median_wait_seconds`` is from a request to the first act
    that answers it; ``graduated`` is how often a mandate shrank after its person had begun to do by
    herself what it covers. ``null``, and a scope that is missing, stand for fewer than five people.
    """

    village: str
    people_with_a_mandate: int | None
    acts: dict[str, int]
    share_alone: float | None
    median_wait_seconds: int | None
    mandates_revoked: int | None
    graduated: int | None


def show_unusual(unusual: Collection[Unusual]) -> list[UnusualOut]:
    """Show volunteers with their names."""
    names = names_of({each.volunteer_id for each in unusual})
    return [
        UnusualOut(
            volunteer=each.volunteer_id,
            volunteer_name=names.get(each.volunteer_id),
            days_of_many=each.days_of_many,
            acts_at_night=each.acts_at_night,
        )
        for each in unusual
    ]


def show_refusal(refusal: Refusal) -> RefusalOut:
    """Show a refusal."""
    return RefusalOut(
        who=refusal.who_id,
        who_name=refusal.who.display_name,
        mandate=refusal.mandate_id,
        person_name=refusal.mandate.person.display_name if refusal.mandate else None,
        code=refusal.code,
        words=refused(refusal.code),
        day=refusal.day,
        times=refusal.times,
        last_at=refusal.last_at,
    )


def show_graduations(graduations: Iterable[Graduation]) -> list[GraduationOut]:
    """Show the suggestions that nobody has followed yet."""
    return [
        GraduationOut(
            id=each.pk,
            village=each.village_id,
            created_at=each.created_at,
            mandate=each.mandate_id,
            centre_name=each.mandate.centre.name,
            person=each.mandate.person_id,
            person_name=each.mandate.person.display_name,
            scope=Scope(each.scope),
            words=str(SCOPES[Scope(each.scope)]),
        )
        for each in graduations
        if each.is_open
    ]


def show_watch(
    centre: UUID,
    *,
    ending: Collection[Mandate],
    unusual: Collection[Unusual],
    refusals: Collection[Refusal],
    graduations: Iterable[Graduation],
    at: datetime,
) -> WatchOut:
    """Show what a coordinator keeps an eye on."""
    return WatchOut(
        centre=centre,
        near_their_end=show_mandates(list(ending), at=at),
        unusual=show_unusual(unusual),
        refusals=[show_refusal(each) for each in refusals],
        graduations=show_graduations(graduations),
    )


def show_figures(village: str, figures: Figures) -> FiguresOut:
    """Show what a village counts."""
    wait = figures.median_wait
    return FiguresOut(
        village=village,
        people_with_a_mandate=figures.people_with_a_mandate,
        acts={scope.value: number for scope, number in figures.acts.items()},
        share_alone=figures.share_alone,
        median_wait_seconds=None if wait is None else round(wait.total_seconds()),
        mandates_revoked=figures.mandates_revoked,
        graduated=figures.graduated,
    )
