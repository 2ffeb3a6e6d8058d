"""A list and the position of its stream, in the order that closes the race between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from village.core.pagination import page
from village.core.schemas import PageQuery
from village.journal.queries import top

M = TypeVar("M", bound=Model)


def listing(
    rows: Callable[[], QuerySet[M]],
    show: Callable[[list[M]], list[Any]],
    *,
    query: PageQuery,
    order: tuple[str, ...],
    address: str | None = None,
) -> dict[str, Any]:
    """
    Cut a page and show it, with the position of ``address`` when the client asks for it.

    The position is taken before the rows are read: whatever happens in between is both in
    the list and after the position, and a client applies it twice without harm.
    """
    position = None
    if query.position and address is not None:
        stands = top(address)
        position = {"epoch": stands.epoch, "seq": stands.seq}
    cut = page(rows(), order=order, limit=query.limit, after=query.after)
    return {"items": show(cut.items), "next": cut.next, "position": position}
