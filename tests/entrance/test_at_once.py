"""Many who come with the same code at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.support.at_once import all_at_once
from tests.support.cast import Cast
from village.core.actor import Actor
from village.entrance import actions
from village.entrance.models import Invitation
from village.residents.models import Membership, Resident

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 64


def crowd() -> list[Resident]:
    return Resident.objects.bulk_create(
        [Resident(display_name=f"Guest {n}", email=f"g{n}@village.example") for n in range(MANY)]
    )


class TestOneCode:
    @pytest.mark.parametrize("people", [1, 3])
    def test_lets_in_exactly_as_many_as_are_invited(
        self, cast: Cast, letter: Callable[..., str], people: int, at: datetime
    ) -> None:
        code, guests = letter(people=people), crowd()

        def come(person: object) -> str:
            actions.accept_invitation(by=Actor(person), code=code, at=at)
            return "in"

        came = all_at_once(come, [guest.pk for guest in guests])

        assert came == {"in": people, "entrance.code_not_good": MANY - people}
        assert Membership.objects.filter(resident__in=guests).count() == people
        assert Invitation.objects.get().used == people

    def test_lets_one_person_in_once(
        self, newcomer: Resident, letter: Callable[..., str], at: datetime
    ) -> None:
        code = letter(people=3)

        def come(person: object) -> str:
            actions.accept_invitation(by=Actor(person), code=code, at=at)
            return "in"

        assert all_at_once(come, [newcomer.pk] * 8) == {"in": 8}
        assert Membership.objects.filter(resident=newcomer).count() == 1
        assert Invitation.objects.get().used == 1
