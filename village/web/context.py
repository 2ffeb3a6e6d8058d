"""What every page knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from village.core.actor import Actor, Scope
from village.core.doors import Door, doors_for
from village.journal.queries import Top, top
from village.residents.models import Resident, Village
from village.residents.queries import resident_or_404, villages_of


def page(request: HttpRequest) -> dict[str, Any]:
    """Give the layout what it shows on every page; each part is read when it is shown."""
    return {"layout": Layout(request)}


@dataclass(frozen=True, slots=True)
class ActingFor:
    """Name for whom a helper acts, as the banner says it."""

    name: str
    age: int | None
    mandate: UUID


@dataclass(frozen=True, slots=True)
class Way:
    """Hold a door as the layout draws it on this page."""

    door: Door
    address: str
    is_open: bool
    waiting: int | None
    # Where the person's own stream stood before anything was counted.
    position: Top

    @property
    def waiting_address(self) -> str:
        """Give the address that tells what waits behind the door."""
        return reverse("waiting", args=[self.door.key])


class Layout:
    """Show who is signed in, for whom she acts, in which village, and which rooms there are."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._actor: Actor | None = getattr(request, "actor", None)

    @property
    def is_demo(self) -> bool:
        """Tell whether this is the demo, whose letters everybody may read."""
        return bool(settings.VILLAGE_DEMO)

    @property
    def me(self) -> str:
        """Give the name of whoever is signed in; empty when nobody is."""
        return str(self._request.user) if self._actor else ""

    @cached_property
    def principal(self) -> Resident | None:
        """Give the person for whom this page counts."""
        if self._actor is None:
            return None
        if isinstance(self._request.user, Resident) and not self._actor.is_assisted:
            return self._request.user
        return resident_or_404(self._actor.principal_id)

    @cached_property
    def acting_for(self) -> ActingFor | None:
        """Say for whom a helper acts; ``None`` for somebody who acts for herself."""
        if self._actor is None or self._actor.mandate_id is None or self.principal is None:
            return None
        born = self.principal.born_on
        return ActingFor(
            self.principal.display_name,
            _age(born, timezone.localdate()) if born else None,
            self._actor.mandate_id,
        )

    @property
    def helps_with_contact(self) -> bool:
        """Tell whether a helper may keep the person's address and number up to date."""
        by = self._actor
        return by is not None and by.is_assisted and by.may(Scope.CONTACT_DETAILS)

    @property
    def helps_with_defects(self) -> bool:
        """Tell whether a helper may report what is broken, and has no door to the town hall."""
        by = self._actor
        if by is None or not by.is_assisted or by.may(Scope.AUTHORITY_READ):
            return False
        return by.may(Scope.DEFECT_REPORT)

    @property
    def large_print(self) -> bool:
        """Tell whether the page is for somebody who reads large print."""
        return self.principal is not None and self.principal.large_print

    @cached_property
    def village(self) -> Village | None:
        """Give the village that the page is in, or the one the person lives in."""
        village: Village | None = getattr(self._request, "village", None)
        if village is not None or self._actor is None:
            return village
        return villages_of(self._actor).order_by("name").first()

    @cached_property
    def doors(self) -> list[Way]:
        """Give the doors of the village's rooms, with what waits behind them."""
        if self._actor is None or self.village is None:
            return []
        actor, village = self._actor, self.village.pk
        position = top(f"residents/{actor.principal_id}")
        return [
            Way(
                door,
                door.address(village),
                is_open=door.key == getattr(self._request, "door", ""),
                waiting=door.waiting(actor) if door.waiting else None,
                position=position,
            )
            for door in doors_for(actor)
        ]


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
