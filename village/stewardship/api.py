"""The stewards' desk over HTTP. Nothing here is ever done in somebody else's name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import File, Query, Status
from ninja.files import UploadedFile

from village.core.errors import NotFound
from village.core.etags import guard_edit
from village.core.http import ActorRequest
from village.core.idempotency import show_once
from village.core.json import dump
from village.core.permissions import MEMBERS, Standing, may
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery
from village.journal.listing import listing
from village.residents.queries import member_of
from village.stewardship import actions, policies, queries, schemas
from village.stewardship.schemas import (
    BoundaryIn,
    GrantOut,
    KeyIn,
    KeyOut,
    NeighbourhoodIn,
    NeighbourhoodOut,
    NewKeyOut,
    OnboardingOut,
    RoleIn,
    SettingsIn,
    SetupOut,
    StepOut,
    role,
    show_grant,
)

router = Router()
STEWARDS = may(Standing.STEWARD, seen_by=[Standing.MEMBER])
OFFICES = (Standing.EDITOR, Standing.CLERK)
ROLES = "/villages/{slug:v}/roles"
ROLE = "/roles/{uuid:grant_id}"


@router.get(ROLES, response=PageOut[GrantOut], scope=None, who=MEMBERS)
def list_roles(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List who is what, and what is proposed: all to a steward, one's own to others."""
    return listing(
        lambda: queries.roles_visible_to(request.actor, v),
        lambda grants: [show_grant(each) for each in grants],
        query=query,
        order=("role", "id"),
    )


@router.post(ROLES, response={201: GrantOut}, scope=None, who=STEWARDS)
def grant_role(request: ActorRequest, v: str, payload: RoleIn) -> Status[GrantOut]:
    """Give a member a role, or propose it where it takes two stewards."""
    grant = actions.grant_role(
        by=request.actor,
        village=v,
        resident_id=payload.resident,
        role=role(payload.role),
        of=payload.of,
        until=payload.until,
        at=timezone.now(),
    )
    return Status(201, _show(grant.pk))


@router.post(
    ROLE + "/confirm",
    response=GrantOut,
    scope=None,
    who=may(
        Standing.STEWARD, seen_by=[Standing.OWNER], note="another one than who has proposed it"
    ),
)
def confirm_role(request: ActorRequest, grant_id: UUID) -> GrantOut:
    """Agree, as the second steward, that somebody gets a role."""
    actions.confirm_role(by=request.actor, grant_id=grant_id, at=timezone.now())
    return _show(grant_id)


@router.delete(ROLE, response={204: None}, scope=None, who=may(Standing.STEWARD, Standing.OWNER))
def end_role(request: ActorRequest, grant_id: UUID) -> Status[None]:
    """Take a role back, give one's own back, or drop a proposal."""
    actions.end_role(by=request.actor, grant_id=grant_id, at=timezone.now())
    return Status(204, None)


@router.get("/villages/{slug:v}/setup", response=SetupOut, scope=None, who=MEMBERS)
def show_setup(request: ActorRequest, v: str) -> SetupOut:
    """Show how the village is set up: its look, its boundary, whom to ask."""
    return schemas.show_setup(member_of(request.actor, v))


@router.put("/villages/{slug:v}/settings", response=SetupOut, scope=None, who=STEWARDS)
def change_settings(request: ActorRequest, v: str, payload: SettingsIn) -> SetupOut:
    """Change all settings of the village at once; If-Match takes the ETag of its setup."""
    village = member_of(request.actor, v)
    guard_edit(request, dump(schemas.show_setup(village).model_dump()))
    actions.change_settings(by=request.actor, village=v, settings=payload, at=timezone.now())
    return schemas.show_setup(member_of(request.actor, v))


@router.put("/villages/{slug:v}/boundary", response=SetupOut, scope=None, who=STEWARDS)
def draw_boundary(request: ActorRequest, v: str, payload: BoundaryIn) -> SetupOut:
    """Draw the boundary of the village, or take it away."""
    at = timezone.now()
    actions.draw_boundary(by=request.actor, village=v, boundary=payload.boundary, at=at)
    return schemas.show_setup(member_of(request.actor, v))


@router.post("/villages/{slug:v}/arms", response=SetupOut, scope=None, who=STEWARDS)
def show_arms(request: ActorRequest, v: str, file: File[UploadedFile]) -> SetupOut:
    """Give the village its coat of arms: JPEG, PNG or WebP, at most 1 MB."""
    picture = file.read(actions.ARMS_MAX + 1)
    actions.show_arms(by=request.actor, village=v, picture=picture, at=timezone.now())
    return schemas.show_setup(member_of(request.actor, v))


@router.delete("/villages/{slug:v}/arms", response=SetupOut, scope=None, who=STEWARDS)
def remove_arms(request: ActorRequest, v: str) -> SetupOut:
    """Take the coat of arms away."""
    actions.show_arms(by=request.actor, village=v, picture=None, at=timezone.now())
    return schemas.show_setup(member_of(request.actor, v))


@router.get("/villages/{slug:v}/onboarding", response=OnboardingOut, scope=None, who=STEWARDS)
def show_onboarding(request: ActorRequest, v: str) -> OnboardingOut:
    """Show what the village still needs, the most important first."""
    village = member_of(request.actor, v)
    policies.may_steward(request.actor, v).enforce()
    steps = queries.onboarding(village).items()
    return OnboardingOut(village=v, steps=[StepOut(step=step, done=done) for step, done in steps])


@router.post(
    "/villages/{slug:v}/neighbourhoods",
    response={201: NeighbourhoodOut},
    scope=None,
    who=STEWARDS,
)
def name_neighbourhood(
    request: ActorRequest, v: str, payload: NeighbourhoodIn
) -> Status[NeighbourhoodOut]:
    """Name a part of the village."""
    made = actions.name_neighbourhood(
        by=request.actor, village=v, name=payload.name, at=timezone.now()
    )
    return Status(201, schemas.show_neighbourhood(made))


@router.delete(
    "/neighbourhoods/{uuid:neighbourhood_id}", response={204: None}, scope=None, who=STEWARDS
)
def forget_neighbourhood(request: ActorRequest, neighbourhood_id: UUID) -> Status[None]:
    """Forget a neighbourhood; whoever lives there still lives in the village."""
    actions.forget_neighbourhood(
        by=request.actor, neighbourhood_id=neighbourhood_id, at=timezone.now()
    )
    return Status(204, None)


@router.get("/villages/{slug:v}/keys", response=PageOut[KeyOut], scope=None, who=MEMBERS)
def list_keys(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List the API keys of my offices with their last use; all of the village to a steward."""
    return listing(
        lambda: queries.keys_visible_to(request.actor, v),
        lambda keys: [schemas.show_key(each) for each in keys],
        query=query,
        order=("-created_at", "-id"),
    )


@router.post(
    "/villages/{slug:v}/keys",
    response={201: NewKeyOut},
    scope=None,
    who=may(*OFFICES, seen_by=[Standing.MEMBER]),
)
def make_key(request: ActorRequest, v: str, payload: KeyIn) -> Status[NewKeyOut]:
    """Give a machine a key for an office that I hold; its secret is shown this once."""
    key, secret = actions.make_key(
        by=request.actor,
        village=v,
        name=payload.name,
        role=role(payload.role),
        of=payload.of,
        scopes=payload.scopes,
        at=timezone.now(),
    )
    show_once(request)
    return Status(201, schemas.show_new_key(key, secret))


@router.post("/keys/{uuid:key_id}/rotate", response=NewKeyOut, scope=None, who=may(*OFFICES))
def rotate_key(request: ActorRequest, key_id: UUID) -> NewKeyOut:
    """Give a key a new secret, shown this once; the one before stays good for a day."""
    key, secret = actions.rotate_key(by=request.actor, key_id=key_id, at=timezone.now())
    show_once(request)
    return schemas.show_new_key(key, secret)


@router.delete(
    "/keys/{uuid:key_id}", response={204: None}, scope=None, who=may(*OFFICES, Standing.STEWARD)
)
def end_key(request: ActorRequest, key_id: UUID) -> Status[None]:
    """End a key at once."""
    actions.end_key(by=request.actor, key_id=key_id, at=timezone.now())
    return Status(204, None)


def _show(grant_id: UUID) -> GrantOut:
    found = queries.grant(grant_id)
    if found is None:
        raise NotFound
    return show_grant(found)
