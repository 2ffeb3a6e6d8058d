"""Entering a village: what every page inside one does first."""

from __future__ import annotations

from django.utils import timezone

from village.core.pages import PageRequest
from village.residents.models import Village
from village.residents.queries import member_of, villages_of


def enter(request: PageRequest, slug: str) -> Village:
    """
    Enter a village, and show its times from here on; ``@page`` leaves it again.

    :raises NotFound: if there is none of this name, or the principal does not belong to it
    """
    village = member_of(request.actor, slug)
    timezone.activate(village.tzinfo)
    request.village = village
    return village


def stay_home(request: PageRequest) -> Village | None:
    """Show a page of no village by the times of the one a person lives in, if she lives in any."""
    village = villages_of(request.actor).order_by("name").first()
    if village is not None:
        timezone.activate(village.tzinfo)
        request.village = village
    return village
