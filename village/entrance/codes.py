"""Codes that people read, type and say: digits only, drawn at random, kept as digests."""

from __future__ import annotations

import hmac
import re
import secrets
from hashlib import sha256

from django.conf import settings

GROUP = 4
_DIGITS = re.compile(r"[0-9]+")
# What people write between digits; whatever else stands there is not a code.
_BETWEEN = str.maketrans("", "", " \t\r\n.-/\N{NO-BREAK SPACE}\N{EN DASH}")


def draw(digits: int) -> str:
    """Draw a code."""
    return "".join(secrets.choice("0123456789") for _ in range(digits))


def spoken(code: str) -> str:
    """Write a code in groups, as it is read aloud."""
    return " ".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read(written: str) -> str:
    """Give the digits of a code as somebody typed it; nothing when it is none."""
    code = written.translate(_BETWEEN)
    return code if _DIGITS.fullmatch(code) else ""


def digest(purpose: str, code: str) -> str:
    """
    Give what is kept of a code.

    Codes are short, so the digest is keyed: who steals the tables cannot try them all. RFC 2104.
    """
    key = sha256(f"village.entrance.{purpose}:{settings.SECRET_KEY}".encode()).digest()
    return hmac.new(key, code.encode(), sha256).hexdigest()
