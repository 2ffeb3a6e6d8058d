"""Coming back by two neighbours, over HTTP."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Status

from village.core.actor import EVERY_MANDATE
from village.core.errors import Invalid
from village.core.http import ActorRequest
from village.core.idempotency import show_once
from village.core.limits import Budget
from village.core.permissions import ANYONE, SIGNED_IN, Standing, may
from village.core.phone import read
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery
from village.core.visitors import network_of
from village.entrance import actions, codes, queries
from village.entrance.schemas import (
    CodeIn,
    NewRecoveryOut,
    RecoveryIn,
    RecoveryOut,
    show_recovery,
)
from village.journal.listing import listing

router = Router()
NEIGHBOURS = may(
    Standing.SIGNED_IN, note="a known neighbour, with the code of whoever wants to come back"
)
BEGUN_FROM = Budget("entrance.recoveries-from", 10, 3600)


@router.post(
    "/recoveries",
    response={201: NewRecoveryOut},
    auth=None,
    scope=EVERY_MANDATE,
    who=ANYONE,
)
def begin_recovery(request: HttpRequest, payload: RecoveryIn) -> Status[NewRecoveryOut]:
    """Begin to come back when every way in is lost; whether anybody has the address is not told."""
    number = read(payload.phone or "", region=settings.PHONE_REGION) or ""
    address = (payload.email or "").strip()
    if bool(number) == bool(address):
        raise Invalid(_("Please write an e-mail address or a phone number."), field="email")
    BEGUN_FROM.spend(network_of(request))
    recovery, code, secret = actions.begin_recovery(
        address=address, number=number, at=timezone.now()
    )
    show_once(request)
    return Status(
        201,
        NewRecoveryOut(code=codes.spoken(code), secret=secret, expires_at=recovery.expires_at),
    )


@router.post("/recoveries/look", response=RecoveryOut, scope=None, who=NEIGHBOURS)
def look_at_recovery(request: ActorRequest, payload: CodeIn) -> RecoveryOut:
    """See who wants to come back by a code, before vouching."""
    recovery, _resident, _village = actions.look_at_recovery(
        by=request.actor, code=payload.code, at=timezone.now()
    )
    return show_recovery(recovery)


@router.post("/recoveries/vouch", response={201: RecoveryOut}, scope=None, who=NEIGHBOURS)
def vouch_for_return(request: ActorRequest, payload: CodeIn) -> Status[RecoveryOut]:
    """Vouch that it is she who wants to come back; after two, she waits for two days."""
    recovery = actions.vouch_for_return(by=request.actor, code=payload.code, at=timezone.now())
    return Status(201, show_recovery(recovery))


@router.get("/me/recoveries", response=PageOut[RecoveryOut], scope=None, who=SIGNED_IN)
def list_my_recoveries(request: ActorRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """List by what somebody may soon come back as me."""
    by = request.actor
    return listing(
        lambda: queries.recoveries_of(by.principal_id, timezone.now()),
        lambda recoveries: [show_recovery(each) for each in recoveries],
        query=query,
        order=("-created_at", "-id"),
    )


@router.delete("/me/recoveries", response={204: None}, scope=None, who=SIGNED_IN)
def stop_recovery(request: ActorRequest) -> Status[None]:
    """Let nobody come back as me: I have lost nothing."""
    actions.stop_recovery(by=request.actor, at=timezone.now())
    return Status(204, None)
