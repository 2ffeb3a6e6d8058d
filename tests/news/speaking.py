"""Speaking to the API about the news."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

Api = Callable[..., Client]
NEWS = "/api/v1/villages/lindental"


def post(client: Client, path: str, body: Any = None, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(path, body or {}, content_type="application/json", headers=named)
