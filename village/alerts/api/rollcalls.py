"""The roll call over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Status

from village.alerts import actions, paper, rolls
from village.alerts.models import RollCall
from village.alerts.schemas import (
    AnswerIn,
    MyRollCallOut,
    RollCallAnswerOut,
    RollCallFiguresOut,
    RollCallIn,
    RollCallOut,
    UnaccountedOut,
    show_answer,
    show_mine,
    show_roll_call,
    show_unaccounted,
)
from village.core.actor import EVERY_MANDATE
from village.core.errors import NotFound
from village.core.http import ActorRequest
from village.core.permissions import MEMBERS, Standing, may
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery
from village.journal.listing import listing
from village.residents.queries import member_of

router = Router()
WARNS = may(Standing.CLERK, Standing.STEWARD, seen_by=[Standing.MEMBER])
WARDENS = may(Standing.CLERK, Standing.STEWARD, Standing.COORDINATOR, Standing.VOLUNTEER)
ROLL_CALL = "/roll-calls/{uuid:roll_call_id}"
_A_PDF = {
    "responses": {
        200: {
            "description": "A list to carry from door to door.",
            "content": {"application/pdf": {}},
        }
    }
}


@router.get(
    "/villages/{slug:v}/roll-calls",
    response=PageOut[RollCallOut],
    scope=EVERY_MANDATE,
    who=MEMBERS,
)
def list_roll_calls(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List the roll calls of a village, newest first."""
    village = member_of(request.actor, v)
    return listing(
        lambda: rolls.roll_calls_in(village.pk),
        lambda found: [show_roll_call(each) for each in found],
        query=query,
        order=("-created_at", "-id"),
        address=f"villages/{village.pk}/alerts",
    )


@router.post("/villages/{slug:v}/roll-calls", response={201: RollCallOut}, scope=None, who=WARNS)
def open_roll_call(request: ActorRequest, v: str, payload: RollCallIn) -> Status[RollCallOut]:
    """Ask everybody of an area whether she is safe."""
    roll = actions.open_roll_call(
        by=request.actor,
        village=v,
        alert_id=payload.alert,
        neighbourhoods=payload.neighbourhoods,
        shelters=payload.shelters,
        is_drill=payload.drill,
        at=timezone.now(),
    )
    return Status(201, show_roll_call(roll))


@router.get(ROLL_CALL, response=MyRollCallOut, scope=EVERY_MANDATE, who=MEMBERS)
def get_roll_call(request: ActorRequest, roll_call_id: UUID) -> MyRollCallOut:
    """Show a roll call, and the latest word about me, or the person I help."""
    roll = rolls.visible_roll_call(request.actor, roll_call_id)
    by = request.actor
    return show_mine(roll, rolls.answer_about(roll, by.principal_id), rolls.household_on(by, roll))


@router.post(f"{ROLL_CALL}/close", response=RollCallOut, scope=None, who=WARNS)
def close_roll_call(request: ActorRequest, roll_call_id: UUID) -> RollCallOut:
    """Ask nobody any more."""
    actions.close_roll_call(by=request.actor, roll_call_id=roll_call_id, at=timezone.now())
    return show_roll_call(rolls.visible_roll_call(request.actor, roll_call_id))


@router.post(
    f"{ROLL_CALL}/answers",
    response={201: RollCallAnswerOut},
    scope=EVERY_MANDATE,
    who=may(
        Standing.MEMBER,
        note="of others: wardens of everybody, whoever lives with them, and neighbours of those who"
        " let themselves be found",
    ),
)
def give_answer(
    request: ActorRequest, roll_call_id: UUID, payload: AnswerIn
) -> Status[RollCallAnswerOut]:
    """Say how I am, or somebody whom I help, know or have looked after."""
    answer = actions.give_answer(
        by=request.actor,
        roll_call_id=roll_call_id,
        resident_id=payload.resident,
        condition=payload.condition,
        shelter=payload.shelter,
        note=payload.note,
        at=timezone.now(),
    )
    found = rolls.answer(answer.pk)
    if found is None:
        raise NotFound
    return Status(201, show_answer(found))


@router.get(f"{ROLL_CALL}/answers", response=PageOut[RollCallAnswerOut], scope=None, who=WARDENS)
def list_answers(
    request: ActorRequest, roll_call_id: UUID, query: Query[PageQuery]
) -> dict[str, Any]:
    """List what was heard, newest first, to wardens."""
    roll = _watched(request, roll_call_id)
    return listing(
        lambda: rolls.answers_of(roll),
        lambda answers: [show_answer(each) for each in answers],
        query=query,
        order=("-at", "-id"),
        address=f"roll-calls/{roll.pk}",
    )


@router.get(f"{ROLL_CALL}/unaccounted", response=PageOut[UnaccountedOut], scope=None, who=WARDENS)
def list_unaccounted(
    request: ActorRequest, roll_call_id: UUID, query: Query[PageQuery]
) -> dict[str, Any]:
    """List who has not been heard of, to wardens: elders whom no message reaches come first."""
    roll = _watched(request, roll_call_id)
    today = timezone.now().astimezone(roll.village.tzinfo).date()
    numbers = rolls.sees_numbers(request.actor, roll.village_id)
    return listing(
        lambda: rolls.unaccounted(roll, today),
        lambda people: [show_unaccounted(each, today, numbers=numbers) for each in people],
        query=query,
        order=rolls.FIRST_TO_FIND,
        address=f"roll-calls/{roll.pk}",
    )


@router.get(f"{ROLL_CALL}/figures", response=RollCallFiguresOut, scope=None, who=WARDENS)
def get_figures(request: ActorRequest, roll_call_id: UUID) -> dict[str, Any]:
    """Give the numbers of a roll call, to wardens; they stay when the answers are forgotten."""
    roll = rolls.visible_roll_call(request.actor, roll_call_id)
    if not rolls.is_warden(request.actor, roll.village_id):
        raise NotFound
    return rolls.figures(roll)


@router.get(f"{ROLL_CALL}/list.pdf", scope=None, who=WARDENS, openapi_extra=_A_PDF)
def print_roll(request: ActorRequest, roll_call_id: UUID) -> HttpResponse:
    """Print who has not been heard of, to wardens."""
    roll = _watched(request, roll_call_id)
    numbers = rolls.sees_numbers(request.actor, roll.village_id)
    printed = paper.print_roll(roll, numbers=numbers, at=timezone.now())
    return HttpResponse(printed, content_type="application/pdf")


def _watched(request: ActorRequest, roll_call_id: UUID) -> RollCall:
    return rolls.watched_roll_call(request.actor, roll_call_id)
