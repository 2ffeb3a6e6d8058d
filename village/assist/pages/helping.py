"""Helping: for whom one may act, who may act for oneself, and what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from village.assist import actions, policies, queries
from village.assist.actions import Proof
from village.assist.forms import MandateForm
from village.assist.models import Centre, ConsentKind, Mandate, MandateStatus
from village.assist.words import SCOPES
from village.core.actor import Actor
from village.core.doors import Door, open_door
from village.core.errors import DomainError, NotFound
from village.core.pages import PageRequest, page, tell
from village.core.pagination import page as cut
from village.institutions.schemas import shown_badge
from village.journal.queries import NOWHERE, Top, top, tops
from village.residents.pages import enter, stay_home
from village.residents.queries import members

ON_A_PAGE = 30
NEWEST_FIRST = ("-created_at", "-id")


@dataclass(frozen=True, slots=True)
class Held:
    """Hold the people for whom somebody may act under one centre."""

    centre: Centre
    mandates: list[Mandate]
    position: Top

    @property
    def topic(self) -> str:
        """Give the address of the stream that tells of this centre."""
        return _desk_topic(self.centre.pk)


@require_GET
@page(scope=None, door="helping")
def helping(request: PageRequest) -> HttpResponse:
    """Show for whom one may act, and who may act for oneself."""
    stay_home(request)
    at, by = timezone.now(), request.actor
    position = top(f"residents/{by.principal_id}")
    shown = {
        "held": _held(by, at),
        "desks": queries.centres_among(queries.coordinated_centres(by)).order_by("name"),
        "given": _given(by, at),
        "asked": _asked(by, at),
        "topic": "residents/me",
        "position": position,
    }
    if "HX-Request" in request.headers:
        return render(request, "assist/_given.html", shown)
    return render(request, "assist/helping.html", shown)


@require_GET
@page(scope=None, door="helping")
def held(request: PageRequest, centre_id: UUID) -> HttpResponse:
    """Show for whom one may act under a centre, to be fetched when that has changed."""
    stay_home(request)
    at = timezone.now()
    shown = next((each for each in _held(request.actor, at) if each.centre.pk == centre_id), None)
    if shown is None:
        raise NotFound
    return render(request, "assist/_held.html", {"under": shown})


@require_GET
@page(scope=None, door="helping")
def mandate(request: PageRequest, mandate_id: UUID) -> HttpResponse:
    """Show a mandate."""
    stay_home(request)
    at = timezone.now()
    found = queries.visible_mandate(request.actor, mandate_id, at=at)
    shown = {
        "mandate": found,
        "covers": [(scope, words) for scope, words in SCOPES.items() if scope in found.covers],
        "status": found.status(at),
        "badge": shown_badge(found.centre_id, found.centre.name),
        "is_mine": found.person_id == request.actor.principal_id,
        "may_look_after": bool(
            policies.may_look_after(request.actor, found.centre, found.person_id)
        ),
        "may_revoke": found.status(at) is MandateStatus.ACTIVE
        and bool(policies.may_revoke(request.actor, found, at=at)),
    }
    return render(request, "assist/mandate.html", shown)


@require_POST
@page(scope=None, door="helping")
def revoke(request: PageRequest, mandate_id: UUID) -> HttpResponse:
    """End a mandate at once."""
    actions.revoke_mandate(by=request.actor, mandate_id=mandate_id, at=timezone.now())
    return redirect("mandate", mandate_id)


@require_POST
@page(scope=None, door="helping")
def revoke_scope(request: PageRequest, mandate_id: UUID, scope: str) -> HttpResponse:
    """Take one thing out of a mandate at once."""
    actions.revoke_scope(by=request.actor, mandate_id=mandate_id, scope=scope, at=timezone.now())
    return redirect("mandate", mandate_id)


@require_GET
@page(scope=None, door="helping")
def desk(request: PageRequest, centre_id: UUID) -> HttpResponse:
    """Show the mandates of a centre to those who work there."""
    at = timezone.now()
    topic = _desk_topic(centre_id)
    position = top(topic)
    centre = queries.desk_or_404(request.actor, centre_id, at=at)
    enter(request, centre.village_id)
    after = request.GET.get("after")
    rows = cut(
        queries.mandates_visible_to(request.actor, at=at).filter(centre=centre),
        order=NEWEST_FIRST,
        limit=ON_A_PAGE,
        after=after,
    )
    shown = {
        "centre": centre,
        "topic": topic,
        "position": position,
        "mandates": [(each, each.status(at)) for each in rows.items],
        "next": rows.next,
        "after": after,
        "may_grant": queries.is_coordinator(request.actor, centre),
    }
    is_part = "HX-Request" in request.headers
    return render(request, "assist/_desk.html" if is_part else "assist/desk.html", shown)


@require_http_methods(["GET", "POST"])
@page(scope=None, door="helping")
def register(request: PageRequest, centre_id: UUID) -> HttpResponse:
    """Register, as a coordinator, that a person lets the centre act for her."""
    at = timezone.now()
    centre = queries.desk_or_404(request.actor, centre_id, at=at)
    # Asked before anything is filled in; nobody has this id.
    policies.may_look_after(request.actor, centre, UUID(int=0)).enforce()
    enter(request, centre.village_id)
    form = MandateForm(members(centre.village_id), request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.grant_mandate(
                by=request.actor,
                centre_id=centre.pk,
                person_id=given["person"].pk,
                scopes=form.chosen,
                term=given["term"],
                consent=Proof(ConsentKind.PAPER, witness=given["witness"]),
                at=at,
            )
        except DomainError as error:
            tell(form, error)
        else:
            return redirect("mandate", made.pk)
    shown = {"form": form, "centre": centre}
    return render(request, "assist/register.html", shown, status=422 if form.is_bound else 200)


def _held(by: Actor, at: datetime) -> list[Held]:
    """Give the people for whom somebody may act; where the streams stand is asked first."""
    centres = list(
        queries.centres_among(queries.accredited_centres(by, at=at)).order_by("name", "pk")
    )
    stands = tops(_desk_topic(centre.pk) for centre in centres)
    mandates = list(
        queries.mandates_of_helper(by.principal_id, at=at)
        .select_related("person", "centre")
        .order_by("person__display_name", "pk")
    )
    return [
        Held(
            centre,
            [each for each in mandates if each.centre_id == centre.pk],
            stands.get(_desk_topic(centre.pk), NOWHERE),
        )
        for centre in centres
    ]


def _given(by: Actor, at: datetime) -> list[tuple[Mandate, list[str]]]:
    own = queries.mandates_of_person(by.principal_id).order_by(*NEWEST_FIRST)
    return [(each, _covers(each)) for each in own if each.status(at) is MandateStatus.ACTIVE]


def _asked(by: Actor, at: datetime) -> list[Mandate]:
    own = queries.mandates_of_person(by.principal_id).order_by(*NEWEST_FIRST)
    return [each for each in own if each.status(at) is MandateStatus.PENDING]


def _covers(mandate: Mandate) -> list[str]:
    return [str(words) for scope, words in SCOPES.items() if scope in mandate.covers]


def _desk_topic(centre_id: UUID) -> str:
    return f"centres/{centre_id}/desk"


def _has_to_do_with_it(by: Actor) -> bool:
    """Tell whether somebody helps, coordinates, or is helped."""
    at = timezone.now()
    return (
        bool(queries.accredited_centres(by, at=at))
        or bool(queries.coordinated_centres(by))
        or queries.mandates_of_person(by.principal_id).exists()
    )


open_door(
    Door(
        key="helping",
        place=6,
        title=_("Helping"),
        url="helping",
        icon="hands",
        scope=None,
        in_village=False,
        is_shown=_has_to_do_with_it,
    )
)
