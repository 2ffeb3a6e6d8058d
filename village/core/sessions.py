"""Sessions in the database, as Django keeps them, for keys that can be ours."""

from __future__ import annotations

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Keep one session; a key that is not of letters and digits is nobody's."""

    def _validate_session_key(self, key: str) -> bool:
        # A cookie can hold what a database refuses, such as a zero byte.
        return bool(super()._validate_session_key(key)) and key.isascii() and key.isalnum()
