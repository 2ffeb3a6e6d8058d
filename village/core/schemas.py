"""The wire shapes that every room shares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, time
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import ninja
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    WithJsonSchema,
)

from village.core.pagination import PAGE, PAGE_MAX


class In(ninja.Schema):
    """What a client sends: an unknown field is an error, not a silence."""

    model_config = ConfigDict(extra="forbid")


class Out(ninja.Schema):
    """What a client gets."""


def _no_number(value: Any) -> Any:
    if isinstance(value, int | float):
        raise ValueError("a time is written as RFC 3339, such as 2026-11-22T18:00:00+01:00")
    return value


def _with_offset(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a time needs its offset, such as +01:00")
    return value


class GoneOut(Out):
    """What is gone; take it away wherever it is shown."""

    id: UUID
    gone: bool = True


class HelpedOut(Out):
    """
    What a helper may have written down in somebody's name, who stays its author.

    ``via_helper`` says that one did. Whatever somebody can make in another's name is shown so.
    """

    via_helper: bool


class PersonOut(Out):
    """
    Somebody who lives here, as her neighbours see her.

    Whatever shows one says so with this shape: a frame that shows somebody is a tombstone to
    those whom a block keeps apart from her (see ``people_in``).
    """

    id: UUID
    display_name: str


def people_in(shown: Any) -> Iterator[UUID]:
    """Give the ids of all who are shown in a wire shape."""
    if isinstance(shown, PersonOut):
        yield shown.id
    elif isinstance(shown, BaseModel):
        for _, value in shown:
            yield from people_in(value)
    elif isinstance(shown, list | tuple):
        for value in shown:
            yield from people_in(value)


# NUL is refused because PostgreSQL cannot hold it.
Line = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00-\x1f]*$"
    ),
]
Text = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=20_000, strip_whitespace=True, pattern=r"^[^\x00]*$"
    ),
]


def _on_the_wall(value: Any) -> Any:
    if isinstance(value, time) or (isinstance(value, str) and re.fullmatch(_CLOCK, value)):
        return value
    raise ValueError("a time of day is written as on the wall, such as 07:15")


_CLOCK = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
# A time of day where the village is: without an offset, which RFC 3339's "time" would ask for.
WallTime = Annotated[
    time,
    BeforeValidator(_on_the_wall),
    WithJsonSchema({"type": "string", "pattern": f"^{_CLOCK}$", "title": "Clock"}),
]
Moment = Annotated[datetime, BeforeValidator(_no_number), AfterValidator(_with_offset)]


class PositionOut(Out):
    """Where a stream stood before the list beside it was read; where to follow it from."""

    epoch: str
    seq: int


T = TypeVar("T", bound=BaseModel)


class PageOut(Out, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None
    position: PositionOut | None = None


class PageQuery(ninja.Schema):
    """How a client asks for a page."""

    limit: int = ninja.Field(PAGE, ge=1, le=PAGE_MAX)
    after: str | None = ninja.Field(None, max_length=500)
    position: bool = False


class PlaceIn(In):
    """A place on the map, with the name people know it by."""

    name: Line
    lat: float = ninja.Field(ge=-90, le=90, allow_inf_nan=False)
    lng: float = ninja.Field(ge=-180, le=180, allow_inf_nan=False)


class PlaceOut(Out):
    """A place on the map."""

    name: str
    lat: float
    lng: float
