"""ETags of what the API shows: a hash of the answer, so that it never claims too much."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from village.core.errors import StaleEdit


class EtagMiddleware:
    """Give each single object of the API an ETag, and answer 304 when the client has it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if (
            not request.path.startswith("/api/")
            or request.method not in ("GET", "HEAD")
            or response.status_code != 200
            or response.streaming
        ):
            return response
        response["ETag"] = etag(response.content)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        answer = get_conditional_response(request, response["ETag"], None, response)
        return answer or response


def etag(content: bytes) -> str:
    """Give the strong ETag of an answer."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def guard_edit(request: HttpRequest, shown: bytes) -> None:
    """
    Let an edit pass only when the client has seen what stands there now.

    ``shown`` is the answer that a GET of the object would give. Without ``If-Match`` the
    client does not ask for the guard.

    :raises StaleEdit: if the object has changed since
    """
    asked = request.headers.get("If-Match")
    if asked is None or asked.strip() == "*":
        return
    if etag(shown) not in [each.strip() for each in asked.split(",")]:
        raise StaleEdit
