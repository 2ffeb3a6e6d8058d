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
from hashlib import sha256
from typing import Any, Final

import structlog
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse

from village.core.errors import TooMany
from village.core.limits import Budget, Flow
from village.core.phone import block_of, read
from village.core.sessions import SessionStore
from village.core.visitors import network_of

log = structlog.get_logger(__name__)
# The numbers are those of NIST SP 800-63B 5.2.2 taken for a village: few tries, and never for good.
ASKED: Final = Budget("sign-in.asked", 10, 3600)
ASKED_FROM: Final = Budget("sign-in.asked-from", 60, 3600)
SAID: Final = Budget("sign-in.said", 10, 3600)
# A text message costs the village, and somebody may earn by it or torment somebody. Who signs in
# can have them sent to numbers of people here alone, and from where nobody ever came in by a
# number only so many; who is new, or changes her number, can have them sent to any.
TEXTED: Final = Budget("sign-in.texted", 5, 3600)
TEXTED_BY_STRANGERS: Final = Budget("sign-in.texted-by-strangers", 10, 24 * 3600)
AT_HOME_SECONDS: Final = 90 * 24 * 3600
NEW_FROM: Final = Budget("sign-in.new-phones-from", 20, 3600)
NEW_IN_BLOCK: Final = Budget("sign-in.new-phones-in-block", 20, 24 * 3600)
NEW_PHONES: Final = Flow("sign-in.new-phones", settings.NEW_PHONES_PER_DAY, 24 * 3600)
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
                case "auth/phone/signup" | "account/phone":
                    return self._ask_new_phone(request)
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
        address = _address_in(request)
        ASKED.spend(f"{address}|{network}")
        if address.startswith("+"):
            TEXTED.spend(f"{address}|{network}")
            if not cache.get(_home(address, network)):
                TEXTED_BY_STRANGERS.spend(address)
        return self.get_response(request)

    def _ask_new_phone(self, request: HttpRequest) -> HttpResponse:
        network, number = network_of(request), _address_in(request)
        ASKED_FROM.spend(network)
        ASKED.spend(f"{number}|{network}")
        NEW_FROM.spend(network)
        NEW_IN_BLOCK.spend(block_of(number))
        NEW_PHONES.spend("all")
        return self.get_response(request)

    def _say(self, request: HttpRequest) -> HttpResponse:
        network = network_of(request)
        place = WRONG_FROM.spend(network)
        address = _address_awaited(request)
        SAID.spend(f"{address}|{network}")
        response = self.get_response(request)
        if response.status_code != 400:
            WRONG_FROM.give_back(place)
        if response.status_code == 200 and address.startswith("+"):
            cache.set(_home(address, network), 1, timeout=AT_HOME_SECONDS)
        return response


def _address_in(request: HttpRequest) -> str:
    """Give the address for which a code is asked; whatever is no address is one and the same."""
    try:
        asked = json.loads(request.body)
    except ValueError:
        return ""
    if not isinstance(asked, dict):
        return ""
    if asked.get("phone"):
        return read(str(asked["phone"])[:40], region=settings.PHONE_REGION) or ""
    return str(asked.get("email") or "").strip().lower()


def _address_awaited(request: HttpRequest) -> str:
    """Give the address whose code a sign-in waits for."""
    token = request.headers.get("X-Session-Token")
    session = SessionStore.of_token(token) if token else request.session
    login: Any = session.get(LOGIN_SESSION_KEY)
    if not isinstance(login, dict):
        return ""
    waiting = login.get("state", {}).get("stages", {}).get("login_by_code", {}).get("data", {})
    found = waiting.get("email") or waiting.get("phone") or login.get("email") or ""
    return str(found).lower()


def _home(number: str, network: str) -> str:
    """Name where is kept that somebody has come in by a number from a network."""
    return f"sign-in.home:{sha256(f'{number}|{network}'.encode()).hexdigest()[:32]}"


def _refused(error: TooMany) -> JsonResponse:
    """Answer as allauth does, and say when to come again."""
    response = JsonResponse({"status": 429, "errors": [{"message": error.detail}]}, status=429)
    response["Retry-After"] = str(error.retry_after)
    return response
