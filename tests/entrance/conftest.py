"""People at the entrance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.support.cast import Cast
from village.core.actor import Actor
from village.entrance import actions
from village.entrance.actions import Household
from village.residents.models import Membership, Residency, Resident


@pytest.fixture
def newcomer(cast: Cast) -> Resident:
    """Give somebody who belongs to no village yet."""
    return Resident.objects.create_user("Frieda Neu", email="frieda@village.example", language="en")


@pytest.fixture
def letter(cast: Cast, at: datetime) -> Callable[..., str]:
    """Print a letter and give its code."""

    def printed(people: int = 1, village: str = "lindental") -> str:
        return actions.print_letters(
            by=Actor(cast.stella.pk),
            village=village,
            households=[Household(("Frieda Neu", "Mühlgasse 4"), people)],
            at=at,
        )[0].code

    return printed


@pytest.fixture
def known(cast: Cast) -> Callable[..., Resident]:
    """Make the village sure of somebody: ``known(tom)``."""

    def make(person: Resident, level: Residency = Residency.LETTER) -> Resident:
        Membership.objects.filter(resident=person).update(residency=level)
        return person

    return make


@pytest.fixture
def level() -> Callable[[Resident], Residency | None]:
    """Say how sure Lindental is of somebody."""

    def of(person: Resident) -> Residency | None:
        found = Membership.objects.current().filter(village="lindental", resident=person).first()
        return None if found is None else Residency(found.residency)

    return of
