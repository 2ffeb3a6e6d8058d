"""
One transaction around every unsafe request, and one effect for every Idempotency-Key.

The key is stored in the transaction of its effect: both are there, or neither. A second
request with the same key waits for the first and gets its answer. A page's form carries its
key in a hidden field, so that a button pressed twice acts once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from village.core import delegation, strength
from village.core.actor import Actor
from village.core.errors import DomainError
from village.core.models import KeptAnswer
from village.core.pages import refusal
from village.core.problem import problem_of

KEPT_FOR = timedelta(hours=72)
KEY_MAX = 255
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What was never judged by a verb is not kept: a client may mend it and use the key again.
_UNJUDGED = frozenset({400, 401, 405, 413, 415, 422, 429})
# Stands for an answer that held a secret: kept is that it was given, not what it said.
_SHOWN_ONCE = "Shown-Once"
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")
# The hidden field of a page's form that says which one it is; see the tag ``once``.
FORM_KEY = "once"
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
# What signs people in and serves operators has transactions of its own.
_NOT_OURS = ("/_allauth/", "/accounts/", "/operate/")

GetResponse = Callable[[HttpRequest], HttpResponse]


class KeyMalformed(DomainError):
    """A key is empty or too long."""

    code = "idempotency.key_malformed"
    status = 400


class TooLarge(DomainError):
    """A body is larger than anything the village takes."""

    code = "request.too_large"
    status = 413


class SentTwice(DomainError):
    """A key comes again with another request: what it first stood for has been done."""

    code = "idempotency.key_reused"


class ShownOnce(DomainError):
    """What the first answer showed was a secret, and is kept nowhere."""

    code = "idempotency.shown_once"


def show_once(request: HttpRequest) -> None:
    """Say that the answer to this request holds a secret, which must not be kept for a repeat."""
    request.is_shown_once = True  # type: ignore[attr-defined]


class AnswerErased(DomainError):
    """What a repeated request once answered showed somebody who has been erased since."""

    code = "idempotency.answer_erased"
    status = 410

    def __init__(self) -> None:
        super().__init__(_("This was done before. What it showed has been erased since."))


class UnsafeRequestMiddleware:
    """Run unsafe requests in a transaction that holds their mandate and their key."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor: Actor | None = getattr(request, "actor", None)
        if request.method in SAFE_METHODS or actor is None or request.path.startswith(_NOT_OURS):
            return self.get_response(request)
        is_api = request.path.startswith("/api/")
        key = request.headers.get("Idempotency-Key") if is_api else request.POST.get(FORM_KEY)
        if key is not None and not (0 < len(key) <= KEY_MAX and key.isprintable()):
            return _refused(request, KeyMalformed(_("The key has 1 to 255 characters.")))
        if key is None:
            return self._act(request, actor)
        try:
            fingerprint = _fingerprint(request)
        except RequestDataTooBig:
            return _refused(request, TooLarge(_("This is too large.")))
        with transaction.atomic():
            kept, is_new = KeptAnswer.objects.get_or_create(
                principal=f"{actor.principal_id}/{actor.mandate_id or ''}",
                key=key,
                defaults={"fingerprint": fingerprint, "created_at": timezone.now()},
            )
            if not is_new:
                return _replay(request, kept, fingerprint)
            response = self._act(request, actor)
            if not _is_kept(response, is_api=is_api):
                transaction.set_rollback(True)
                return response
            kept.status = response.status_code
            if getattr(request, "is_shown_once", False):
                kept.body, kept.headers = b"", {_SHOWN_ONCE: "true"}
            else:
                kept.body = response.content
                kept.headers = {
                    name: response.headers[name]
                    for name in _KEPT_HEADERS
                    if name in response.headers
                }
            kept.save(update_fields=["status", "body", "headers"])
            return response

    def _act(self, request: HttpRequest, actor: Actor) -> HttpResponse:
        """Answer the request; an error takes back everything it did."""
        with transaction.atomic():
            try:
                delegation.hold_mandate(actor)
            except DomainError as error:
                return _refused(request, error)
            response = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            return response


def forget_old_answers() -> int:
    """Delete the answers whose time is over; give their number."""
    return KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()[0]


def erase_answer(kept: KeptAnswer) -> None:
    """Forget what an answer showed; its key stays, so that a repeated request acts once."""
    KeptAnswer.objects.filter(pk=kept.pk).update(status=AnswerErased.status, body=b"", headers={})


def _fingerprint(request: HttpRequest) -> bytes:
    digest = hashlib.sha256(f"{request.method}\n{request.get_full_path()}\n".encode())
    digest.update(f"{request.content_type}\n".encode())
    if request.content_type in _FORMS:
        _add_form(request, digest)
    else:
        digest.update(request.body)
    return digest.digest()


def _add_form(request: HttpRequest, digest: hashlib._Hash) -> None:
    """Add what was filled in; a multipart body as such may be too large for the memory."""
    for name, values in sorted(request.POST.lists()):
        # Drawn anew for each try.
        if name != "csrfmiddlewaretoken":
            digest.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)


def _is_kept(response: HttpResponse, *, is_api: bool) -> bool:
    """Tell whether an answer stays; a page that said no may be tried again as it is."""
    # With a second factor, the same request may be judged otherwise.
    if strength.is_told() or response.status_code in _UNJUDGED or response.status_code >= 500:
        return False
    return is_api or response.status_code < 400


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    return problem_of(error) if request.path.startswith("/api/") else refusal(request, error)


def _replay(request: HttpRequest, kept: KeptAnswer, fingerprint: bytes) -> HttpResponse:
    if bytes(kept.fingerprint) != fingerprint:
        if request.path.startswith("/api/"):
            words = _("This key was used for a different request.")
        else:
            words = _("You have sent this form before. Please open it again to send something new.")
        return _refused(request, SentTwice(words))
    if _SHOWN_ONCE in kept.headers:
        return _refused(request, ShownOnce(_("This was done. Its code was shown once.")))
    if kept.status == AnswerErased.status:
        return _refused(request, AnswerErased())
    response = HttpResponse(bytes(kept.body), status=kept.status)
    for name, value in kept.headers.items():
        response[name] = value
    response["Idempotency-Replayed"] = "true"
    return response
