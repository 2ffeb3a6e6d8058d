"""Where one is signed in, and signing out from afar."""

from __future__ import annotations

from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from village.core.pages import PageRequest, page
from village.residents.pages import stay_home


@require_http_methods(["GET", "POST"])
@page(scope=None)
def sessions(request: PageRequest) -> HttpResponse:
    """Show where one is signed in; end one of them, or all others."""
    stay_home(request)
    mine = UserSession.objects.filter(user=request.actor.principal_id).order_by("-last_seen_at")
    living = [each for each in mine if each.exists()]
    here = request.session.session_key
    if request.method == "POST":
        wanted = request.POST.get("session", "")
        ended = [
            each
            for each in living
            if each.session_key != here and wanted in ("others", str(each.pk))
        ]
        end_sessions(request, ended)
        messages.success(request, _("Signed out there."))
        return redirect("sessions")
    shown = {"sessions": living, "here": here}
    return render(request, "entrance/sessions.html", shown)
