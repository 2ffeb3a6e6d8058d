"""Who am I, and which villages are there."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.utils import timezone
from ninja import Query, Status

from village.core.actor import EVERY_MANDATE, Scope
from village.core.http import ActorRequest
from village.core.permissions import ANYONE, MEMBERS, SIGNED_IN, Standing, may
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery
from village.journal.listing import listing
from village.residents import actions, consents, contacts, erasing, exporting, queries
from village.residents.models import Language, Village
from village.residents.schemas import (
    LEVELS,
    ActingForOut,
    AgreementIn,
    AgreementOut,
    BlockOut,
    BoardNameIn,
    BoardNameOut,
    ContactDetailsIn,
    ContactDetailsOut,
    ExportOut,
    LanguageIn,
    LanguageOut,
    MemberOut,
    MembershipOut,
    MeOut,
    VillageOut,
    WithdrawalIn,
    show_block,
    show_consent,
    show_contact,
    show_export,
    show_member,
)

router = Router()
# Whoever shares a village with her; herself she is told that she cannot.
SOMEBODY = may(Standing.MEMBER, Standing.OWNER)


@router.get("/me", response=MeOut, scope=EVERY_MANDATE, who=SIGNED_IN)
def show_me(request: ActorRequest) -> MeOut:
    """Show who is signed in, and for whom the request acts."""
    by = request.actor
    me = queries.resident_or_404(by.helper_id or by.principal_id)
    principal = queries.resident_or_404(by.principal_id)
    levels = queries.residency_by_village(me.pk)
    acting_for = None
    if by.mandate_id is not None:
        acting_for = ActingForOut(
            id=principal.pk,
            display_name=principal.display_name,
            mandate=by.mandate_id,
            scopes=sorted(by.scopes),
            until=by.until,
        )
    return MeOut(
        id=me.pk,
        display_name=me.display_name,
        board_name=me.board_name,
        language=me.language,
        large_print=principal.large_print,
        memberships=[
            MembershipOut(village=village, roles=roles, residency=LEVELS[levels[village]])
            for village, roles in queries.roles_by_village(me.pk).items()
            if village in levels
        ],
        acting_for=acting_for,
        second_factor=_second_factor(me.pk),
    )


@router.put("/me/board-name", response=BoardNameOut, scope=None, who=SIGNED_IN)
def choose_board_name(request: ActorRequest, payload: BoardNameIn) -> BoardNameOut:
    """Choose by how much of one's name the neighbours see one, where the village allows it."""
    me = actions.choose_board_name(by=request.actor, is_full=payload.full, at=timezone.now())
    return BoardNameOut(full=me.full_name_on_board, board_name=me.board_name)


@router.get("/me/contact", response=ContactDetailsOut, scope=Scope.CONTACT_DETAILS, who=SIGNED_IN)
def show_my_contact(request: ActorRequest) -> ContactDetailsOut:
    """Show where the town hall finds me; what I am told goes by `/me/reach`, and never there."""
    return show_contact(contacts.contact_of(request.actor.principal_id))


@router.put(
    "/me/contact",
    response=ContactDetailsOut,
    scope=Scope.CONTACT_DETAILS,
    who=may(Standing.SIGNED_IN, note="in somebody's name it takes two volunteers"),
)
def keep_my_contact(request: ActorRequest, payload: ContactDetailsIn) -> ContactDetailsOut:
    """Leave my address and number with the town hall; in somebody's name two volunteers do it."""
    kept = contacts.keep_contact(
        by=request.actor, address=payload.address, phone=payload.phone, at=timezone.now()
    )
    return show_contact(kept)


@router.put("/me/language", response=LanguageOut, scope=None, who=SIGNED_IN)
def choose_language(request: ActorRequest, payload: LanguageIn) -> LanguageOut:
    """Choose in which language the village speaks with one: on pages, in letters, in notices."""
    me = actions.choose_language(by=request.actor, language=payload.language, at=timezone.now())
    return LanguageOut(language=Language(me.language))


@router.delete("/me", response={204: None}, scope=None, who=SIGNED_IN)
def erase_me(request: ActorRequest) -> Status[None]:
    """Erase oneself, for good: the account, the name, and what one has written."""
    by = request.actor
    erasing.erase_resident(by=by, resident_id=by.principal_id, at=timezone.now())
    return Status(204, None)


@router.delete("/me/memberships/{slug:v}", response={204: None}, scope=None, who=MEMBERS)
def leave_village(request: ActorRequest, v: str) -> Status[None]:
    """Move away: the membership ends, and with it what depends on it."""
    by = request.actor
    actions.leave_village(by=by, village=v, resident_id=by.principal_id, at=timezone.now())
    return Status(204, None)


@router.post("/me/export", response={202: ExportOut}, scope=None, who=SIGNED_IN)
def ask_for_export(request: ActorRequest) -> Status[ExportOut]:
    """Ask for all that is kept of oneself; it is written in the background."""
    export = exporting.ask_for_export(by=request.actor, at=timezone.now())
    return Status(202, show_export(export))


@router.get("/me/export", response=ExportOut, scope=None, who=SIGNED_IN)
def show_my_export(request: ActorRequest) -> ExportOut:
    """Show how far it is."""
    return show_export(exporting.latest(request.actor))


@router.get(
    "/me/export/file",
    scope=None,
    who=SIGNED_IN,
    openapi_extra={
        "responses": {
            200: {
                "description": "The file.",
                "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def fetch_export(request: ActorRequest) -> FileResponse:
    """Fetch the file: one JSON document for each kind of thing, and the pictures."""
    file = exporting.open_file(by=request.actor, at=timezone.now())
    response = FileResponse(
        file, as_attachment=True, filename="village.zip", content_type="application/zip"
    )
    response["Cache-Control"] = "private, no-store"
    return response


@router.get("/me/consents", response=list[AgreementOut], scope=None, who=SIGNED_IN)
def list_consents(request: ActorRequest) -> list[AgreementOut]:
    """List what one can agree to, and whether one has; nothing of it is needed to live here."""
    mine = consents.consents_of(request.actor)
    return [show_consent(each, mine.get(key)) for key, each in consents.SUBJECTS.items()]


@router.post("/me/consents", response={201: AgreementOut}, scope=None, who=SIGNED_IN)
def give_consent(request: ActorRequest, payload: AgreementIn) -> Status[AgreementOut]:
    """Agree to something, in the words of the newest version."""
    given = consents.give_consent(
        by=request.actor, subject=payload.subject, version=payload.version, at=timezone.now()
    )
    return Status(201, show_consent(consents.subject_or_404(payload.subject), given))


@router.post("/me/consents/withdraw", response={204: None}, scope=None, who=SIGNED_IN)
def withdraw_consent(request: ActorRequest, payload: WithdrawalIn) -> Status[None]:
    """Agree no longer."""
    consents.withdraw_consent(by=request.actor, subject=payload.subject, at=timezone.now())
    return Status(204, None)


@router.get("/me/blocks", response=PageOut[BlockOut], scope=None, who=SIGNED_IN)
def list_blocks(request: ActorRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """List those whom one does not want to meet, newest first."""
    return listing(
        lambda: queries.blocks_of(request.actor),
        lambda blocks: [show_block(block) for block in blocks],
        query=query,
        order=("-created_at", "-id"),
    )


@router.put("/me/blocks/{uuid:resident_id}", response=BlockOut, scope=None, who=SOMEBODY)
def block(request: ActorRequest, resident_id: UUID) -> BlockOut:
    """Meet somebody no more: neither sees the other, and nobody is told."""
    actions.block(by=request.actor, resident_id=resident_id, at=timezone.now())
    return show_block(queries.blocks_of(request.actor).get(blocked=resident_id))


@router.delete("/me/blocks/{uuid:resident_id}", response={204: None}, scope=None, who=MEMBERS)
def unblock(request: ActorRequest, resident_id: UUID) -> Status[None]:
    """Take a block back."""
    actions.unblock(by=request.actor, resident_id=resident_id, at=timezone.now())
    return Status(204, None)


@router.get(
    "/villages/{slug:v}/members", response=PageOut[MemberOut], scope=EVERY_MANDATE, who=MEMBERS
)
def list_members(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List those who let their neighbours find them, and those who hold an office."""
    village = queries.member_of(request.actor, v)
    return listing(
        lambda: queries.people_to_be_found(request.actor, village.pk),
        lambda members: [show_member(member) for member in members],
        query=query,
        order=("resident__display_name", "id"),
    )


@router.get("/villages", response=PageOut[VillageOut], auth=None, scope=EVERY_MANDATE, who=ANYONE)
def list_villages(request: HttpRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """List the villages of this deployment."""
    return listing(
        queries.all_villages,
        lambda villages: [_show(village) for village in villages],
        query=query,
        order=("name", "pk"),
    )


@router.get("/villages/{slug:v}", response=VillageOut, auth=None, scope=EVERY_MANDATE, who=ANYONE)
def show_village(request: HttpRequest, v: str) -> VillageOut:
    """Show a village."""
    return _show(queries.village_or_404(v))


def _show(village: Village) -> VillageOut:
    return VillageOut(
        id=village.pk,
        village=village.pk,
        name=village.name,
        language=village.language,
        zone=village.zone,
        lat=village.lat,
        lng=village.lng,
        created_at=village.created_at,
    )


def _second_factor(resident_id: UUID) -> Literal["not_needed", "missing", "set_up"]:
    if queries.has_second_factor(resident_id):
        return "set_up"
    return "missing" if queries.needs_second_factor(resident_id) else "not_needed"
