"""Sessions in the database, as Django keeps them, for keys that can be ours."""

from __future__ import annotations

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Keep one session; a key that is not of letters and digits is nobody's."""

    def __init__(self, session_key: str | None = None) -> None:
        # A cookie can hold what a database refuses, such as a zero byte.
        is_key = session_key is not None and session_key.isascii() and session_key.isalnum()
        super().__init__(session_key if is_key else None)
