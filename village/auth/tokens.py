"""The tokens of apps: what opens a session, and how it is renewed."""

from __future__ import annotations

from typing import Any

from allauth.headless.base.response import AuthenticationResponse
from allauth.headless.base.views import AuthenticatedAPIView
from allauth.headless.tokens.strategies.base import AbstractTokenStrategy
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from village.core.sessions import SessionStore


class SessionTokens(AbstractTokenStrategy):
    """Give an app the token of its session, of which the database knows digests alone."""

    def create_session_token(self, request: HttpRequest) -> str:
        """Give the token of the request's session."""
        session: Any = request.session
        if not session.session_key:
            session.save()
        token: str = session.token
        return token

    def lookup_session(self, session_token: str) -> SessionStore | None:
        """Find the session that a token opens."""
        session = SessionStore.of_token(session_token)
        # Reads it: one that is over, or never was, has no key from then on.
        session.get(SESSION_KEY)
        return session if session.session_key else None


class RenewTokenView(AuthenticatedAPIView):
    """Renew the token of an app's session."""

    handle_json_input = False

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Give a new token, in ``meta.session_token``; the old one is good for a minute more."""
        session: Any = request.session
        session.renew_token()
        return AuthenticationResponse(request)
