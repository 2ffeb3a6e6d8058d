"""A fact: something that has happened, told in the past tense."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

_kinds: dict[str, type[Fact]] = {}


class Fact(BaseModel):
    """
    Something that has happened in a village.

    A fact carries ids, counters and enums, never what a person wrote and never a model
    instance. Its kind is what the journal stores, so a kind is never renamed or reused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: ClassVar[str]

    village: str

    def __init_subclass__(cls, *, kind: str, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if kind in _kinds:
            raise TypeError(f"two facts claim the kind {kind!r}")
        cls.kind = kind
        _kinds[kind] = cls


class UnknownFact(Exception):
    """A stored fact that this process cannot read: a newer one wrote it."""


def read_fact(kind: str, data: dict[str, Any]) -> Fact:
    """
    Read a stored fact back.

    :raises UnknownFact: if no fact of this kind is declared here, or not of this shape
    """
    try:
        return _kinds[kind].model_validate(data)
    except (KeyError, ValidationError):
        raise UnknownFact(kind) from None


def declared_facts() -> dict[str, type[Fact]]:
    """Give every declared fact by its kind."""
    return dict(_kinds)
