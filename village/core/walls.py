"""
The second wall between villages, which PostgreSQL itself keeps behind the checks of the views.

A request, or the question of a socket at a door, says for whom it asks; whichever connection
answers shows and takes only rows of her villages, whatever a query forgot to ask. Who asks for
nobody, such as a stranger, stands before all villages. What no person asks (jobs, commands, frames
that are rendered once for everybody) is outside, and a verb that reaches into another village on
purpose says so. SQLite has no such wall. See docs/decisions/0007.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")
# For whom is asked; nobody at all sees no village, and ``None`` is outside of the wall.
People = tuple[UUID, ...] | None
# Owns nothing and signs in nowhere: whose rows it may touch, the policies of the tables say.
ROLE = "village_people"
_people: ContextVar[People] = ContextVar("people", default=None)


def people() -> People:
    """Give those whose villages are shown now; ``None`` means all villages."""
    return _people.get()


@contextmanager
def behind(*people: UUID | None) -> Iterator[None]:
    """Show only what is in the villages of these people; ``None`` among them is nobody."""
    with _stand(tuple(sorted({each for each in people if each is not None}))):
        yield


@contextmanager
def lifted() -> Iterator[None]:
    """Reach into another village on purpose; also the decorator of what does so."""
    with _stand(None):
        yield


def streamed(chunks: Iterator[T], *people: UUID | None) -> Iterator[T]:
    """Go on ``behind`` the wall while an answer is written piece by piece."""
    while True:
        # Not around the ``yield``: whoever writes the pieces may be somebody else meanwhile.
        with behind(*people):
            try:
                chunk = next(chunks)
            except StopIteration:
                return
        yield chunk


@contextmanager
def _stand(people: People) -> Iterator[None]:
    before = _people.get()
    _people.set(people)
    try:
        yield
    finally:
        _people.set(before)
