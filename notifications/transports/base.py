"""What every transport speaks: letters, addresses and outcomes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class AddressKind(StrEnum):
    """Name the kind of place where a letter can be left."""

    FCM_FID = "fcm_fid"
    FCM_TOKEN = "fcm_token"
    WEBPUSH = "webpush"
    EMAIL = "email"
    SMS = "sms"
    PRINT = "print"
    VOICE = "voice"
    DEVELOPMENT = "development"


@dataclass(frozen=True, slots=True)
class Letter:
    """
    Hold the words for one reader, already in the reader's language.

    ``collapse_key`` names the subject: a later letter with the same key takes the place of an
    earlier one. ``kind`` is the stable name of the notice, ``link`` where a tap leads to (empty
    for nowhere), ``data`` what the app needs besides, ``language`` a tag such as ``de``. ``html``
    says for mail what the body says: it is ours, and safe.
    """

    # The words stay out of the repr, because a repr ends up in logs.
    title: str = field(repr=False)
    body: str = field(repr=False)
    link: str = field(repr=False)
    collapse_key: str
    kind: str
    data: dict[str, str] = field(repr=False)
    urgent: bool
    ttl_seconds: int
    language: str
    html: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Address:
    """Hold where a letter goes; ``keys`` are the secrets some kinds need besides the value."""

    kind: AddressKind
    value: str = field(repr=False)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    Say what became of one letter.

    ``permanent`` means that the address will never work again and is to be retired; ``final``
    that the address may be good, but this letter will never be taken. ``retry_after`` is in
    seconds; None leaves the wait to the sender. ``detail`` is for operators: one short line.
    """

    accepted: bool
    provider_id: str = ""
    error_code: str = ""
    permanent: bool = False
    retry_after: float | None = None
    detail: str = ""
    final: bool = False

    @property
    def retryable(self) -> bool:
        return not (self.accepted or self.permanent or self.final)

    @classmethod
    def taken(cls, provider_id: str) -> Outcome:
        """Say that the provider took the letter."""
        return cls(accepted=True, provider_id=one_line(provider_id, 255))

    @classmethod
    def gone(cls, code: str, detail: str) -> Outcome:
        """Say that nobody can be reached at this address any more."""
        return cls(False, "", one_line(code, 64), permanent=True, detail=one_line(detail, 300))

    @classmethod
    def refused(cls, code: str, detail: str) -> Outcome:
        """Say that this letter will not be taken, however often it is sent."""
        return cls(False, "", one_line(code, 64), detail=one_line(detail, 300), final=True)

    @classmethod
    def later(cls, code: str, detail: str, retry_after: float | None = None) -> Outcome:
        """Say that another try may help."""
        code, detail = one_line(code, 64), one_line(detail, 300)
        return cls(False, "", code, retry_after=retry_after, detail=detail)


class TransportError(Exception):
    """
    Say that a transport as a whole cannot send, and that it has sent nothing of the batch.

    ``permanent`` means that only an operator can help.
    """

    def __init__(self, message: str, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class Transport(Protocol):
    """Hand letters to the outside world."""

    name: str

    def send(self, batch: Sequence[tuple[Address, Letter]]) -> list[Outcome]:
        """
        Send a batch; one outcome for each letter, in the same order.

        A bad address or letter is an outcome, never an exception.

        :raises TransportError: if nothing of the batch could go, for a reason common to all
        """


def one_line(text: str, limit: int) -> str:
    """Return the text as one line of at most so many characters, without control characters."""
    line = _CONTROL.sub(" ", text[: 4 * limit]).encode("utf-8", "replace").decode()
    line = " ".join(line.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
