"""For you: what one was told, how one wants to be told, and the letters of the demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, time
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from notifications import actions, preview, queries
from notifications.models import EVERYTHING, Notification, Timing, Way
from village.core import walls
from village.core.actor import Actor
from village.core.doors import Door, Front, open_door
from village.core.errors import DomainError, Invalid, NotFound
from village.core.pages import PageRequest, page
from village.core.pagination import page as cut
from village.journal.queries import top
from village.residents.pages import stay_home
from village.residents.queries import all_villages

ON_A_PAGE = 20
ON_THE_FRONT = 3
NEWEST_FIRST = ("-created_at", "-id")
# What tells a screen that somebody's inbox has moved.
KINDS = "notifications."
_WORKER = Path(__file__).parent.parent / "service-worker.js"


@dataclass(frozen=True, slots=True)
class Choice:
    """Hold a way of being told, and whether somebody wants it for everything."""

    way: Way
    timing: Timing | None

    @property
    def others(self) -> list[Timing]:
        """Give what else she can choose."""
        few = {Timing.NONE, Timing.NOW}
        offered = few if self.way in actions.NO_DIGESTS else set(Timing)
        return [each for each in Timing if each in offered and each is not self.timing]

    @property
    def words(self) -> str:
        """Say how it stands."""
        if self.timing is Timing.NOW:
            return gettext("You are told everything this way.")
        if self.timing not in (Timing.NONE, None):
            return gettext("You are told everything this way: %(when)s.") % {
                "when": self.timing.label
            }
        if self.timing is Timing.NONE:
            return gettext("You are not told anything this way.")
        if self.way in queries.UNASKED:
            return gettext("You are told what concerns you.")
        return gettext("Not chosen yet.")


@require_GET
@page(scope=None, door="notifications")
def inbox(request: PageRequest) -> HttpResponse:
    """Show what one was told, newest first."""
    stay_home(request)
    position = top(f"residents/{request.actor.principal_id}")
    after = request.GET.get("after")
    rows = cut(queries.inbox(request.actor), order=NEWEST_FIRST, limit=ON_A_PAGE, after=after)
    shown = {
        "topic": "residents/me",
        "kinds": KINDS,
        "position": position,
        "told": rows.items,
        "next": rows.next,
        "after": after,
        "unread": any(each.read_at is None for each in rows.items),
    }
    is_part = "HX-Request" in request.headers
    template = "notifications/_inbox.html" if is_part else "notifications/inbox.html"
    return render(request, template, shown)


@require_POST
@page(scope=None, door="notifications")
def open_notification(request: PageRequest, notification_id: UUID) -> HttpResponse:
    """Have read a notification, and go where it leads."""
    told = actions.mark_read(by=request.actor, notification_id=notification_id, at=timezone.now())
    return redirect(_destination(told))


@require_POST
@page(scope=None, door="notifications")
def read_all(request: PageRequest) -> HttpResponse:
    """Have read everything one was told so far."""
    actions.mark_all_read(by=request.actor, at=timezone.now())
    return redirect("notifications")


@require_http_methods(["GET", "POST"])
@page(scope=None, door="notifications")
def preferences(request: PageRequest) -> HttpResponse:
    """Choose by which ways one is told of everything."""
    if request.method == "POST":
        try:
            way, timing = Way(request.POST.get("way", "")), Timing(request.POST.get("timing", ""))
        except ValueError:
            raise Invalid(gettext("Please choose one of the ways shown.")) from None
        actions.set_preference(
            by=request.actor, notice=EVERYTHING, way=way, timing=timing, at=timezone.now()
        )
        return redirect("preferences")
    chosen = queries.choices_of([request.actor.principal_id])[request.actor.principal_id]
    ways = [way for way in Way if way in queries.ways_here() and way is not Way.INBOX]
    shown = {
        "choices": [Choice(way, chosen.get((EVERYTHING, way))) for way in ways],
        "habits": queries.habits_of([request.actor.principal_id]).get(request.actor.principal_id),
        "mutes": queries.mutes_of(request.actor).select_related("village").order_by("-created_at"),
        "last_week": preview.last_week(request.actor, chosen, at=timezone.now()),
        "web_push_key": queries.web_push_key(),
    }
    return render(request, "notifications/preferences.html", shown)


@require_POST
@page(scope=None, door="notifications")
def set_quiet(request: PageRequest) -> HttpResponse:
    """Keep the nights quiet."""
    begins, ends = (_clock(request.POST.get(name, "")) for name in ("from", "until"))
    habits = queries.habits_of([request.actor.principal_id]).get(request.actor.principal_id)
    actions.set_habits(
        by=request.actor,
        quiet_from=begins,
        quiet_until=ends,
        zone=habits.zone if habits is not None else "",
        at=timezone.now(),
    )
    return redirect("preferences")


@require_POST
@page(scope=None, door="notifications")
def set_mute(request: PageRequest) -> HttpResponse:
    """Hear nothing more of a matter, or of it again."""
    if lifted := request.POST.get("lift"):
        try:
            actions.lift_mute(by=request.actor, mute_id=UUID(lifted))
        except ValueError:
            raise NotFound from None
        return redirect("preferences")
    told = queries.inbox(request.actor).filter(pk=_uuid(request.POST.get("of", ""))).first()
    if told is None or not told.thread:
        raise NotFound
    actions.mute(by=request.actor, village=told.village_id, thread=told.thread, at=timezone.now())
    return redirect("preferences")


@csrf_exempt
@require_http_methods(["GET", "POST"])
@never_cache
@walls.lifted()
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """
    End letters like the one this link came with; looking at it does nothing yet (RFC 8058).

    Programmes that check mail follow its links, so only a POST counts. The link itself is the
    proof, whoever is signed in.
    """
    shown: dict[str, Any] = {"is_done": False, "error": None}
    if request.method == "POST":
        try:
            if actions.unsubscribe(token=token, at=timezone.now()) is None:
                raise Http404
            shown["is_done"] = True
        except DomainError as error:
            shown["error"] = error
    return render(request, "notifications/unsubscribe.html", shown)


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """Give the script that shows pushes while no page is open; its place covers every page."""
    answer = HttpResponse(_WORKER.read_text(), content_type="text/javascript; charset=utf-8")
    # Asked for anew each time, so that a mended one arrives.
    answer["Cache-Control"] = "no-cache"
    return answer


@require_GET
@never_cache
@walls.lifted()
def outbox(request: HttpRequest) -> HttpResponse:
    """Show every push, mail and letter of the demo: also to strangers, who sign in by them."""
    try:
        rows = cut(
            queries.outbox(), order=("-id",), limit=ON_A_PAGE, after=request.GET.get("after")
        )
    except NotFound:
        raise Http404 from None
    except Invalid:
        return redirect("outbox")
    shown = {"letters": rows.items, "next": rows.next, "after": request.GET.get("after")}
    is_part = "HX-Request" in request.headers
    template = "notifications/_outbox.html" if is_part else "notifications/outbox.html"
    home = all_villages().order_by("created_at", "pk").first()
    with timezone.override(home.tzinfo if home is not None else UTC):
        return render(request, template, shown)


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(gettext("A time is written like 22:00.")) from None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _destination(told: Notification) -> str:
    """Give the page a notification leads to; only ever one of ours."""
    is_ours = told.link.startswith("/") and not told.link.startswith("//")
    return told.link if is_ours else "notifications"


def _front(request: HttpRequest, village: str) -> dict[str, Any]:
    by: Actor = request.actor  # type: ignore[attr-defined]
    position = top(f"residents/{by.principal_id}")
    told = queries.inbox(by).unread().filter(village=village).order_by(*NEWEST_FIRST)
    return {
        "village": village,
        "topic": "residents/me",
        "kinds": KINDS,
        "position": position,
        "told": told[:ON_THE_FRONT],
    }


open_door(
    Door(
        key="notifications",
        place=5,
        title=_("For you"),
        url="notifications",
        icon="bell",
        scope=None,
        in_village=False,
        front=Front("notifications/_front.html", _front),
        waiting=queries.unread_count,
    )
)
