"""The rides of a village, and one's own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from carpool import queries
from carpool.models import StopKind
from village.core.actor import Actor, Scope
from village.core.doors import Door, Front, open_door
from village.core.pages import PageRequest, page
from village.core.pagination import page as cut
from village.journal.queries import top
from village.residents.pages import enter

ON_A_PAGE = 20
OWN = 10
ON_THE_FRONT = 3
SOONEST_FIRST = ("departs_at", "id")


@require_GET
@page(scope=Scope.RIDES_REQUEST, door="rides")
def board(request: PageRequest, v: str) -> HttpResponse:
    """Show the rides that one can take, and above them what is one's own."""
    village = enter(request, v)
    by, at = request.actor, timezone.now()
    topic = f"villages/{village.pk}/carpool"
    position = top(topic)
    after = request.GET.get("after")
    rows = cut(
        queries.offers(by, village.pk, mine=False, at=at),
        order=SOONEST_FIRST,
        limit=ON_A_PAGE,
        after=after,
    )
    drives = queries.offers(by, village.pk, mine=True, at=at).open().still_here(at)
    rides_along = queries.bookings_visible_to(by).active()
    looks_for = queries.requests(by, village.pk, mine=True, at=at).open().still_useful(at)
    shown = {
        "village": village,
        "topic": topic,
        "position": position,
        "offers": rows.items,
        "next": rows.next,
        "after": after,
        "me": by.principal_id,
        "drives": drives.order_by(*SOONEST_FIRST)[:OWN],
        "rides_along": rides_along.filter(
            village=village, rider=by.principal_id, offer__departs_until__gt=at
        ).order_by("offer__departs_at", "id")[:OWN],
        "looks_for": looks_for.order_by("earliest", "id")[:OWN],
        "may_offer": by.may(Scope.RIDES_OFFER),
        "moderates": queries.moderates_rides(by, village.pk),
        "waits": queries.requests(by, village.pk, mine=False, at=at)
        .waiting(at)
        .exclude(person=by.principal_id)
        .order_by("waits_until", "id")[:OWN],
        "benches": queries.stops_of(village.pk)
        .filter(kind=StopKind.BENCH)
        .order_by("name", "id")[:OWN],
    }
    is_part = "HX-Request" in request.headers
    return render(request, "carpool/_board.html" if is_part else "carpool/board.html", shown)


def _front(request: HttpRequest, village: str) -> dict[str, Any]:
    by: Actor = request.actor  # type: ignore[attr-defined]
    topic = f"villages/{village}/carpool"
    position = top(topic)
    rides = queries.offers(by, village, mine=False, at=timezone.now())
    return {
        "village": village,
        "topic": topic,
        "position": position,
        "offers": rides.order_by(*SOONEST_FIRST)[:ON_THE_FRONT],
    }


open_door(
    Door(
        key="rides",
        place=3,
        title=_("Rides"),
        url="rides",
        icon="rides",
        scope=Scope.RIDES_REQUEST,
        front=Front("carpool/_front.html", _front),
    )
)
