"""How the village is set up, and what that looks like."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from village.core import walls
from village.core.errors import Invalid, NotFound
from village.core.pages import PageRequest, page, tell
from village.residents.models import Village
from village.residents.pages import enter
from village.residents.queries import village_or_404
from village.stewardship import actions, policies, queries
from village.stewardship.forms import ArmsForm, SettingsForm
from village.stewardship.models import Setup
from village.stewardship.queries import Step

STEPS = {
    Step.CONTACT: _("Somebody is named whom people can ask"),
    Step.SECOND_STEWARD: _("There are two stewards"),
    Step.CLERK: _("A clerk of the town hall is here"),
    Step.COORDINATOR: _("A centre has its coordinator"),
    Step.EDITOR: _("An outlet has its editor"),
    Step.NEIGHBOURHOODS: _("The neighbourhoods are named"),
    Step.BOUNDARY: _("The boundary is drawn"),
    Step.ARMS: _("The coat of arms is there"),
}


@require_http_methods(["GET", "POST"])
@page(scope=None, door="stewardship")
def setup(request: PageRequest, v: str) -> HttpResponse:
    """Show what the village still needs, and change its settings."""
    village = enter(request, v)
    policies.may_steward(request.actor, village.pk).enforce()
    form = SettingsForm(request.POST or None, initial=_shown(village))
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        actions.change_settings(by=request.actor, village=village.pk, settings=form.settings, at=at)
        return redirect("setup", village.pk)
    return _page(request, village, form, ArmsForm())


@require_POST
@page(scope=None, door="stewardship")
def arms(request: PageRequest, v: str) -> HttpResponse:
    """Give the village its coat of arms."""
    village = enter(request, v)
    form = ArmsForm(request.POST, request.FILES)
    if form.is_valid():
        picture = form.cleaned_data["file"].read(actions.ARMS_MAX + 1)
        try:
            actions.show_arms(
                by=request.actor, village=village.pk, picture=picture, at=timezone.now()
            )
        except Invalid as error:
            tell(form, error)
        else:
            return redirect("setup", village.pk)
    policies.may_steward(request.actor, village.pk).enforce()
    return _page(request, village, SettingsForm(initial=_shown(village)), form)


def _shown(village: Village) -> dict[str, object]:
    return SettingsForm.shown(queries.settings_of(village, queries.setup_of(village)))


def _page(
    request: PageRequest, village: Village, form: SettingsForm, arms: ArmsForm
) -> HttpResponse:
    shown = {
        "village": village,
        "form": form,
        "arms": arms,
        "has_arms": queries.setup_of(village).arms is not None,
        "steps": [(STEPS[step], done) for step, done in queries.onboarding(village).items()],
    }
    status = 422 if form.errors or arms.errors else 200
    return render(request, "stewardship/setup.html", shown, status=status)


@require_safe
@cache_control(public=True, max_age=300)
@walls.lifted()
def show_arms(request: HttpRequest, v: str) -> HttpResponse:
    """Show the coat of arms of a village to everybody."""
    found = _setup(v).arms
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found), content_type="image/webp")
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@cache_control(public=True, max_age=300)
@walls.lifted()
def look(request: HttpRequest, v: str) -> HttpResponse:
    """Give the colour of a village to its pages; in the dark they keep their own."""
    colour = queries.settings_of(_village(v), _setup(v)).colour
    sheet = f"@media not (prefers-color-scheme: dark) {{ :root {{ --leaf: {colour}; }} }}\n"
    return HttpResponse(sheet, content_type="text/css")


def _setup(v: str) -> Setup:
    return queries.setup_of(_village(v))


def _village(v: str) -> Village:
    try:
        return village_or_404(v)
    except NotFound as error:
        raise Http404 from error
