"""An app that signs in, as its people do."""

from __future__ import annotations

import re
from typing import Any

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client

from tests.support.cast import SECRET

APP = "/_allauth/app/v1"
JSON = "application/json"


class App:
    """Speak to the village as an app does: a token in a header, and no cookies."""

    def __init__(self, **environ: Any) -> None:
        self.http = Client(**environ)
        self.token = ""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        if self.token:
            headers["X-Session-Token"] = self.token
        sent = {} if body is None else {"data": body, "content_type": JSON}
        answer = getattr(self.http, method)(path, headers=headers, **sent)
        if path.startswith("/_allauth/") and answer["Content-Type"] == JSON:
            meta = answer.json().get("meta", {})
            self.token = meta.get("session_token", self.token)
        return answer

    def ask(self, **address: str) -> Any:
        """Ask for a code."""
        return self.call("post", f"{APP}/auth/code/request", address)

    def say(self, code: str) -> Any:
        """Say the code."""
        return self.call("post", f"{APP}/auth/code/confirm", {"code": code})

    def sign_in(self, email: str) -> Any:
        """Ask for a code by letter, read it, say it."""
        self.ask(email=email)
        return self.say(code_in_last_letter())

    def show_second_factor(self) -> Any:
        """Say what an app for codes shows now."""
        return self.call("post", f"{APP}/auth/2fa/authenticate", {"code": totp()})


def code_in_last_letter() -> str:
    """Read the code in the last letter."""
    found = re.search(r"^\d{6}$", str(mail.outbox[-1].body), re.M)
    assert found is not None, mail.outbox[-1].body
    return found[0]


def totp(secret: str = SECRET) -> str:
    """Give what an app for codes shows now."""
    counter = list(yield_hotp_counters_from_time())[1]
    return format_hotp_value(hotp_value(secret, counter))


def pending(answer: Any) -> list[str]:
    """Name the steps that a sign-in waits for."""
    return [flow["id"] for flow in answer.json()["data"]["flows"] if flow.get("is_pending")]
