"""The stewards' page of what is shared, and the shelves on which one reads of another village."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from village.core.actor import EVERY_MANDATE
from village.core.errors import DomainError, NotFound
from village.core.pages import PageRequest, page, tell
from village.federation import actions, queries
from village.federation.forms import SharingForm
from village.federation.models import Shared
from village.federation.shelves import shelves
from village.journal.queries import top
from village.residents.models import Village
from village.residents.pages import enter, stay_home
from village.residents.queries import is_member, village_or_404
from village.stewardship.policies import may_steward


def visit(request: PageRequest, slug: str, what: Shared) -> tuple[Village, bool]:
    """
    Enter a village, or look into one that shows this; tell whether one is a guest there.

    A guest stays at home: the doors of the layout are those of her own village.

    :raises NotFound: if she neither belongs to it nor is shown this
    """
    if is_member(request.actor, slug):
        return enter(request, slug), False
    found = queries.read_or_404(request.actor, slug, what)
    stay_home(request)
    timezone.activate(found.tzinfo)
    return found, True


@require_safe
@page(scope=EVERY_MANDATE)
def neighbours(request: PageRequest, v: str) -> HttpResponse:
    """Show which villages one's own shows something of."""
    village = enter(request, v)
    standing = queries.agreements_of(village.pk).standing().filter(reader=village)
    sources: dict[str, list[str]] = {}
    for each in standing.order_by("source__name", "what"):
        sources.setdefault(each.source_id, []).append(each.get_what_display())
    named = {each.source_id: each.source.name for each in standing}
    shown = {
        "village": village,
        "sources": [(slug, named[slug], what) for slug, what in sources.items()],
        "may_steward": bool(may_steward(request.actor, village.pk)),
    }
    return render(request, "federation/neighbours.html", shown)


@require_safe
@page(scope=EVERY_MANDATE)
def neighbour(request: PageRequest, v: str) -> HttpResponse:
    """Show what there is to read of another village, as far as both agreed."""
    stay_home(request)
    by, at = request.actor, timezone.now()
    only = request.GET.get("what")
    shown = []
    for shelf in shelves():
        wanted = only in (None, shelf.what) and by.may(shelf.scope)
        if not wanted or not queries.sources_for(by, shelf.what).filter(pk=v).exists():
            continue
        topic = shelf.topic.format(village=v)
        position = top(topic) if topic else None
        shown.append((shelf.what, topic, position, shelf.items(by, v, at)))
    if not shown:
        raise NotFound
    found = village_or_404(v)
    timezone.activate(found.tzinfo)
    is_part = "HX-Request" in request.headers
    template = "federation/_shelves.html" if is_part else "federation/neighbour.html"
    return render(request, template, {"source": found, "shelves": shown})


@require_http_methods(["GET", "POST"])
@page(scope=None, door="stewardship")
def sharing(request: PageRequest, v: str) -> HttpResponse:
    """Show what is shared and what waits for a yes; say one's village's yes."""
    village = enter(request, v)
    may_steward(request.actor, village.pk).enforce()
    form = SharingForm(village, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.agree_to_share(
                by=request.actor,
                village=village.pk,
                other=given["other"].pk,
                what=Shared(given["what"]),
                reads=given["direction"] == "reads",
                at=timezone.now(),
            )
        except DomainError as error:
            tell(form, error)
        else:
            return redirect("sharing", village.pk)
    lines = []
    for each in queries.agreements_of(village.pk).order_by("created_at", "pk"):
        reads = each.reader_id == village.pk
        own = each.reader_yes_at if reads else each.source_yes_at
        lines.append((each, reads, own is not None))
    shown = {"village": village, "form": form, "lines": lines}
    return render(request, "federation/sharing.html", shown, status=422 if form.errors else 200)


@require_POST
@page(scope=None, door="stewardship")
def end_sharing(request: PageRequest, v: str, agreement_id: UUID) -> HttpResponse:
    """End it at once, or drop what was asked."""
    actions.end_sharing(by=request.actor, agreement_id=agreement_id, at=timezone.now())
    return redirect("sharing", v)
