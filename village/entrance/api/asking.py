"""Asking for a letter with a code, and who has asked."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from ninja import Query, Status

from village.core.http import ActorRequest
from village.core.permissions import MEMBERS, Standing, may
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery
from village.entrance import actions, policies, queries
from village.entrance.schemas import AskedLetterOut, AskForLetterIn, show_asked_letter
from village.journal.listing import listing
from village.residents.queries import member_of

router = Router()


@router.post(
    "/villages/{slug:v}/letters/asked", response={201: AskedLetterOut}, scope=None, who=MEMBERS
)
def ask_for_letter(
    request: ActorRequest, v: str, payload: AskForLetterIn
) -> Status[AskedLetterOut]:
    """
    Ask for a letter with a code to where I live; asking again is asking once.

    Without ``lines`` it goes to the address that I have left with the town hall.
    """
    asked = actions.ask_for_letter(
        by=request.actor,
        village=v,
        lines=payload.lines,
        people=payload.people,
        at=timezone.now(),
    )
    return Status(201, show_asked_letter(asked))


@router.get(
    "/villages/{slug:v}/letters/asked",
    response=PageOut[AskedLetterOut],
    scope=None,
    who=may(Standing.CLERK, Standing.STEWARD, seen_by=[Standing.MEMBER]),
)
def list_asked_letters(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List who has asked for a letter that is not printed yet, oldest first."""
    village = member_of(request.actor, v)
    policies.may_print_letters(request.actor, village.pk).enforce()
    return listing(
        lambda: queries.letters_asked(village.pk),
        lambda asked: [show_asked_letter(each) for each in asked],
        query=query,
        order=("created_at", "id"),
    )
