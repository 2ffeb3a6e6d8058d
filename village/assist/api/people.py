"""The people a centre looks after, and how each is reached, over HTTP."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Status

from village.assist import actions, queries
from village.assist.actions.people import Person
from village.assist.reach import reach_of
from village.assist.schemas.cards import NewCardOut, PinIn, StopCodeIn, show_new_card
from village.assist.schemas.centres import (
    PersonIn,
    ReachIn,
    ReachOut,
    RegisteredOut,
    show_person,
    show_reach,
)
from village.assist.schemas.mandates import FrozenOut
from village.core.actor import EVERY_MANDATE
from village.core.http import ActorRequest
from village.core.idempotency import show_once
from village.core.permissions import ANYONE, SIGNED_IN, Standing, may
from village.core.router import Router
from village.core.visitors import network_of

router = Router()
AT_THE_DESK = may(Standing.COORDINATOR, seen_by=[Standing.VOLUNTEER], never=[Standing.OWNER])


@router.post(
    "/centres/{uuid:centre_id}/people",
    response={201: RegisteredOut},
    scope=None,
    who=may(Standing.COORDINATOR, seen_by=[Standing.VOLUNTEER]),
)
def register_person(
    request: ActorRequest, centre_id: UUID, payload: PersonIn
) -> Status[RegisteredOut]:
    """Register somebody at the desk, as a coordinator; she needs nothing digital."""
    person = actions.register_person(
        by=request.actor,
        centre_id=centre_id,
        person=Person(
            display_name=payload.display_name,
            born_on=payload.born_on,
            languages=payload.languages,
            large_print=payload.large_print,
            ways=payload.ways,
            phone=payload.phone or "",
            letterbox=payload.found_at(),
        ),
        at=timezone.now(),
    )
    return Status(201, show_person(person, queries.village_of_centre(centre_id)))


@router.put(
    "/centres/{uuid:centre_id}/people/{uuid:person_id}/reach",
    response=ReachOut,
    scope=None,
    who=AT_THE_DESK,
)
def set_reach_at_the_desk(
    request: ActorRequest, centre_id: UUID, person_id: UUID, payload: ReachIn
) -> ReachOut:
    """Write down, as a coordinator, how somebody wants to be reached."""
    reach = actions.set_reach(
        by=request.actor,
        ways=payload.ways,
        languages=payload.languages,
        letterbox=payload.found_at(),
        centre_id=centre_id,
        person_id=person_id,
        at=timezone.now(),
    )
    return show_reach(reach)


@router.post(
    "/centres/{uuid:centre_id}/people/{uuid:person_id}/freeze",
    response=FrozenOut,
    scope=None,
    who=AT_THE_DESK,
)
def freeze_at_the_desk(request: ActorRequest, centre_id: UUID, person_id: UUID) -> FrozenOut:
    """End everything for somebody who asks for it at the desk or on the phone."""
    until = actions.freeze_for(
        by=request.actor, centre_id=centre_id, person_id=person_id, at=timezone.now()
    )
    return FrozenOut(frozen_until=until)


@router.post(
    "/centres/{uuid:centre_id}/people/{uuid:person_id}/card",
    response={201: NewCardOut},
    scope=None,
    who=AT_THE_DESK,
)
def issue_card(request: ActorRequest, centre_id: UUID, person_id: UUID) -> Status[NewCardOut]:
    """Give somebody a new card, as a coordinator; its codes are shown this once."""
    printed = actions.issue_card(
        by=request.actor, centre_id=centre_id, person_id=person_id, at=timezone.now()
    )
    show_once(request)
    return Status(201, show_new_card(printed))


@router.post("/cards/stop", response=FrozenOut, auth=None, scope=EVERY_MANDATE, who=ANYONE)
def stop_with_code(request: HttpRequest, payload: StopCodeIn) -> FrozenOut:
    """End everything that is done for whoever holds a card, with its stop code alone."""
    until = actions.stop_with_code(
        code=payload.code, network=network_of(request), at=timezone.now()
    )
    return FrozenOut(frozen_until=until)


@router.get("/me/reach", response=ReachOut, scope=None, who=SIGNED_IN)
def show_my_reach(request: ActorRequest) -> ReachOut:
    """Show how I want to be reached."""
    return show_reach(reach_of(request.actor.principal_id))


@router.put("/me/reach", response=ReachOut, scope=None, who=SIGNED_IN)
def set_my_reach(request: ActorRequest, payload: ReachIn) -> ReachOut:
    """Say how I want to be reached, in my order."""
    reach = actions.set_reach(
        by=request.actor,
        ways=payload.ways,
        languages=payload.languages,
        letterbox=payload.found_at(),
        at=timezone.now(),
    )
    return show_reach(reach)


@router.put("/me/presence-pin", response={204: None}, scope=None, who=SIGNED_IN)
def set_my_pin(request: ActorRequest, payload: PinIn) -> Status[None]:
    """Choose the PIN by which I say at the desk that I am there; it opens no account."""
    actions.set_pin(by=request.actor, pin=payload.pin, at=timezone.now())
    return Status(204, None)


@router.delete("/me/presence-pin", response={204: None}, scope=None, who=SIGNED_IN)
def drop_my_pin(request: ActorRequest) -> Status[None]:
    """Have no PIN for the desk any more."""
    actions.drop_pin(by=request.actor, at=timezone.now())
    return Status(204, None)


@router.put(
    "/centres/{uuid:centre_id}/people/{uuid:person_id}/presence-pin",
    response={204: None},
    scope=None,
    who=AT_THE_DESK,
)
def set_pin_at_the_desk(
    request: ActorRequest, centre_id: UUID, person_id: UUID, payload: PinIn
) -> Status[None]:
    """Let somebody choose her PIN before me, as a coordinator; she types it in herself."""
    actions.set_pin(
        by=request.actor,
        pin=payload.pin,
        centre_id=centre_id,
        person_id=person_id,
        at=timezone.now(),
    )
    return Status(204, None)


@router.delete(
    "/centres/{uuid:centre_id}/people/{uuid:person_id}/presence-pin",
    response={204: None},
    scope=None,
    who=AT_THE_DESK,
)
def drop_pin_at_the_desk(request: ActorRequest, centre_id: UUID, person_id: UUID) -> Status[None]:
    """Take somebody's PIN away, as a coordinator: she has forgotten it, or others know it."""
    actions.drop_pin(by=request.actor, centre_id=centre_id, person_id=person_id, at=timezone.now())
    return Status(204, None)


@router.post("/me/freeze", response=FrozenOut, scope=None, who=SIGNED_IN)
def freeze(request: ActorRequest) -> FrozenOut:
    """End everything that anybody may do for me; nothing new begins for three days."""
    return FrozenOut(frozen_until=actions.freeze(by=request.actor, at=timezone.now()))
