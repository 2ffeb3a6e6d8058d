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
    if request.path.startswith(_FOR_PROGRAMS) and _asks_for_one_of_ours(request):
        return
    translation.activate(resident.language)
    request.LANGUAGE_CODE = resident.language


def _asks_for_one_of_ours(request: HttpRequest) -> bool:
    """Tell whether a language is asked for in which the village speaks; ``*`` asks for none."""
    asked = request.headers.get("Accept-Language", "")
    return any(_is_ours(tag) for tag, weight in parse_accept_lang_header(asked) if weight > 0)


def _is_ours(tag: str) -> bool:
    try:
        get_supported_language_variant(tag)
    except LookupError:
        return False
    return True
