"""In which language the village speaks with whoever is signed in."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from village.residents.models import Resident

# Where a program asks, which may have a language of its own: an app is in that of its phone.
_FOR_PROGRAMS = ("/api/", "/_allauth/")


def speak_with(resident: Resident, request: HttpRequest) -> None:
    """
    Speak her own language on pages, and to her app unless it asks for another one.

    Before sign-in, and for machines, ``LocaleMiddleware`` has taken what ``Accept-Language`` asks
    for.
    """
    if request.path.startswith(_FOR_PROGRAMS) and asked_for(request):
        return
    translation.activate(resident.language)
    request.LANGUAGE_CODE = resident.language


def asked_for(request: HttpRequest) -> str | None:
    """Give the language of ours that a request asks for first, if any; ``*`` asks for none."""
    asked = request.headers.get("Accept-Language", "")
    for tag, weight in parse_accept_lang_header(asked):
        if weight > 0 and (ours := _of_ours(tag)):
            return ours
    return None


def _of_ours(tag: str) -> str | None:
    try:
        return get_supported_language_variant(tag)
    except LookupError:
        return None
