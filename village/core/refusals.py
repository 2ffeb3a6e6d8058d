"""
What this request was refused for, as it was told.

Whoever answers for helpers wants to know of every no, and a no takes back the transaction it was
said in: it is remembered here until that is over, and written down then.
"""

from __future__ import annotations

from contextvars import ContextVar

_told: ContextVar[str] = ContextVar("refused", default="")


def begin() -> None:
    """Begin a request, in which nothing was refused yet."""
    _told.set("")


def tell(code: str) -> None:
    """Remember the code of a refusal that somebody is told."""
    _told.set(code)


def told() -> str:
    """Give the code of the last refusal in this request, or nothing."""
    return _told.get()
