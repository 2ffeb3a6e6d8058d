"""Warnings in a browser: what is in force, and the desk of those who warn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from village.alerts import actions, policies, queries, rolls
from village.alerts.forms import DangerForm, RollCallForm
from village.alerts.models import Alert, Stage
from village.alerts.wordings import TEMPLATES
from village.core.actor import Scope
from village.core.doors import Door, Front, open_door
from village.core.errors import DomainError, Invalid, NotFound
from village.core.pages import PageRequest, page, tell
from village.journal.queries import top
from village.residents.pages import enter
from village.stewardship.queries import neighbourhoods_of

EARLIER = 10


@require_GET
@page(scope=Scope.NEWS_READ, door="alerts")
def alerts(request: PageRequest, v: str) -> HttpResponse:
    """Show what is in force and what was; to those who warn, what waits for them."""
    village = enter(request, v)
    shown = _region(request, village.pk)
    if "HX-Request" in request.headers:
        return render(request, "alerts/_alerts.html", shown)
    if shown["warns"]:
        shown |= {
            "templates": [(each.key, _word(each.texts)) for each in TEMPLATES.values()],
            "sources": queries.feeds_in(village.pk).order_by("name"),
        }
    return render(request, "alerts/alerts.html", shown | {"village": village})


@require_GET
@page(scope=Scope.NEWS_READ, door="alerts")
def alert(request: PageRequest, alert_id: UUID) -> HttpResponse:
    """Show one warning; to those who warn, what they can do about it."""
    found = queries.visible_alert(request.actor, alert_id)
    village = enter(request, found.village_id)
    is_in_force = found in queries.in_force(village.pk, timezone.now())
    warns = queries.is_authority(request.actor, village.pk)
    shown = {
        "village": village,
        "alert": found,
        "text": found.text_for(get_language() or ""),
        "is_in_force": is_in_force,
        "waits": found.waits,
        "may_release": found.waits and bool(policies.may_release(request.actor, found)),
        "may_discard": found.waits and warns,
        "may_follow": is_in_force and warns,
        "roll_calls": rolls.roll_calls_in(village.pk).filter(alert=found).order_by("-created_at"),
        "roll_call_form": RollCallForm(),
    }
    return render(request, "alerts/alert.html", shown)


@require_http_methods(["GET", "POST"])
@page(scope=None, door="alerts")
def compose(request: PageRequest, v: str, key: str) -> HttpResponse:
    """Draft a warning from a template."""
    village = enter(request, v)
    policies.may_warn(request.actor, village.pk).enforce()
    template = TEMPLATES.get(key)
    if template is None:
        raise NotFound
    form = DangerForm(template, neighbourhoods_of(village.pk), request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            draft = actions.draft_alert(
                by=request.actor, village=village.pk, danger=form.danger(at), at=at
            )
        except DomainError as error:
            tell(form, error)
        else:
            return redirect("alert", draft.pk)
    return _form(request, form, _word(template.texts))


@require_http_methods(["GET", "POST"])
@page(scope=None, door="alerts")
def follow(request: PageRequest, alert_id: UUID) -> HttpResponse:
    """Draft how a danger goes on."""
    told = queries.visible_alert(request.actor, alert_id)
    village = enter(request, told.village_id)
    policies.may_warn(request.actor, village.pk).enforce()
    form = DangerForm(told, neighbourhoods_of(village.pk), request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            draft = actions.draft_update(
                by=request.actor, alert_id=told.pk, danger=form.danger(at), at=at
            )
        except DomainError as error:
            tell(form, error)
        else:
            return redirect("alert", draft.pk)
    return _form(request, form, told.text_for(get_language() or "")["event"])


@require_POST
@page(scope=None, door="alerts")
def decide(request: PageRequest, alert_id: UUID) -> HttpResponse:
    """Release a draft or throw it away, or take a warning back."""
    act = _STEPS.get(request.POST.get("step", ""))
    if act is None:
        raise Invalid(gettext("Please choose what to do."))
    found = act(by=request.actor, alert_id=alert_id, at=timezone.now())
    return redirect("alert", found.pk)


_STEPS = {
    "release": actions.release_alert,
    "discard": actions.discard_alert,
    "cancel": actions.cancel_alert,
}


def _form(request: PageRequest, form: DangerForm, word: str) -> HttpResponse:
    shown = {"form": form, "word": word, "has_parts": bool(form["near"].subwidgets)}
    return render(request, "alerts/compose.html", shown, status=422 if form.errors else 200)


def _region(request: HttpRequest, village: str) -> dict[str, Any]:
    """Give what moves when something is told."""
    topic = f"villages/{village}/alerts"
    position = top(topic)
    at, language = timezone.now(), get_language() or ""
    warns = queries.is_authority(request.actor, village)  # type: ignore[attr-defined]
    force = list(queries.in_force(village, at))
    earlier = queries.told_in(village).exclude(pk__in=[each.pk for each in force])
    drafts = queries.drafts_in(village).order_by("-created_at") if warns else []

    def told(each: Alert) -> tuple[Alert, dict[str, str]]:
        return each, each.text_for(language)

    return {
        "village": village,
        "topic": topic,
        "position": position,
        "warns": warns,
        "in_force": list(map(told, force)),
        "earlier": list(map(told, earlier.order_by("-created_at")[:EARLIER])),
        "drafts": list(map(told, drafts)),
        "cancelled": Stage.CANCELLED,
    }


def _word(texts: list[dict[str, str]]) -> str:
    language = (get_language() or "")[:2]
    return next((each for each in texts if each["language"] == language), texts[0])["event"]


open_door(
    Door(
        key="alerts",
        place=0,
        title=_("Warnings"),
        url="alerts",
        icon="warning",
        scope=Scope.NEWS_READ,
        front=Front("alerts/_front.html", _region),
    )
)
