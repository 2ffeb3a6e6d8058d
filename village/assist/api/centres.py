"""Centres and their volunteers over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Status

from village.assist import actions, queries
from village.assist.actions.centres import Particulars
from village.assist.schemas.centres import (
    AccreditationOut,
    CentreIn,
    CentreOut,
    ReasonIn,
    VolunteerIn,
    show_accreditation,
    show_centre,
    show_centres,
)
from village.core.http import ActorRequest
from village.core.permissions import SIGNED_IN, Standing, may
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery
from village.journal.listing import listing
from village.residents.models import Role

router = Router()
BY_THE_STEWARD = may(Standing.STEWARD, seen_by=[Standing.MEMBER])
# Nobody decides about herself.
BY_A_COORDINATOR = may(Standing.COORDINATOR, seen_by=[Standing.VOLUNTEER], never=[Standing.OWNER])


@router.get("/centres", response=PageOut[CentreOut], scope=None, who=SIGNED_IN)
def list_centres(request: ActorRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """List the centres where I work, and as what."""
    places = {
        Role.COORDINATOR: queries.coordinated_centres(request.actor),
        Role.VOLUNTEER: queries.accredited_centres(request.actor, at=timezone.now()),
    }
    return listing(
        lambda: queries.centres_among(set().union(*places.values())),
        lambda centres: show_centres(
            [
                (each, [role for role, where in places.items() if each.pk in where])
                for each in centres
            ]
        ),
        query=query,
        order=("name", "id"),
    )


@router.post(
    "/villages/{slug:v}/centres", response={201: CentreOut}, scope=None, who=BY_THE_STEWARD
)
def open_centre(request: ActorRequest, v: str, payload: CentreIn) -> Status[CentreOut]:
    """Open a centre, as the steward of the village."""
    centre = actions.open_centre(
        by=request.actor, village=v, particulars=_particulars(payload), at=timezone.now()
    )
    return Status(201, show_centre(centre, []))


@router.put("/centres/{uuid:centre_id}", response=CentreOut, scope=None, who=BY_THE_STEWARD)
def change_centre(request: ActorRequest, centre_id: UUID, payload: CentreIn) -> CentreOut:
    """Change a centre, as the steward; what new mandates may cover changes from now on."""
    centre = actions.change_centre(
        by=request.actor,
        centre_id=centre_id,
        particulars=_particulars(payload),
        at=timezone.now(),
    )
    return show_centre(centre, [])


@router.post(
    "/centres/{uuid:centre_id}/close", response={204: None}, scope=None, who=BY_THE_STEWARD
)
def close_centre(request: ActorRequest, centre_id: UUID) -> Status[None]:
    """Close a centre, as the steward; every mandate and accreditation there ends with it."""
    actions.close_centre(by=request.actor, centre_id=centre_id, at=timezone.now())
    return Status(204, None)


@router.get(
    "/centres/{uuid:centre_id}/volunteers",
    response=PageOut[AccreditationOut],
    scope=None,
    who=may(Standing.COORDINATOR, seen_by=[Standing.VOLUNTEER]),
)
def list_volunteers(
    request: ActorRequest, centre_id: UUID, query: Query[PageQuery]
) -> dict[str, Any]:
    """List a centre's volunteers and how they stand, as a coordinator."""
    at = timezone.now()
    centre = queries.coordinated_or_404(request.actor, centre_id, at=at)
    return listing(
        lambda: queries.accreditations_of(centre),
        lambda rows: [show_accreditation(each, at=at) for each in rows],
        query=query,
        order=("-created_at", "-id"),
    )


@router.post(
    "/centres/{uuid:centre_id}/volunteers",
    response={201: AccreditationOut},
    scope=None,
    who=may(Standing.COORDINATOR, seen_by=[Standing.VOLUNTEER]),
)
def propose_volunteer(
    request: ActorRequest, centre_id: UUID, payload: VolunteerIn
) -> Status[AccreditationOut]:
    """Propose a trained volunteer, as a coordinator; two members then vouch for her."""
    at = timezone.now()
    proposed = actions.propose_volunteer(
        by=request.actor,
        centre_id=centre_id,
        volunteer_id=payload.volunteer,
        trained_on=payload.trained_on,
        valid_until=payload.valid_until,
        at=at,
    )
    return Status(201, show_accreditation(proposed, at=at))


@router.post(
    "/accreditations/{uuid:accreditation_id}/vouch",
    response=AccreditationOut,
    scope=None,
    who=may(Standing.MEMBER, never=[Standing.OWNER]),
)
def vouch_for(request: ActorRequest, accreditation_id: UUID) -> AccreditationOut:
    """Say that I know a volunteer and trust her; the second member's word lets her begin."""
    at = timezone.now()
    found = actions.vouch_for(by=request.actor, accreditation_id=accreditation_id, at=at)
    return show_accreditation(found, at=at)


@router.post(
    "/accreditations/{uuid:accreditation_id}/suspend",
    response=AccreditationOut,
    scope=None,
    who=BY_A_COORDINATOR,
)
def suspend_volunteer(
    request: ActorRequest, accreditation_id: UUID, payload: ReasonIn
) -> AccreditationOut:
    """Suspend a volunteer with a reason, as a coordinator."""
    at = timezone.now()
    found = actions.suspend_volunteer(
        by=request.actor, accreditation_id=accreditation_id, reason=payload.reason, at=at
    )
    return show_accreditation(found, at=at)


@router.post(
    "/accreditations/{uuid:accreditation_id}/resume",
    response=AccreditationOut,
    scope=None,
    who=BY_A_COORDINATOR,
)
def resume_volunteer(request: ActorRequest, accreditation_id: UUID) -> AccreditationOut:
    """Let a volunteer go on who was suspended or has fallen asleep, as a coordinator."""
    at = timezone.now()
    found = actions.resume_volunteer(by=request.actor, accreditation_id=accreditation_id, at=at)
    return show_accreditation(found, at=at)


@router.post(
    "/accreditations/{uuid:accreditation_id}/end",
    response=AccreditationOut,
    scope=None,
    who=BY_A_COORDINATOR,
)
def end_accreditation(request: ActorRequest, accreditation_id: UUID) -> AccreditationOut:
    """Thank a volunteer and let her go, as a coordinator."""
    at = timezone.now()
    found = actions.end_accreditation(by=request.actor, accreditation_id=accreditation_id, at=at)
    return show_accreditation(found, at=at)


def _particulars(payload: CentreIn) -> Particulars:
    return Particulars(
        name=payload.name,
        address=payload.address,
        phone=payload.phone or "",
        responsible=payload.responsible,
        insurance=payload.insurance,
        opening_hours=payload.opening_hours or "",
        allowed_scopes=payload.allowed_scopes,
        serves=payload.serves,
    )
