"""The roll call in a browser: one's own answer, and the wardens' list of who is missing."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from village.alerts import actions, paper, queries, rolls
from village.alerts.forms import CONDITIONS_OF_OTHERS, AnswerForm, RollCallForm
from village.alerts.models import Condition, RollCall
from village.alerts.schemas import show_unaccounted
from village.core.actor import EVERY_MANDATE
from village.core.errors import DomainError, Invalid
from village.core.pages import PageRequest, page, tell
from village.journal.queries import top
from village.residents.pages import enter

ON_A_PAGE = 100


@require_http_methods(["GET", "POST"])
@page(scope=EVERY_MANDATE, door="alerts")
def roll_call(request: PageRequest, roll_call_id: UUID) -> HttpResponse:
    """Ask somebody how she is, and show wardens who is missing."""
    roll = rolls.visible_roll_call(request.actor, roll_call_id)
    enter(request, roll.village_id)
    form = AnswerForm(roll, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.give_answer(
                by=request.actor,
                roll_call_id=roll.pk,
                resident_id=given["resident"],
                condition=Condition(given["condition"]),
                shelter=given["shelter"],
                note=given["note"],
                at=timezone.now(),
            )
        except DomainError as error:
            tell(form, error)
        else:
            return redirect("roll-call", roll.pk)
    return _show(request, roll, form)


@require_POST
@page(scope=None, door="alerts")
def open_roll_call(request: PageRequest, v: str) -> HttpResponse:
    """Ask everybody whom a warning hits."""
    village = enter(request, v)
    form = RollCallForm(request.POST)
    try:
        alert_id = UUID(request.POST.get("alert", ""))
    except ValueError:
        raise Invalid(_("There is no such warning.")) from None
    if not form.is_valid():
        raise Invalid(_("Please write at most twenty short names."))
    roll = actions.open_roll_call(
        by=request.actor,
        village=village.pk,
        alert_id=alert_id,
        shelters=form.cleaned_data["shelters"],
        at=timezone.now(),
    )
    return redirect("roll-call", roll.pk)


@require_POST
@page(scope=None, door="alerts")
def close_roll_call(request: PageRequest, roll_call_id: UUID) -> HttpResponse:
    """Ask nobody any more."""
    actions.close_roll_call(by=request.actor, roll_call_id=roll_call_id, at=timezone.now())
    return redirect("roll-call", roll_call_id)


@require_GET
@page(scope=None, door="alerts")
def print_roll(request: PageRequest, roll_call_id: UUID) -> HttpResponse:
    """Print who is missing, with boxes to tick on the way from door to door."""
    roll = rolls.watched_roll_call(request.actor, roll_call_id)
    enter(request, roll.village_id)
    numbers = rolls.sees_numbers(request.actor, roll.village_id)
    return HttpResponse(
        paper.print_roll(roll, numbers=numbers, at=timezone.now()),
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="roll-call.pdf"'},
    )


def _show(request: PageRequest, roll: RollCall, form: AnswerForm) -> HttpResponse:
    topic = f"roll-calls/{roll.pk}"
    position = top(topic)
    by, today = request.actor, timezone.localdate()
    watches = rolls.is_warden(by, roll.village_id)
    shown = {
        "roll": roll,
        "form": form,
        "mine": rolls.answer_about(roll, by.principal_id),
        "is_asked": roll.closed_at is None and rolls.is_on(roll, by.principal_id),
        "watches": watches,
        "warns": queries.is_authority(by, roll.village_id),
        "topic": topic,
        "position": position,
        "is_open": roll.closed_at is None,
        "household": rolls.household_on(by, roll) if roll.closed_at is None else [],
    }
    if watches:
        missing = rolls.unaccounted(roll, today).order_by(*rolls.FIRST_TO_FIND)
        numbers = rolls.sees_numbers(by, roll.village_id)
        heard = rolls.answers_of(roll).order_by("-at")
        helped = Condition.NEEDS_HELP
        shown |= {
            "figures": rolls.figures(roll),
            "numbers": numbers,
            "missing": [
                show_unaccounted(each, today, numbers=numbers) for each in missing[:ON_A_PAGE]
            ],
            "in_need": [each for each in heard if each.condition == helped],
            "conditions": CONDITIONS_OF_OTHERS,
        }
    is_part = "HX-Request" in request.headers and watches and not form.errors
    template = "alerts/_roll.html" if is_part else "alerts/roll_call.html"
    return render(request, template, shown, status=422 if form.errors else 200)
