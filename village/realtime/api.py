"""How an app gets in: a ticket for one socket."""

from __future__ import annotations

from django.utils import timezone
from ninja import Status

from village.core.actor import EVERY_MANDATE, Level
from village.core.http import ActorRequest
from village.core.permissions import SIGNED_IN
from village.core.router import Router
from village.core.schemas import Out
from village.realtime import tickets

router = Router()


class TicketOut(Out):
    """A ticket and the seconds for which it is good."""

    ticket: str
    expires_in: int


@router.post(
    "/realtime/tickets",
    response={201: TicketOut},
    scope=EVERY_MANDATE,
    who=SIGNED_IN,
    level=Level.READ,
)
def create_ticket(request: ActorRequest) -> Status[TicketOut]:
    """Ask for a ticket: single use, to be said in the first frame of a socket."""
    ticket = tickets.open_ticket(
        by=request.actor, session_key=request.session_key, at=timezone.now()
    )
    return Status(201, TicketOut(ticket=ticket, expires_in=int(tickets.LIFETIME.total_seconds())))
