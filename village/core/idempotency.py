"""
One transaction around every unsafe request, and one effect for every Idempotency-Key.

The key is stored in the transaction of its effect: both are there, or neither. A second
request with the same key waits for the first and gets its answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from village.core import delegation
from village.core.actor import Actor
from village.core.errors import DomainError
from village.core.models import KeptAnswer
from village.core.problem import problem, problem_of

KEPT_FOR = timedelta(hours=72)
KEY_MAX = 255
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What was never judged by a verb is not kept: a client may mend it and use the key again.
_UNJUDGED = frozenset({400, 401, 405, 413, 415, 422, 429})
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")

GetResponse = Callable[[HttpRequest], HttpResponse]


class UnsafeRequestMiddleware:
    """Run unsafe API requests in a transaction that holds their mandate and their key."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE_METHODS or not request.path.startswith("/api/"):
            return self.get_response(request)
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None:
            return self.get_response(request)
        key = request.headers.get("Idempotency-Key")
        if key is not None and not 0 < len(key) <= KEY_MAX:
            return problem(400, "idempotency.key_malformed", _("The key has 1 to 255 characters."))
        fingerprint = _fingerprint(request)
        with transaction.atomic():
            if key is None:
                return self._act(request, actor)
            kept, is_new = KeptAnswer.objects.get_or_create(
                principal=f"{actor.principal_id}/{actor.mandate_id or ''}",
                key=key,
                defaults={"fingerprint": fingerprint, "created_at": timezone.now()},
            )
            if not is_new:
                return _replay(kept, fingerprint)
            response = self._act(request, actor)
            if response.status_code in _UNJUDGED or response.status_code >= 500:
                transaction.set_rollback(True)
                return response
            kept.status = response.status_code
            kept.body = response.content
            kept.headers = {n: response.headers[n] for n in _KEPT_HEADERS if n in response.headers}
            kept.save(update_fields=["status", "body", "headers"])
            return response

    def _act(self, request: HttpRequest, actor: Actor) -> HttpResponse:
        """Answer the request; an error takes back everything it did."""
        with transaction.atomic():
            try:
                delegation.hold_mandate(actor)
            except DomainError as error:
                return problem_of(error)
            response = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            return response


def forget_old_answers() -> int:
    """Delete the answers whose time is over; give their number."""
    return KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()[0]


def _fingerprint(request: HttpRequest) -> bytes:
    parts = (request.method or "", request.get_full_path(), request.content_type or "")
    body = request.body
    # The boundary of a multipart body is drawn anew for each try; what it bounds is not.
    if boundary := (request.content_params or {}).get("boundary"):
        body = body.replace(boundary.encode(), b"")
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + body).digest()


def _replay(kept: KeptAnswer, fingerprint: bytes) -> HttpResponse:
    if bytes(kept.fingerprint) != fingerprint:
        return problem(
            409, "idempotency.key_reused", _("This key was used for a different request.")
        )
    response = HttpResponse(bytes(kept.body), status=kept.status)
    for name, value in kept.headers.items():
        response[name] = value
    response["Idempotency-Replayed"] = "true"
    return response
