"""
Push messages through Firebase Cloud Messaging, HTTP v1.

Google's library shapes the messages and holds the credentials, but does not carry them. Measured
with firebase-admin 7.7: a 429 with Retry-After: 7 holds one call for 28 s, an expired key of
Apple's is tried three times with three new access tokens, and a batch starts a thread for each
message, at four times the processor time. Trying again is the business of the outbox, so here a
request is made once, and answered or given up in bounded time.
"""

# The libraries of Google and Firebase declare few types.
# mypy: allow-untyped-calls
from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from firebase_admin.credentials import Certificate
from google.auth.exceptions import GoogleAuthError
from google.auth.exceptions import TransportError as GoogleTransportError

from notifications.transports.base import Address, AddressKind, Letter, Outcome, TransportError
from notifications.transports.fcm_message import Messages
from notifications.transports.lanes import Answer, Lanes, NoAnswer, Request
from notifications.transports.push import LONGEST_REST, PATIENCE, REST_AFTER_429
from village.core.outbound import seconds_to_wait

logger = logging.getLogger(__name__)

GOOGLE = "https://fcm.googleapis.com"
# The narrowest scope that may send: https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
LONGEST_ADDRESS = 4096

_FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
# What is wrong with the project and not with a phone.
_PROJECT_ERRORS = frozenset({"THIRD_PARTY_AUTH_ERROR", "APNS_AUTH_ERROR", "PERMISSION_DENIED"})


class FcmTransport:
    """
    Send letters to phones by installation id or registration token.

    Threads may share a transport; it is to be made in the process that uses it.

    :raises TransportError: if the credentials cannot be used
    """

    name = "fcm"

    def __init__(
        self,
        credentials: Mapping[str, object] | str | Path,
        *,
        project_id: str = "",
        base_url: str = GOOGLE,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        source = dict(credentials) if isinstance(credentials, Mapping) else str(credentials)
        try:
            certificate = Certificate(source)
            self._lanes = Lanes(base_url, patience=patience)
        except (OSError, ValueError) as error:
            raise TransportError(f"The FCM credentials cannot be used: {error}", True) from error
        project = project_id or str(certificate.project_id or "")
        if not re.fullmatch(r"[a-z0-9][a-z0-9.:-]*", project):
            raise TransportError(f"{project!r} is not the id of a Firebase project", True)
        self._path = f"{urlsplit(base_url).path.rstrip('/')}/v1/projects/{project}/messages:send"
        self._google: Any = certificate.get_credential().with_scopes([SCOPE])
        self._refreshing = Lock()
        self._patience = patience
        self._clock = clock

    def send(self, batch: Sequence[tuple[Address, Letter]]) -> list[Outcome]:
        """
        Send a batch; one outcome for each letter, in the same order.

        Takes three times the patience at most: one for an access token, two for the letters.

        :raises TransportError: if nothing of the batch could go, for a reason common to all
        """
        now = self._clock()
        messages = Messages(now=now)
        outcomes: list[Outcome] = []
        bodies: dict[int, bytes] = {}
        for place, (address, letter) in enumerate(batch):
            encoded = _encoded(address, letter, messages)
            if isinstance(encoded, bytes):
                bodies[place] = encoded
                encoded = Outcome.later("NOT_SENT", "")
            outcomes.append(encoded)
        if not bodies:
            return outcomes

        headers = (
            ("Authorization", f"Bearer {self._bearer()}"),
            ("Content-Type", "application/json; charset=utf-8"),
        )
        answers = self._lanes.post_all(
            [Request(self._path, headers, body) for body in bodies.values()]
        )
        for place, answer in zip(bodies, answers, strict=True):
            outcomes[place] = outcome_of(answer, now=now)
        self._look_for_what_is_common([outcomes[place] for place in bodies])
        return outcomes

    def close(self) -> None:
        """Close the connections that are at rest."""
        self._lanes.close()

    def _bearer(self) -> str:
        """
        Return an access token, fetched once for however many messages and threads.

        :raises TransportError: if there is none to be had
        """
        with self._refreshing:
            if not self._google.valid:
                try:
                    self._google.refresh(self._ask)
                except GoogleAuthError as error:
                    raise TransportError(
                        f"There is no access token for FCM: {error}", not error.retryable
                    ) from error
            return str(self._google.token)

    def _ask(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> Answer:
        """Carry a question of Google's authentication library: its only one is a POST."""
        parts = urlsplit(url)
        lanes = Lanes(url, patience=self._patience / 2)
        try:
            question = Request(parts.path or "/", list((headers or {}).items()), body or b"")
            answer = lanes.post(question)
        except NoAnswer as failure:
            raise GoogleTransportError(str(failure), retryable=True) from failure
        finally:
            lanes.close()
        if answer.status == 429 or answer.status >= 500:
            # The library would sleep and ask again.
            raise GoogleTransportError(f"{url} answered {answer.status}", retryable=True)
        if answer.status == 200 and not _is_token(answer.data):
            raise GoogleTransportError(f"{url} answered without a token", retryable=True)
        return answer

    def _look_for_what_is_common(self, outcomes: list[Outcome]) -> None:
        """
        Raise what is wrong with the project, unless a letter of the batch was spared by it.

        An expired key of Apple's stops iPhones only; were it raised for a mixed batch, the
        letters that Android phones have taken would be sent again.
        """
        codes = {outcome.error_code for outcome in outcomes}
        if "UNAUTHENTICATED" in codes:
            self._google.token = None  # so that the next batch asks for another one
        common = codes & {*_PROJECT_ERRORS, "UNAUTHENTICATED"}
        if not common:
            return
        detail = next(each.detail for each in outcomes if each.error_code in common)
        if codes == common:
            raise TransportError(f"FCM refuses the project: {detail}", codes <= _PROJECT_ERRORS)
        logger.error("FCM refuses the project for a part of the phones: %s", detail)


def outcome_of(answer: Answer | NoAnswer, *, now: float) -> Outcome:
    """
    Read what became of a letter from FCM's answer.

    A phone is given up only for an error that FCM itself names: a web page with a 404 comes
    from something on the way, and says nothing about the phone.

    Source: https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode
    """
    if isinstance(answer, NoAnswer):
        return Outcome.later(answer.code, str(answer))
    content = _json_object(answer.data)
    if answer.status == 200:
        name = content.get("name")
        if isinstance(name, str) and name:
            return Outcome.taken(name)
        return Outcome.later("MALFORMED_ANSWER", "FCM took the message, or not: no name in it")

    error = content.get("error")
    error = error if isinstance(error, dict) else {}
    details = _objects(error.get("details"))
    named = (each.get("errorCode") for each in details if each.get("@type") == _FCM_ERROR)
    code = str(next(named, None) or error.get("status") or f"HTTP_{answer.status}")
    detail = str(error.get("message") or f"FCM answered {answer.status}")
    if code in ("UNREGISTERED", "SENDER_ID_MISMATCH"):
        return Outcome.gone(code, detail)
    if code == "INVALID_ARGUMENT":
        names_the_phone = _names_the_phone(details, detail)
        return Outcome.gone(code, detail) if names_the_phone else Outcome.refused(code, detail)
    header = answer.headers.get("retry-after", "")
    rest = seconds_to_wait(header, now=now, at_most=LONGEST_REST)
    if rest is None and answer.status == 429:
        rest = REST_AFTER_429
    return Outcome.later(code, detail, rest)


def _encoded(address: Address, letter: Letter, messages: Messages) -> bytes | Outcome:
    if address.kind not in (AddressKind.FCM_FID, AddressKind.FCM_TOKEN):
        return Outcome.refused("WRONG_TRANSPORT", f"FCM does not reach {address.kind} addresses")
    if not 0 < len(address.value) <= LONGEST_ADDRESS:
        return Outcome.gone("MALFORMED_ADDRESS", "The address is empty or far too long")
    try:
        return messages.body(address, letter)
    except ValueError as error:
        return Outcome.refused("MALFORMED_LETTER", str(error))


def _names_the_phone(details: list[dict[str, Any]], message: str) -> bool:
    fields = {
        str(violation.get("field"))
        for each in details
        for violation in _objects(each.get("fieldViolations"))
    }
    # Some answers say it in words only: firebase/firebase-admin-java, issue 1064.
    in_words = "not a valid fcm registration token" in message.lower()
    return in_words or not fields.isdisjoint({"message.token", "message.fid"})


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _is_token(data: bytes) -> bool:
    content = _json_object(data)
    token, seconds = content.get("access_token"), str(content.get("expires_in"))
    visible = isinstance(token, str) and re.fullmatch(r"[!-~]+", token)
    return bool(visible and re.fullmatch(r"[0-9]{1,6}", seconds))


def _json_object(data: bytes) -> dict[str, Any]:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
