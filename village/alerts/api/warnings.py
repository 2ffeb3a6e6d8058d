"""Warnings over HTTP. Nobody warns a village in somebody else's name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Status

from village.alerts import actions, policies, queries
from village.alerts.schemas import (
    AlertCancelIn,
    AlertDraftOut,
    AlertIn,
    AlertOut,
    AlertSourceIn,
    AlertSourceOut,
    AlertTemplateOut,
    show_alert,
    show_draft,
    show_source,
    show_template,
)
from village.alerts.wordings import TEMPLATES
from village.core.actor import Scope
from village.core.errors import NotFound
from village.core.http import ActorRequest
from village.core.permissions import MEMBERS, Standing, may
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery
from village.journal.listing import listing
from village.residents.queries import member_of

router = Router()
WARNERS = (Standing.CLERK, Standing.STEWARD)
WARNS = may(*WARNERS, seen_by=[Standing.MEMBER])
DECIDES = may(*WARNERS)
LISTENS = may(Standing.STEWARD, seen_by=[Standing.MEMBER])
NEWEST_FIRST = ("-created_at", "-id")


@router.get(
    "/villages/{slug:v}/alerts", response=PageOut[AlertOut], scope=Scope.NEWS_READ, who=MEMBERS
)
def list_alerts(
    request: ActorRequest, v: str, query: Query[PageQuery], in_force: bool = False
) -> dict[str, Any]:
    """List what the village was warned of, newest first; with ``in_force`` what holds now."""
    village = member_of(request.actor, v)
    told = queries.told_in(village.pk)
    return listing(
        lambda: told.in_force(timezone.now()) if in_force else told,
        lambda alerts: [show_alert(each) for each in alerts],
        query=query,
        order=NEWEST_FIRST,
        address=f"villages/{village.pk}/alerts",
    )


@router.post("/villages/{slug:v}/alerts", response={201: AlertDraftOut}, scope=None, who=WARNS)
def draft_alert(request: ActorRequest, v: str, payload: AlertIn) -> Status[AlertDraftOut]:
    """Draft an alert; a second person releases it."""
    policies.may_warn(request.actor, v).enforce()
    at = timezone.now()
    draft = actions.draft_alert(by=request.actor, village=v, danger=payload.as_danger(at), at=at)
    return Status(201, _shown(draft.pk))


@router.get(
    "/villages/{slug:v}/alert-templates",
    response=list[AlertTemplateOut],
    scope=None,
    who=WARNS,
)
def list_templates(request: ActorRequest, v: str) -> list[AlertTemplateOut]:
    """List the templates."""
    policies.may_warn(request.actor, v).enforce()
    return [show_template(each) for each in TEMPLATES.values()]


@router.get(
    "/villages/{slug:v}/alert-drafts", response=PageOut[AlertDraftOut], scope=None, who=WARNS
)
def list_drafts(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List what waits for a second person, newest first."""
    policies.may_warn(request.actor, v).enforce()
    return listing(
        lambda: queries.drafts_in(v),
        lambda drafts: [show_draft(each) for each in drafts],
        query=query,
        order=NEWEST_FIRST,
        address=f"villages/{v}/alert-drafts",
    )


@router.get("/alerts/{uuid:alert_id}", response=AlertOut, scope=Scope.NEWS_READ, who=MEMBERS)
def get_alert(request: ActorRequest, alert_id: UUID) -> AlertOut:
    """Show an alert; those who warn are also shown what waits and what was discarded."""
    return show_alert(queries.visible_alert(request.actor, alert_id))


@router.post("/alerts/{uuid:alert_id}/update", response={201: AlertDraftOut}, scope=None, who=WARNS)
def update_alert(request: ActorRequest, alert_id: UUID, payload: AlertIn) -> Status[AlertDraftOut]:
    """Draft how a danger in force goes on; it replaces the alert once a second one releases it."""
    told = queries.visible_alert(request.actor, alert_id)
    policies.may_warn(request.actor, told.village_id).enforce()
    at = timezone.now()
    draft = actions.draft_update(
        by=request.actor, alert_id=alert_id, danger=payload.as_danger(at), at=at
    )
    return Status(201, _shown(draft.pk))


@router.post("/alerts/{uuid:alert_id}/cancel", response={201: AlertOut}, scope=None, who=WARNS)
def cancel_alert(request: ActorRequest, alert_id: UUID, payload: AlertCancelIn) -> Status[AlertOut]:
    """Take an alert in force back, at once."""
    cancel = actions.cancel_alert(
        by=request.actor, alert_id=alert_id, why=payload.why, at=timezone.now()
    )
    return Status(201, _shown(cancel.pk))


@router.post(
    "/alert-drafts/{uuid:draft_id}/release",
    response=AlertOut,
    scope=None,
    who=may(*WARNERS, note="another one than who has written it"),
)
def release_alert(request: ActorRequest, draft_id: UUID) -> AlertOut:
    """Tell the village, as the second person."""
    actions.release_alert(by=request.actor, alert_id=draft_id, at=timezone.now())
    return _shown(draft_id)


@router.post(
    "/alert-drafts/{uuid:draft_id}/discard", response=AlertDraftOut, scope=None, who=DECIDES
)
def discard_alert(request: ActorRequest, draft_id: UUID) -> AlertDraftOut:
    """Throw a draft away."""
    actions.discard_alert(by=request.actor, alert_id=draft_id, at=timezone.now())
    return _shown(draft_id)


@router.get(
    "/villages/{slug:v}/alert-sources",
    response=PageOut[AlertSourceOut],
    scope=None,
    who=WARNS,
)
def list_sources(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List whose warnings the village hears, and how they answer."""
    policies.may_warn(request.actor, v).enforce()
    return listing(
        lambda: queries.feeds_in(v),
        lambda feeds: [show_source(each) for each in feeds],
        query=query,
        order=("-created_at", "-id"),
    )


@router.post(
    "/villages/{slug:v}/alert-sources", response={201: AlertSourceOut}, scope=None, who=LISTENS
)
def hear_source(request: ActorRequest, v: str, payload: AlertSourceIn) -> Status[AlertSourceOut]:
    """Hear another authority's warnings from now on."""
    feed = actions.hear_source(
        by=request.actor,
        village=v,
        name=payload.name,
        url=payload.url,
        codes=payload.codes,
        is_trusted=payload.trusted,
        at=timezone.now(),
    )
    return Status(201, show_source(feed))


@router.delete("/alert-sources/{uuid:source_id}", response={204: None}, scope=None, who=LISTENS)
def forget_source(request: ActorRequest, source_id: UUID) -> Status[None]:
    """Hear a source no more; what it has brought stays."""
    actions.forget_source(by=request.actor, feed_id=source_id, at=timezone.now())
    return Status(204, None)


def _shown(alert_id: UUID) -> AlertDraftOut:
    found = queries.draft(alert_id)
    if found is None:
        raise NotFound
    return show_draft(found)
