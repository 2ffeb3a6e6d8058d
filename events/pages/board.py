"""The event board: what is to come, one event and its dates, and a button to come along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from events import actions, policies, queries
from events.forms import PARTY_MAX, AttendanceForm, EventForm
from events.models import Attendance, Event, EventStatus, Occurrence
from village.core.actor import Actor, Scope
from village.core.doors import Door, Front, open_door
from village.core.errors import Invalid
from village.core.forms import span
from village.core.geo import Point
from village.core.pages import PageRequest, page, tell
from village.core.pagination import page as cut
from village.journal.queries import NOWHERE, Top, top, tops
from village.residents.pages import enter

ON_A_PAGE = 20
ON_THE_FRONT = 3


@dataclass(frozen=True, slots=True)
class Date:
    """Hold a date as its page shows it to one person."""

    occurrence: Occurrence
    attendance: Attendance | None
    turn: int | None
    is_over: bool
    may_attend: bool
    may_cancel: bool
    position: Top
    form: AttendanceForm

    @property
    def topic(self) -> str:
        """Give the address of the stream that tells of this date."""
        return _topic(self.occurrence.pk)


@require_GET
@page(scope=Scope.EVENTS_JOIN, door="events")
def board(request: PageRequest, v: str) -> HttpResponse:
    """Show what is to come, soonest first; or what is over, newest first."""
    village = enter(request, v)
    topic = f"villages/{village.pk}/events"
    position = top(topic)
    past, now = "past" in request.GET, timezone.now()
    rows = cut(
        queries.board(request.actor, village.pk, past=past, at=now),
        order=("-begins_at", "-id") if past else ("begins_at", "id"),
        limit=ON_A_PAGE,
        after=request.GET.get("after"),
    )
    shown = {
        "village": village,
        "topic": topic,
        "position": position,
        "cards": _cards(request.actor, rows.items),
        "next": rows.next,
        "after": request.GET.get("after"),
        "past": past,
        "may_announce": request.actor.may(Scope.BOARD_POST),
    }
    is_part = "HX-Request" in request.headers
    return render(request, "events/_board.html" if is_part else "events/board.html", shown)


@require_GET
@page(scope=Scope.EVENTS_JOIN, door="events")
def card(request: PageRequest, event_id: UUID) -> HttpResponse:
    """Show one event of the board, to be fetched when it has changed."""
    found = queries.event_or_404(request.actor, event_id)
    enter(request, found.village_id)
    [shown] = _cards(request.actor, [found])
    return render(request, "events/_card.html", {"card": shown})


@require_GET
@page(scope=Scope.EVENTS_JOIN, door="events")
def event(request: PageRequest, event_id: UUID) -> HttpResponse:
    """Show an event with its dates."""
    dates = _dates(
        request.actor, queries.occurrences_visible_to(request.actor).filter(event=event_id)
    )
    found = queries.event_or_404(request.actor, event_id)
    enter(request, found.village_id)
    is_draft = found.published_at is None
    shown = {
        "event": found,
        "dates": dates,
        "may_publish": is_draft and bool(policies.may_publish(request.actor, found)),
    }
    return render(request, "events/event.html", shown)


@require_GET
@page(scope=Scope.EVENTS_JOIN, door="events")
def date(request: PageRequest, occurrence_id: UUID) -> HttpResponse:
    """Show one date, to be fetched when it has changed."""
    found = queries.occurrence_or_404(request.actor, occurrence_id)
    enter(request, found.village_id)
    return _show_date(request, occurrence_id)


@require_POST
@page(scope=Scope.EVENTS_JOIN, door="events")
def attend(request: PageRequest, occurrence_id: UUID) -> HttpResponse:
    """Sign up for a date, or change with how many people one comes."""
    found = queries.occurrence_or_404(request.actor, occurrence_id)
    enter(request, found.village_id)
    form = AttendanceForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Between 1 and %(most)d people can come together.") % {"most": PARTY_MAX})
    actions.sign_up(
        by=request.actor,
        occurrence_id=occurrence_id,
        party_size=form.cleaned_data["party_size"],
        needs_lift=form.cleaned_data["needs_lift"],
        at=timezone.now(),
    )
    return _show_after(request, found)


@require_POST
@page(scope=Scope.EVENTS_JOIN, door="events")
def withdraw(request: PageRequest, occurrence_id: UUID) -> HttpResponse:
    """Withdraw from a date."""
    found = queries.occurrence_or_404(request.actor, occurrence_id)
    enter(request, found.village_id)
    actions.withdraw(by=request.actor, occurrence_id=occurrence_id, at=timezone.now())
    return _show_after(request, found)


@require_http_methods(["GET", "POST"])
@page(scope=Scope.BOARD_POST, door="events")
def call_off(request: PageRequest, occurrence_id: UUID) -> HttpResponse:
    """Call a date off, having asked once more."""
    found = queries.occurrence_or_404(request.actor, occurrence_id)
    enter(request, found.village_id)
    policies.may_cancel(request.actor, found.event).enforce()
    if request.method == "GET":
        return render(request, "events/call_off.html", {"occurrence": found})
    actions.cancel_occurrence(by=request.actor, occurrence_id=occurrence_id, at=timezone.now())
    return redirect("event", found.event_id)


@require_POST
@page(scope=Scope.BOARD_POST, door="events")
def publish(request: PageRequest, event_id: UUID) -> HttpResponse:
    """Put a draft onto the board."""
    found = actions.publish_event(by=request.actor, event_id=event_id, at=timezone.now())
    return redirect("event", found.pk)


@require_http_methods(["GET", "POST"])
@page(scope=Scope.BOARD_POST, door="events")
def announce(request: PageRequest, v: str) -> HttpResponse:
    """Announce an event."""
    village = enter(request, v)
    form = EventForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        begins_at, ends_at = span(given["day"], given["begins"], given["ends"], village.tzinfo)
        try:
            made = actions.announce_event(
                by=request.actor,
                village=village.pk,
                title=given["title"],
                text=given["text"],
                begins_at=begins_at,
                ends_at=ends_at,
                # People name the place; on the map it is the village.
                place=actions.Place(given["place"], Point(village.lat, village.lng)),
                capacity=given["capacity"],
                publish=True,
                at=timezone.now(),
            )
        except Invalid as error:
            tell(form, error)
        else:
            return redirect("event", made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "events/announce.html", {"form": form}, status=status)


def _show_date(request: PageRequest, occurrence_id: UUID) -> HttpResponse:
    [shown] = _dates(
        request.actor, queries.occurrences_visible_to(request.actor).filter(pk=occurrence_id)
    )
    return render(request, "events/_date.html", {"date": shown})


def _show_after(request: PageRequest, occurrence: Occurrence) -> HttpResponse:
    """Show what has become of a date: the date alone to htmx, its event's page otherwise."""
    if "HX-Request" in request.headers:
        return _show_date(request, occurrence.pk)
    return redirect("event", occurrence.event_id)


def _cards(by: Actor, events: list[Event]) -> list[dict[str, Any]]:
    """Show events of the board to somebody, with whether she comes."""
    now = timezone.now()
    own = queries.attendances_of(by.principal_id, at=now).filter(occurrence__event__in=events)
    mine = {attendance.occurrence_id: attendance for attendance in own}
    cards = []
    for each in events:
        dates = [(date, mine.get(date.pk)) for date in each.occurrences.all()]
        coming = [(date, own) for date, own in dates if date.ends_at > now]
        cards.append({"event": each, "dates": coming or dates[-1:]})
    return cards


def _dates(by: Actor, rows: QuerySet[Occurrence]) -> list[Date]:
    """Show dates to somebody; where their streams stand is asked before they are read."""
    stands = tops(_topic(key) for key in rows.values_list("pk", flat=True))
    now = timezone.now()
    found = list(rows.select_related("event").order_by("begins_at", "pk"))
    own = queries.attendances_of(by.principal_id, at=now).filter(occurrence__in=found)
    mine = {attendance.occurrence_id: attendance for attendance in own}
    return [_date(by, each, mine.get(each.pk), stands, now) for each in found]


def _topic(occurrence_id: UUID) -> str:
    return f"occurrences/{occurrence_id}"


def _date(
    by: Actor,
    occurrence: Occurrence,
    attendance: Attendance | None,
    stands: dict[str, Top],
    now: datetime,
) -> Date:
    filled = {"party_size": 1, "needs_lift": False}
    if attendance is not None:
        filled = {"party_size": attendance.party_size, "needs_lift": attendance.needs_lift}
    is_open = occurrence.ends_at > now and not occurrence.is_cancelled
    return Date(
        occurrence=occurrence,
        attendance=attendance,
        turn=queries.position_of(attendance) if attendance else None,
        is_over=occurrence.ends_at <= now,
        may_attend=is_open and occurrence.event.status == EventStatus.PUBLISHED,
        may_cancel=is_open and bool(policies.may_cancel(by, occurrence.event)),
        position=stands.get(_topic(occurrence.pk), NOWHERE),
        form=AttendanceForm(initial=filled, auto_id=f"{occurrence.pk}-%s"),
    )


def _front(request: HttpRequest, village: str) -> dict[str, Any]:
    by: Actor = request.actor  # type: ignore[attr-defined]
    topic = f"villages/{village}/events"
    position = top(topic)
    rows = queries.board(by, village, past=False, at=timezone.now())
    return {
        "topic": topic,
        "position": position,
        "village": village,
        "cards": _cards(by, list(rows.order_by("begins_at", "id")[:ON_THE_FRONT])),
    }


open_door(
    Door(
        key="events",
        place=2,
        title=gettext_lazy("Events"),
        url="events",
        icon="events",
        scope=Scope.EVENTS_JOIN,
        front=Front("events/_front.html", _front),
    )
)
