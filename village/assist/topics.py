"""What a centre and the people it acts for follow; and whose sockets an ended mandate closes."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from village.assist import queries
from village.assist.facts import MandateGranted, MandateRevoked
from village.assist.schemas import MandateOut, show_mandate
from village.core.actor import Actor
from village.core.permissions import Standing, may
from village.journal.topics import Topic, uuid_or_none
from village.realtime.access import access
from village.residents.topics import AccessChanged, residents_me


def works_here(by: Actor, *, centre: str) -> bool:
    """Admit the coordinators of a centre and its accredited volunteers."""
    centre_id = uuid_or_none(centre)
    return centre_id is not None and queries.desk_of(by, centre_id, at=timezone.now()) is not None


def mandate_as_it_stands(fact: MandateGranted | MandateRevoked) -> MandateOut | None:
    """Show a mandate."""
    found = queries.mandates().filter(pk=fact.mandate).first()
    return show_mandate(found, at=timezone.now()) if found is not None else None


def access_changed(fact: MandateRevoked) -> AccessChanged:
    """Name the principal: her helpers' sockets are hers, and are looked at again."""
    return AccessChanged(resident=str(fact.person))


def _to_the_person(fact: MandateGranted | MandateRevoked) -> list[dict[str, UUID]]:
    return [{"resident": fact.person}]


desk = Topic(
    "centres/{centre}/desk",
    admits=works_here,
    for_a_time=True,
    scope=None,
    who=may(Standing.VOLUNTEER, Standing.COORDINATOR),
    snapshot="/api/v1/centres/{centre}/mandates?position=1",
    carries={MandateGranted: mandate_as_it_stands, MandateRevoked: mandate_as_it_stands},
)
residents_me.carry(MandateGranted, mandate_as_it_stands, to=_to_the_person)
residents_me.carry(MandateRevoked, mandate_as_it_stands, to=_to_the_person)
access.carry(MandateRevoked, access_changed)
