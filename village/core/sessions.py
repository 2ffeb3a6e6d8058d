"""
Sessions in the database, where only digests of what opens them are kept.

What a browser holds in its cookie and an app in ``X-Session-Token`` is a token. A session's row
is found by the digest of the token's root, its *key*, and knows the digest of the token's turn:
whoever reads the database, or a backup of it, holds nothing that opens a session. All that ends
with a session (its devices, tickets and sockets) knows it by its key.

A token can be renewed: the root stays, the turn is new, and so the key is the same. The old token
is good for a minute more, because an answer can be lost on its way. Whoever shows it later holds a
copy, or is the one it was copied from: the session ends for both (RFC 9700, 4.14.2).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final, Self
from uuid import UUID

import structlog
from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpResponse
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

log = structlog.get_logger(__name__)
# 32 of 36 characters are 165 bits: no digest of so much needs a key of its own.
ROOT: Final = 32
# As many hexadecimal digits as the column for a session's key takes: 160 bits.
_KEY: Final = 40
# Where a session that has renewed its token says which turn is now, and which was before.
TURN: Final = "_turn"
LOST_ANSWERS_SECONDS: Final = 60
# Told the key of each session that ends, by whoever has something that ends with it.
_ends: list[Callable[[str], object]] = []


def declare_end(end: Callable[[str], object]) -> None:
    """Say what ends together with a session; called once, when the apps are ready."""
    _ends.append(end)


class SessionStore(db.SessionStore):
    """Keep one session, by its key; ``of_token`` finds the one that a token opens."""

    # What opens the session; nothing for one that was looked up by its key.
    token: str | None = None

    @classmethod
    def of_token(cls, token: str | None) -> Self:
        """Give the session that a token opens; an empty one for what cannot be a token."""
        session = cls(key_of(token))
        session.token = token
        return session

    def load(self) -> dict[str, Any]:
        """Read what the session holds, if its token is good."""
        data: dict[str, Any] = super().load()
        if self.token is None or is_turn_of(self.token, data):
            return data
        if self.session_key:
            end_copied(self.session_key)
        self._session_key = None
        return {}

    def renew_token(self) -> None:
        """
        Give the session a new token; its key, and what hangs on it, stay.

        Made of the old one, so that whoever asks twice, because an answer was lost, or because two
        of her windows asked at once, gets the same.

        :raises ValueError: if the session was not opened with a token
        """
        if self.token is None:
            raise ValueError("only what a token has opened can renew it")
        root, turn = self.token[:ROOT], self.token[ROOT:]
        after = salted_hmac("village.core.sessions", self.token, algorithm="sha256").hexdigest()
        if self.get(TURN, {}).get("now") != _digest(after):
            self[TURN] = {"now": _digest(after), "before": _digest(turn), "at": time.time()}
        # So that the answer tells it, the second time as well.
        self.modified = True
        self.token = root + after

    def cycle_key(self) -> None:
        """Give the session another key and token, as signing in does."""
        super().cycle_key()
        self.pop(TURN, None)

    def delete(self, session_key: str | None = None) -> None:
        """End a session, and what ends with it."""
        key = session_key or self.session_key
        super().delete(session_key)
        if key:
            for end in _ends:
                end(key)

    def _get_new_session_key(self) -> str:
        self.token = get_random_string(ROOT, VALID_KEY_CHARS)
        return key_of(self.token)


class SessionMiddleware(DjangoSessionMiddleware):
    """Find a browser's session by the token in its cookie."""

    def process_request(self, request: Any) -> None:
        """Open the session, when somebody asks for it."""
        request.session = SessionStore.of_token(request.COOKIES.get(settings.SESSION_COOKIE_NAME))

    def process_response(self, request: Any, response: HttpResponse) -> Any:
        """Give the browser its token, where Django would give it the key."""
        answer: Any = super().process_response(request, response)
        cookie = answer.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and cookie.value:
            token = request.session.token
            assert token is not None, "a cookie goes to whoever has shown one, or gets a new one"
            cookie.set(cookie.key, token, token)
        return answer


def key_of(token: str | None) -> str:
    """Give the key of the session that a token opens; nothing where it cannot be a token."""
    if token is None or not can_be_ours(token):
        return ""
    return sha256(token[:ROOT].encode()).hexdigest()[:_KEY]


def can_be_ours(token: str) -> bool:
    """Tell whether a text can be a token: a header can hold what a database refuses."""
    return len(token) >= ROOT and token.isascii() and token.isalnum()


def is_turn_of(token: str, data: dict[str, Any]) -> bool:
    """Tell whether a token is the one that a session has now, or was it a moment ago."""
    turn = token[ROOT:]
    stands = data.get(TURN)
    if not isinstance(stands, dict):
        return turn == ""
    if constant_time_compare(_digest(turn), stands["now"]):
        return True
    is_recent = time.time() - stands["at"] < LOST_ANSWERS_SECONDS
    return is_recent and constant_time_compare(_digest(turn), stands["before"])


def end_copied(session_key: str) -> None:
    """End a session of which somebody has shown an old token: there is a copy of it."""
    log.warning("session_token_reused")
    SessionStore(session_key).delete()


def end_sessions_of(resident_id: UUID) -> int:
    """Sign somebody out everywhere; give from how many places."""
    from allauth.usersessions.models import UserSession

    sessions = list(UserSession.objects.filter(user_id=resident_id))
    for session in sessions:
        session.end()
    return len(sessions)


def _digest(turn: str) -> str:
    return sha256(turn.encode()).hexdigest()
