"""Sessions in the database, as Django keeps them, for keys that can be ours."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib.sessions.backends import db

# Told the key of each session that ends, by whoever has something that ends with it.
_ends: list[Callable[[str], object]] = []


def declare_end(end: Callable[[str], object]) -> None:
    """Say what ends together with a session; called once, when the apps are ready."""
    _ends.append(end)


class SessionStore(db.SessionStore):
    """Keep one session; a key that is not of letters and digits is nobody's."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key if session_key and can_be_ours(session_key) else None)

    def delete(self, session_key: str | None = None) -> None:
        """End a session, and what ends with it."""
        key = session_key or self.session_key
        super().delete(session_key)
        if key:
            for end in _ends:
                end(key)


def can_be_ours(session_key: str) -> bool:
    """Tell whether a text can be a key: a cookie can hold what a database refuses."""
    return session_key.isascii() and session_key.isalnum()


def end_sessions_of(resident_id: UUID) -> int:
    """Sign somebody out everywhere; give from how many places."""
    from allauth.usersessions.models import UserSession

    sessions = list(UserSession.objects.filter(user_id=resident_id))
    for session in sessions:
        session.end()
    return len(sessions)
