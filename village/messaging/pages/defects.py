"""What is broken, in a browser: reporting it, following it, and the list of what can be."""

from __future__ import annotations

from base64 import b64decode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from village.core.actor import Scope
from village.core.errors import Invalid, NotFound
from village.core.images import MAX_BYTES
from village.core.pages import PageRequest, page, tell
from village.core.pagination import page as cut
from village.journal.queries import top
from village.messaging import actions, policies, queries
from village.messaging.forms import DefectForm, DefectKindsForm, PhotoForm
from village.residents.pages import enter
from village.stewardship.policies import may_steward

ON_A_PAGE = 20
NEWEST_FIRST = ("-reported_at", "-pk")


@require_safe
@page(scope=Scope.DEFECT_REPORT, door="hall")
def defects(request: PageRequest, v: str) -> HttpResponse:
    """Show what somebody has reported as broken."""
    village = enter(request, v)
    position = top(f"residents/{request.actor.principal_id}")
    after = request.GET.get("after")
    rows = queries.own_defects(request.actor, village.pk)
    found = cut(rows, order=NEWEST_FIRST, limit=ON_A_PAGE, after=after)
    shown = {
        "village": village,
        "topic": "residents/me",
        "position": position,
        "defects": found.items,
        "next": found.next,
        "after": after,
        "has_kinds": queries.defect_kinds(village.pk).exists(),
    }
    is_part = "HX-Request" in request.headers
    return render(request, f"messaging/{'_defects' if is_part else 'defects'}.html", shown)


@require_http_methods(["GET", "POST"])
@page(scope=Scope.DEFECT_REPORT, door="hall")
def report_defect(request: PageRequest, v: str) -> HttpResponse:
    """Tell the town hall that something is broken."""
    village = enter(request, v)
    kinds = list(queries.defect_kinds(village.pk).order_by("name", "pk"))
    form = DefectForm(kinds, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.report_defect(
                by=request.actor,
                village=village.pk,
                category_id=UUID(given["category"]),
                text=given["text"],
                place=given["place"],
                point=form.point,
                at=timezone.now(),
            )
        except Invalid as error:
            tell(form, error)
        else:
            return redirect("defect", made.pk)
    shown = {"form": form, "kinds": kinds, "village": village}
    status = 422 if form.is_bound else 200
    return render(request, "messaging/report_defect.html", shown, status=status)


@require_safe
@page(scope=Scope.DEFECT_REPORT, door="hall")
def defect(request: PageRequest, defect_id: UUID) -> HttpResponse:
    """Show something that was reported, and how far it has come."""
    return _show(request, defect_id, PhotoForm())


@require_POST
@page(scope=None, door="hall")
def show_photo(request: PageRequest, defect_id: UUID) -> HttpResponse:
    """Show a photo of what one has reported."""
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.show_photo(
                by=request.actor,
                defect_id=defect_id,
                data=form.cleaned_data["file"].read(MAX_BYTES + 1),
                at=timezone.now(),
            )
        except (Invalid, actions.PhotoLater) as error:
            tell(form, error)
        else:
            return redirect("defect", defect_id)
    return _show(request, defect_id, form)


@require_safe
@page(scope=Scope.DEFECT_REPORT)
def photo(request: PageRequest, defect_id: UUID) -> HttpResponse:
    """Give the photo of a defect to whoever may see the defect."""
    found = queries.photo_or_404(request.actor, defect_id)
    copy = b64decode(found.url.partition(",")[2])
    headers = {"X-Content-Type-Options": "nosniff"}
    return HttpResponse(copy, content_type="image/webp", headers=headers)


@require_http_methods(["GET", "POST"])
@page(scope=None, door="hall")
def name_defects(request: PageRequest, department_id: UUID) -> HttpResponse:
    """Say, as steward, what residents report to a department as broken."""
    department = queries.department(department_id)
    if department is None:
        raise NotFound
    enter(request, department.village_id)
    may_steward(request.actor, department.village_id).enforce()
    kinds = department.categories.filter(defect=True).order_by("name")
    names = "\n".join(kinds.values_list("name", flat=True))
    form = DefectKindsForm(request.POST or None, initial={"categories": names})
    if request.method == "POST" and form.is_valid():
        try:
            actions.name_defects(
                by=request.actor,
                department_id=department_id,
                names=form.cleaned_data["categories"],
                at=timezone.now(),
            )
        except Invalid as error:
            tell(form, error)
        else:
            return redirect("cases", department.village_id)
    shown = {"form": form, "department": department}
    status = 422 if form.is_bound else 200
    return render(request, "messaging/name_defects.html", shown, status=status)


def _show(request: PageRequest, defect_id: UUID, form: PhotoForm) -> HttpResponse:
    position = top(f"residents/{request.actor.principal_id}")
    found = queries.visible_defect(request.actor, defect_id)
    enter(request, found.case.village_id)
    shown = {
        "defect": found,
        "case": found.case,
        "topic": "residents/me",
        "position": position,
        "form": form,
        "may_read": request.actor.may(Scope.AUTHORITY_READ),
        "may_show_photo": policies.may_show_photo(request.actor, found.case),
    }
    is_part = "HX-Request" in request.headers and not form.is_bound
    template = f"messaging/{'_defect' if is_part else 'defect'}.html"
    return render(request, template, shown, status=422 if form.is_bound else 200)
