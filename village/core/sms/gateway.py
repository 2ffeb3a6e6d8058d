"""
Text messages over the HTTP gateway of whichever provider a village has.

Providers differ in the names of their fields and in where their answer says what happened; that
is told by settings. What an HTTP status means is the same everywhere (RFC 9110, section 15).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from village.core.outbound import (
    Fetched,
    Limits,
    OutboundError,
    OutboundRefused,
    post,
    seconds_to_wait,
)
from village.core.sms.outcome import Outcome

# Whoever runs the village has to look at these; the number is not to blame.
MISCONFIGURED = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.PAYMENT_REQUIRED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
    }
)
_AGAIN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
MISCONFIGURED_REST = 900.0
REST_AFTER_429 = 60.0
LONGEST_REST = 86_400.0
LONGEST_CODE = 64
LONGEST_ID = 255
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_STRANGE = re.compile(r"[^\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Gateway:
    """
    Hand text messages to one HTTP gateway; its host is trusted, wherever it stands.

    ``fields`` names the gateway's own fields for ``to``, ``text`` and ``from``; ``extra`` is sent
    with each message, as a form or as JSON. ``answer_id``, ``answer_error`` and ``answer_taken``
    are paths into its answer, such as ``messages.0.id``; the last with what stands there when a
    message was taken: ``messages.0.status=0``. ``bad_numbers`` are errors that condemn a number.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_form: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)
    sender: str = ""
    plus: bool = True
    answer_id: str = "id"
    answer_error: str = "error"
    answer_taken: str = ""
    bad_numbers: frozenset[str] = frozenset()
    seconds: float = 10.0

    def __call__(self, number: str, text: str) -> Outcome:
        """Hand over one message, once."""
        if not _E164.fullmatch(number):
            return Outcome.refused("MALFORMED_NUMBER", bad_number=True)
        content, kind = self._encoded(number, text)
        try:
            answer = post(
                self.url,
                headers={**self.headers, "Content-Type": kind, "Accept": "application/json"},
                content=content,
                limits=Limits(seconds=self.seconds, body_bytes=64 * 1024, redirects=0),
                allowed=frozenset({_place(self.url)}),
            )
        except OutboundRefused:
            return Outcome.later("MISCONFIGURED", MISCONFIGURED_REST)
        except OutboundError as error:
            # Perhaps the message was taken and only the answer lost: nobody can know.
            return Outcome.later(error.code.rpartition(".")[2].upper())
        return self._read(answer)

    def _encoded(self, number: str, text: str) -> tuple[bytes, str]:
        said = {"to": number if self.plus else number[1:], "text": text, "from": self.sender}
        sent = {**self.extra} | {self.fields.get(k, k): v for k, v in said.items() if v}
        if self.is_form:
            return urlencode(sent).encode(), "application/x-www-form-urlencoded"
        return json.dumps(sent, ensure_ascii=False).encode(), "application/json"

    def _read(self, answer: Fetched) -> Outcome:
        said = _json(answer.body)
        code = _word(said, self.answer_error, LONGEST_CODE) or f"HTTP_{answer.status}"
        if 200 <= answer.status < 300:
            path, _is, taken = self.answer_taken.partition("=")
            if not path or _word(said, path, LONGEST_ID) == taken:
                return Outcome.taken(_word(said, self.answer_id, LONGEST_ID))
            if code.startswith("HTTP_"):
                return Outcome.later("MALFORMED_ANSWER")
            return Outcome.refused(code, bad_number=code in self.bad_numbers)
        if answer.status in _AGAIN or answer.status >= 500:
            header = answer.headers.get("retry-after", "")
            rest = seconds_to_wait(header, now=time.time(), at_most=LONGEST_REST)
            if rest is None and answer.status == HTTPStatus.TOO_MANY_REQUESTS:
                rest = REST_AFTER_429
            return Outcome.later(code, rest)
        if answer.status < 400 or answer.status in MISCONFIGURED:
            return Outcome.later(code, MISCONFIGURED_REST)
        return Outcome.refused(code, bad_number=code in self.bad_numbers)


def _place(url: str) -> str:
    """Give the host and port of a URL, as ``outbound`` names what is trusted."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _word(said: Any, path: str, longest: int) -> str:
    """Give what stands at a path of an answer, as one word; nothing where there is nothing."""
    for step in path.split("."):
        if isinstance(said, dict):
            said = said.get(step)
        elif isinstance(said, list) and step.isdecimal() and int(step) < len(said):
            said = said[int(step)]
        else:
            return ""
    if said is None or isinstance(said, dict | list):
        return ""
    return _STRANGE.sub(" ", str(said)).strip()[:longest]
