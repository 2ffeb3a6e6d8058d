"""Who lives together, as far as letters and invitations tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.support.cast import Cast
from village.core.actor import Actor
from village.entrance import actions
from village.entrance.actions import Household
from village.entrance.households import household_of
from village.residents.models import Residency, Resident

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]
Known = Callable[..., Resident]


@pytest.fixture
def moves_in(as_: As, stella: Resident, at: datetime) -> Callable[..., None]:
    """Let some people answer one letter."""

    def move_in(*people: Resident) -> None:
        house = [Household(("Mühlgasse 4",), len(people))]
        [letter] = actions.print_letters(
            by=as_(stella), village="lindental", households=house, at=at
        )
        for each in people:
            actions.accept_invitation(by=as_(each), code=letter.code, at=at)

    return move_in


@pytest.fixture
def invites(as_: As, at: datetime) -> Callable[[Resident, Resident], None]:
    """Let somebody invite a person into her household, who has lived nowhere so far."""

    def invite(host: Resident, guest: Resident) -> None:
        guest.memberships.all().delete()
        _, code = actions.invite_household(by=as_(host), village="lindental", people=1, at=at)
        actions.accept_invitation(by=as_(guest), code=code, at=at)

    return invite


def with_her(person: Resident) -> set[Resident]:
    return set(Resident.objects.filter(pk__in=household_of(person.pk, "lindental")))


class TestAHousehold:
    def test_is_who_answered_one_letter(self, cast: Cast, moves_in: Callable[..., None]) -> None:
        moves_in(cast.tom, cast.nora)
        moves_in(cast.mia)

        assert with_her(cast.tom) == {cast.nora}
        assert with_her(cast.nora) == {cast.tom}
        assert with_her(cast.mia) == with_her(cast.edda) == set()

    def test_is_who_was_invited_by_one_of_them(
        self,
        cast: Cast,
        moves_in: Callable[..., None],
        invites: Callable[[Resident, Resident], None],
    ) -> None:
        moves_in(cast.tom, cast.mia)
        invites(cast.tom, cast.nora)

        assert with_her(cast.nora) == {cast.tom, cast.mia}
        assert with_her(cast.mia) == {cast.tom, cast.nora}

    def test_is_who_was_invited_by_one_whom_the_desk_has_seen(
        self, cast: Cast, known: Known, invites: Callable[[Resident, Resident], None]
    ) -> None:
        known(cast.tom)
        invites(cast.tom, cast.nora)
        invites(cast.tom, cast.mia)

        assert with_her(cast.tom) == {cast.nora, cast.mia}
        assert with_her(cast.mia) == {cast.tom, cast.nora}

    def test_is_the_one_of_her_own_letter_once_she_has_one(
        self,
        cast: Cast,
        moves_in: Callable[..., None],
        invites: Callable[[Resident, Resident], None],
    ) -> None:
        moves_in(cast.tom, cast.mia)
        invites(cast.tom, cast.nora)
        moves_in(cast.nora, cast.edda)

        assert with_her(cast.nora) == {cast.edda}
        assert with_her(cast.tom) == {cast.mia}

    def test_is_of_one_village(self, cast: Cast, moves_in: Callable[..., None]) -> None:
        moves_in(cast.tom, cast.nora)
        assert household_of(cast.tom.pk, "bergheim") == set()
        assert cast.tom.memberships.get().residency == Residency.LETTER
