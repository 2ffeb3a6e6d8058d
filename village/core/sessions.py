"""Sessions in the database, as Django keeps them, for keys that can be ours."""

from __future__ import annotations

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Keep one session; a key that is not of letters and digits is nobody's."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key if session_key and can_be_ours(session_key) else None)


def can_be_ours(session_key: str) -> bool:
    """Tell whether a text can be a key: a cookie can hold what a database refuses."""
    return session_key.isascii() and session_key.isalnum()
