"""Signing in as somebody of the demo, without a letter."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.http import HttpRequest

from village.core.sessions import SessionStore
from village.residents.models import Resident

BACKEND = "django.contrib.auth.backends.ModelBackend"


def session_of(resident: Resident) -> str:
    """Open a session of a resident, as an app has it; give its token."""
    request = HttpRequest()
    request.session = session = SessionStore()
    request.META["REMOTE_ADDR"] = "127.0.0.1"
    come_in(request, resident)
    session.save()
    assert session.token is not None, "a new session has a token"
    return session.token


def come_in(request: HttpRequest, resident: Resident) -> None:
    """Begin a session as any other: it stands in the list of her sessions, and ends with them."""
    login(request, resident, backend=BACKEND)
    request.user = resident
    UserSession.objects.create_from_request(request)
