"""The town hall in a browser: one's cases, what is said in them, and a clerk's desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from village.core.actor import Actor, Scope
from village.core.doors import Door, Front, open_door
from village.core.errors import Invalid, OnlyPrepared
from village.core.pages import PageRequest, page
from village.core.pagination import page as cut
from village.journal.queries import top
from village.messaging import actions, policies, queries
from village.messaging.forms import CaseForm, MessageForm, ReferralForm
from village.messaging.models import Case, CaseStatus
from village.messaging.schemas import badges_of_departments
from village.residents.contacts import contact_of
from village.residents.models import Role
from village.residents.pages import enter
from village.residents.queries import held
from village.stewardship.policies import may_steward

ON_A_PAGE = 20
MESSAGES_ON_A_PAGE = 50
ON_THE_FRONT = 3
NEARBY_MOST = 10
NEWEST_FIRST = ("-created_at", "-id")


@require_GET
@page(scope=Scope.AUTHORITY_READ, door="hall")
def cases(request: PageRequest, v: str) -> HttpResponse:
    """Show the cases that somebody has brought to the town hall; to a clerk her desks."""
    village = enter(request, v)
    position = top(f"residents/{request.actor.principal_id}")
    desks = queries.departments_of(village.pk).filter(held(request.actor, Role.CLERK, of="pk"))
    departments = queries.departments_of(village.pk).order_by("name")
    if not may_steward(request.actor, village.pk):
        departments = departments.none()
    shown = {
        "village": village,
        "topic": "residents/me",
        "position": position,
        "desks": desks.order_by("name"),
        "may_open": request.actor.may(Scope.AUTHORITY_WRITE),
        "may_report": request.actor.may(Scope.DEFECT_REPORT),
        "departments": departments,
        **_page_of(request, _own(request.actor, village.pk)),
    }
    return render(request, _template(request, "_cases", "cases"), shown)


@require_GET
@page(scope=None, door="hall")
def desk(request: PageRequest, department_id: UUID) -> HttpResponse:
    """Show a clerk the cases of her department."""
    position = top(f"departments/{department_id}/inbox")
    department = queries.desk_or_404(request.actor, department_id)
    enter(request, department.village_id)
    shown = {
        "department": department,
        "topic": f"departments/{department_id}/inbox",
        "position": position,
        **_page_of(request, queries.cases_of_department(department)),
    }
    return render(request, _template(request, "_cases", "desk"), shown)


@require_http_methods(["GET", "POST"])
@page(scope=Scope.AUTHORITY_WRITE, door="hall")
def open_case(request: PageRequest, v: str) -> HttpResponse:
    """Bring a matter to the town hall."""
    village = enter(request, v)
    departments = list(queries.departments_of(village.pk).order_by("name"))
    form = CaseForm(departments, request.POST or None)
    if request.method == "POST" and form.is_valid():
        department_id, category_id = form.department_and_category()
        case = actions.open_case(
            by=request.actor,
            village=village.pk,
            department_id=department_id,
            category_id=category_id,
            title=form.cleaned_data["title"],
            text=form.cleaned_data["text"],
            at=timezone.now(),
        )
        return redirect("case", case.pk)
    status = 422 if form.is_bound else 200
    shown = {"form": form, "departments": departments}
    return render(request, "messaging/open_case.html", shown, status=status)


@require_GET
@page(scope=Scope.AUTHORITY_READ, door="hall")
def case(request: PageRequest, case_id: UUID) -> HttpResponse:
    """Show a case and what was said in it."""
    return _show_case(request, case_id, MessageForm())


@require_POST
@page(scope=Scope.AUTHORITY_WRITE, door="hall")
def write_message(request: PageRequest, case_id: UUID) -> HttpResponse:
    """Say something in a case."""
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _show_case(request, case_id, form)
    actions.write_message(
        by=request.actor, case_id=case_id, text=form.cleaned_data["text"], at=timezone.now()
    )
    return redirect("case", case_id)


@require_POST
@page(scope=None, door="hall")
def move_on(request: PageRequest, case_id: UUID) -> HttpResponse:
    """Say, as a clerk, that a case has been read, or that it is done."""
    act = _STEPS.get(request.POST.get("step", ""))
    if act is None:
        raise Invalid(gettext("Please choose what to do."))
    act(by=request.actor, case_id=case_id, at=timezone.now())
    return redirect("case", case_id)


@require_POST
@page(scope=None, door="hall")
def refer(request: PageRequest, case_id: UUID) -> HttpResponse:
    """Say, as a clerk, that a case is for somebody else to see to, and for whom."""
    form = ReferralForm(request.POST)
    if not form.is_valid():
        return _show_case(request, case_id, MessageForm(), form)
    actions.refer_case(
        by=request.actor,
        case_id=case_id,
        text=form.cleaned_data["referral"],
        at=timezone.now(),
    )
    return redirect("case", case_id)


_STEPS = {"acknowledge": actions.acknowledge_case, "resolve": actions.resolve_case}


def _show_case(
    request: PageRequest, case_id: UUID, form: MessageForm, referral: ReferralForm | None = None
) -> HttpResponse:
    topic = f"cases/{case_id}"
    position = top(topic)
    found = queries.visible_case(request.actor, case_id)
    enter(request, found.village_id)
    after = request.GET.get("after")
    rows = cut(
        queries.messages_of(found), order=("-number",), limit=MESSAGES_ON_A_PAGE, after=after
    )
    may_write = policies.may_write(request.actor, found)
    may_handle = bool(policies.may_handle(request.actor, found))
    may_see_place = request.actor.may(Scope.DEFECT_REPORT)
    defect = queries.defect_of(found) if may_see_place else None
    shown = {
        "case": found,
        "defect": defect,
        "nearby": queries.nearby(defect)[:NEARBY_MOST] if defect and may_handle else (),
        "topic": topic,
        "position": position,
        "me": request.actor.principal_id,
        # Read downwards, the newest last.
        "messages_said": rows.items[::-1],
        "older": rows.next,
        "after": after,
        "form": form,
        "referral": referral or ReferralForm(),
        # What a helper may only prepare has its form as well.
        "may_write": may_write or isinstance(may_write.refusal, OnlyPrepared),
        "may_handle": may_handle,
        "contact": contact_of(found.author_id) if may_handle else None,
        "is_new": found.status == CaseStatus.OPEN,
        "is_done": found.status == CaseStatus.RESOLVED,
        "badge": badges_of_departments([found]).get(found.department_id),
    }
    status = 422 if form.is_bound or referral is not None else 200
    return render(request, _template(request, "_thread", "case"), shown, status=status)


def _page_of(request: HttpRequest, rows: QuerySet[Case]) -> dict[str, Any]:
    after = request.GET.get("after")
    found = cut(rows, order=NEWEST_FIRST, limit=ON_A_PAGE, after=after)
    return {"cases": found.items, "next": found.next, "after": after}


def _own(by: Actor, village: str) -> QuerySet[Case]:
    return queries.cases_visible_to(by).filter(village=village, author=by.principal_id)


def _template(request: HttpRequest, part: str, whole: str) -> str:
    return f"messaging/{part if 'HX-Request' in request.headers else whole}.html"


def _front(request: HttpRequest, village: str) -> dict[str, Any]:
    by: Actor = request.actor  # type: ignore[attr-defined]
    position = top(f"residents/{by.principal_id}")
    own = _own(by, village).order_by(*NEWEST_FIRST)
    return {
        "village": village,
        "topic": "residents/me",
        "position": position,
        "cases": own[:ON_THE_FRONT],
        "may_open": by.may(Scope.AUTHORITY_WRITE),
    }


open_door(
    Door(
        key="hall",
        place=4,
        title=_("Town hall"),
        url="cases",
        icon="hall",
        scope=Scope.AUTHORITY_READ,
        front=Front("messaging/_front.html", _front),
    )
)
