"""
How often somebody may try to sign in, and what a hostile answer of a phone comes to.

Tries count per address and network, so that no stranger can lock an elder out from elsewhere; who
says the right code gets the network's try back, so that a full community centre can sign in.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable
from typing import Any, Final

import structlog
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from django.http import HttpRequest, HttpResponse, JsonResponse

from village.core.errors import TooMany
from village.core.limits import Budget
from village.core.sessions import SessionStore
from village.core.visitors import network_of

log = structlog.get_logger(__name__)
# The numbers are those of NIST SP 800-63B 5.2.2 taken for a village: few tries, and never for good.
ASKED: Final = Budget("sign-in.asked", 10, 3600)
ASKED_FROM: Final = Budget("sign-in.asked-from", 60, 3600)
SAID: Final = Budget("sign-in.said", 10, 3600)
WRONG_FROM: Final = Budget("sign-in.wrong-from", 30, 3600)
_PATH = re.compile(r"/_allauth/(?:app|browser)/v1/(?P<step>.+)")
# What fido2 raises when a credential is not one.
_NOT_A_CREDENTIAL = (AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error)


class SignInMiddleware:
    """Bound the tries of whoever signs in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = _PATH.fullmatch(request.path)
        if found is None or request.method != "POST":
            return self.get_response(request)
        try:
            match found["step"]:
                case "auth/code/request":
                    return self._ask(request)
                case "auth/code/confirm" | "auth/email/verify" | "auth/phone/verify":
                    return self._say(request)
        except TooMany as error:
            log.warning("sign_in_limited", step=found["step"])
            return _refused(error)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Refuse what is no credential; neither allauth nor fido2 catches all that it can be."""
        found = _PATH.fullmatch(request.path)
        if found is None or "webauthn" not in found["step"]:
            return None
        if not isinstance(error, _NOT_A_CREDENTIAL):
            return None
        log.warning("credential_malformed", error=type(error).__name__)
        return JsonResponse({"status": 400, "errors": []}, status=400)

    def _ask(self, request: HttpRequest) -> HttpResponse:
        network = network_of(request)
        ASKED_FROM.spend(network)
        ASKED.spend(f"{_address_in(request)}|{network}")
        return self.get_response(request)

    def _say(self, request: HttpRequest) -> HttpResponse:
        network = network_of(request)
        place = WRONG_FROM.spend(network)
        SAID.spend(f"{_address_awaited(request)}|{network}")
        response = self.get_response(request)
        if response.status_code != 400:
            WRONG_FROM.give_back(place)
        return response


def _address_in(request: HttpRequest) -> str:
    """Give the address for which a code is asked; whatever is no address is one and the same."""
    try:
        asked = json.loads(request.body)
    except ValueError:
        return ""
    if not isinstance(asked, dict):
        return ""
    return str(asked.get("email") or asked.get("phone") or "").strip().lower()


def _address_awaited(request: HttpRequest) -> str:
    """Give the address whose code a sign-in waits for."""
    token = request.headers.get("X-Session-Token")
    session = SessionStore(token) if token else request.session
    login: Any = session.get(LOGIN_SESSION_KEY)
    if not isinstance(login, dict):
        return ""
    waiting = login.get("state", {}).get("stages", {}).get("login_by_code", {})
    found = waiting.get("email") or waiting.get("phone") or login.get("email") or ""
    return str(found).lower()


def _refused(error: TooMany) -> JsonResponse:
    """Answer as allauth does, and say when to come again."""
    response = JsonResponse({"status": 429, "errors": [{"message": error.detail}]}, status=429)
    response["Retry-After"] = str(error.retry_after)
    return response
