"""The demo's own door: anybody may come in as anybody."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from demo.people import PEOPLE, Unknown, find, is_built
from demo.sign_in import come_in
from village.core import walls
from village.web.pages import Guest, invite


@require_POST
@walls.lifted()
def sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """Sign a visitor in as the demo person whom the form names, and go home."""
    try:
        resident = find(request.POST.get("name", ""))
    except Unknown:
        raise Http404(_("Nobody of this name lives here.")) from None
    come_in(request, resident)
    return HttpResponseRedirect("/")


@walls.lifted()
def guests() -> list[Guest]:
    """Name everybody a visitor may come in as."""
    if not is_built():
        return []
    return [Guest(person.name, person.display_name, person.role) for person in PEOPLE]


invite(guests)
