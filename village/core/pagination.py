"""Keyset pages: stable while rows are added, and as cheap on the last page as on the first."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from village.core.errors import Invalid

PAGE = 20
PAGE_MAX = 100


M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Hold some rows and the cursor of those that follow; ``None`` when there are none."""

    items: list[M]
    next: str | None


def page(rows: QuerySet[M], *, order: tuple[str, ...], limit: int, after: str | None) -> Page[M]:
    """
    Cut one page of ``rows`` out of a total order such as ``("-published_at", "-id")``.

    The fields of the order run in one direction, are never null, and the last one is unique.

    :raises Invalid: if the cursor is not one of ours
    """
    fields = [name.lstrip("-") for name in order]
    try:
        if after:
            rows = rows.filter(_beyond(order, _read(after, len(fields))))
        found = list(rows.order_by(*order)[: limit + 1])
    except (ValidationError, ValueError, TypeError, OverflowError) as error:
        raise _foreign_cursor() from error
    items = found[:limit]
    more = len(found) > limit
    return Page(items, _cursor([getattr(items[-1], name) for name in fields]) if more else None)


def _beyond(order: tuple[str, ...], values: list[Any]) -> Q:
    """Select what comes after ``values``: a later first field, or the same and a later second..."""
    beyond = Q()
    same = Q()
    for name, value in zip(order, values, strict=True):
        step = "lt" if name.startswith("-") else "gt"
        field = name.lstrip("-")
        beyond |= same & Q(**{f"{field}__{step}": value})
        same &= Q(**{field: value})
    return beyond


def _cursor(values: list[Any]) -> str:
    texts = [value.isoformat() if isinstance(value, datetime) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode().rstrip("=")


def _read(cursor: str, length: int) -> list[str]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, UnicodeError, ValueError, RecursionError) as error:
        raise _foreign_cursor() from error
    if (
        not isinstance(values, list)
        or len(values) != length
        or not all(isinstance(value, str) and "\0" not in value for value in values)
    ):
        raise _foreign_cursor()
    return values


def _foreign_cursor() -> Invalid:
    return Invalid(_("This cursor does not belong to this list."), field="after")
