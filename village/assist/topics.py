"""What a centre and the people it acts for follow; and whose sockets an ended mandate closes."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from village.assist import queries
from village.assist.facts import (
    MANDATE_FACTS,
    AccreditationChanged,
    MandateFact,
    MandateNarrowed,
    MandateRevoked,
    MandateSuspended,
    VolunteerReleased,
)
from village.assist.schemas.mandates import DeskLineOut, MandateOut, show_mandate
from village.core.actor import Actor
from village.core.permissions import Standing, may
from village.journal.topics import Topic, uuid_or_none
from village.realtime.access import access
from village.residents.topics import AccessChanged, residents_me


def works_here(by: Actor, *, centre: str) -> bool:
    """Admit the coordinators of a centre and its accredited volunteers."""
    centre_id = uuid_or_none(centre)
    return centre_id is not None and queries.desk_of(by, centre_id, at=timezone.now()) is not None


def mandate_as_it_stands(fact: MandateFact) -> MandateOut | None:
    """Show a mandate."""
    found = queries.mandates().filter(pk=fact.mandate).first()
    return show_mandate(found, at=timezone.now()) if found is not None else None


def line_of_the_desk(fact: MandateFact) -> DeskLineOut | None:
    """Show that a mandate changed, and not whose: not everybody at the desk may see that."""
    found = queries.mandates().filter(pk=fact.mandate).first()
    if found is None:
        return None
    return DeskLineOut(
        mandate=found.pk, centre=found.centre_id, status=found.status(timezone.now())
    )


def access_of_the_person(
    fact: MandateRevoked | MandateNarrowed | MandateSuspended,
) -> AccessChanged:
    """Name the principal: her helpers' sockets are hers, and are looked at again."""
    return AccessChanged(resident=str(fact.person))


def access_of_the_volunteer(fact: AccreditationChanged | VolunteerReleased) -> AccessChanged:
    """Name the volunteer, whose sockets under any mandate are looked at again."""
    return AccessChanged(resident=str(fact.volunteer))


def _to_both_sides(fact: MandateFact) -> list[dict[str, UUID]]:
    """Speak to the person, and to those who carry the mandate out."""
    everybody = {fact.person, *queries.carriers_of(fact.mandate)}
    return [{"resident": each} for each in sorted(everybody)]


desk = Topic(
    "centres/{centre}/desk",
    admits=works_here,
    for_a_time=True,
    scope=None,
    who=may(Standing.VOLUNTEER, Standing.COORDINATOR),
    snapshot="/api/v1/centres/{centre}/mandates?position=1",
    carries=dict.fromkeys(MANDATE_FACTS, line_of_the_desk),
)
for fact in MANDATE_FACTS:
    residents_me.carry(fact, mandate_as_it_stands, to=_to_both_sides)
access.carry(MandateRevoked, access_of_the_person)
access.carry(MandateNarrowed, access_of_the_person)
access.carry(MandateSuspended, access_of_the_person)
access.carry(AccreditationChanged, access_of_the_volunteer)
access.carry(VolunteerReleased, access_of_the_volunteer)
