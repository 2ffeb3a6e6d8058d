"""
Codes of sign-in, of which only a mark is kept.

What a sign-in waits for stands in its session's row, and allauth keeps the code there too. So what
it is given as a code is a mark of one: whoever reads the database, a backup or the cache finds
nothing there that opens a door. The digits live until their letter is written.
"""

from __future__ import annotations

import secrets
from typing import Self

from allauth.core.internal.cryptokit import normalize_user_code
from django.utils.crypto import salted_hmac

# Sixteen hexadecimal digits, so that two who wait for the same digits have different marks.
_SALT = 16


class Code(str):
    """Hold the mark of a code as a text; until that is stored, it also knows the digits."""

    digits: str

    @classmethod
    def of(cls, digits: str) -> Self:
        """Mark a code that has just been drawn."""
        code = cls(_mark(digits, secrets.token_hex(_SALT // 2)))
        code.digits = digits
        return code


def digits_of(code: str) -> str:
    """Give the digits of a code that has just been drawn, to be sent."""
    assert isinstance(code, Code), "a mark that was stored has no digits any more"
    return code.digits


def as_marked(said: str, kept: str | None) -> str:
    """Give the mark that somebody's words would have if they were the code that a mark is of."""
    return _mark(said, (kept or "")[:_SALT])


def _mark(digits: str, salt: str) -> str:
    # A code is short, so its digest is keyed: who steals the tables cannot try them all (RFC 2104).
    said = normalize_user_code(digits).encode(errors="replace")
    keyed = salted_hmac("village.auth.codes", salt.encode() + said, algorithm="sha256")
    return salt + keyed.hexdigest()
