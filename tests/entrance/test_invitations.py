"""Letters and invitations: who may send them, and whom they let in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from tests.support.cast import Cast
from village.core.actor import Actor
from village.core.errors import Forbidden, NotFound, TooMany
from village.entrance import actions, codes
from village.entrance.actions import CodeNotGood, Household
from village.entrance.models import Invitation
from village.journal.models import Entry
from village.residents.models import Membership, Residency, Resident

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]
Known = Callable[..., Resident]
Level = Callable[[Resident], Residency | None]
HOUSE = [Household(("Frieda Neu", "Mühlgasse 4"), 2)]


class TestPrintLetters:
    @pytest.mark.parametrize("name", ["stella", "otto"])
    def test_is_for_the_steward_and_the_town_hall(
        self, cast: Cast, as_: As, name: str, at: datetime
    ) -> None:
        letters = actions.print_letters(
            by=as_(getattr(cast, name)), village="lindental", households=HOUSE, at=at
        )
        assert [letter.household for letter in letters] == HOUSE

    @pytest.mark.parametrize("name", ["tom", "mia", "max", "vera"])
    def test_is_for_nobody_else(self, cast: Cast, as_: As, name: str, at: datetime) -> None:
        with pytest.raises(Forbidden):
            actions.print_letters(
                by=as_(getattr(cast, name)), village="lindental", households=HOUSE, at=at
            )

    def test_shows_nothing_of_a_foreign_village(
        self, stella: Resident, as_: As, at: datetime
    ) -> None:
        with pytest.raises(NotFound):
            actions.print_letters(by=as_(stella), village="bergheim", households=HOUSE, at=at)

    def test_keeps_neither_code_nor_address(self, letter: Callable[..., str]) -> None:
        code = letter()
        kept = str(list(Invitation.objects.values())) + str(list(Entry.objects.values("data")))

        assert code not in kept
        assert "Mühlgasse" not in kept and "Frieda" not in kept


class TestInviteHousehold:
    def test_is_for_people_whom_the_village_knows(
        self, tom: Resident, as_: As, known: Known, at: datetime
    ) -> None:
        with pytest.raises(Forbidden):
            actions.invite_household(by=as_(tom), village="lindental", people=2, at=at)
        known(tom)
        invitation, code = actions.invite_household(
            by=as_(tom), village="lindental", people=2, at=at
        )
        assert (invitation.people, len(code)) == (2, 12)

    def test_is_never_done_in_somebody_elses_name(
        self, edda: Resident, vera_for_edda: Actor, known: Known, at: datetime
    ) -> None:
        known(edda)
        with pytest.raises(Forbidden):
            actions.invite_household(by=vera_for_edda, village="lindental", people=1, at=at)


class TestAccept:
    def test_a_letter_lets_in_whoever_lives_there(
        self, newcomer: Resident, as_: As, letter: Callable[..., str], level: Level, at: datetime
    ) -> None:
        actions.accept_invitation(by=as_(newcomer), code=codes.spoken(letter()), at=at)

        assert level(newcomer) is Residency.LETTER

    def test_a_letter_makes_the_village_surer_of_a_member(
        self, tom: Resident, as_: As, letter: Callable[..., str], level: Level, at: datetime
    ) -> None:
        actions.accept_invitation(by=as_(tom), code=letter(), at=at)

        assert level(tom) is Residency.LETTER

    def test_a_letter_never_makes_it_less_sure(
        self, tom: Resident, as_: As, known: Known, letter: Callable[..., str], level: Level,
        at: datetime,
    ) -> None:  # fmt: skip
        known(tom, Residency.VOUCHED)
        actions.accept_invitation(by=as_(tom), code=letter(), at=at)

        assert level(tom) is Residency.VOUCHED
        assert Invitation.objects.get().used == 0

    def test_an_invitation_lets_in_without_proof(
        self, tom: Resident, newcomer: Resident, as_: As, known: Known, level: Level, at: datetime
    ) -> None:
        known(tom)
        _, code = actions.invite_household(by=as_(tom), village="lindental", people=1, at=at)
        actions.accept_invitation(by=as_(newcomer), code=code, at=at)

        assert level(newcomer) is Residency.DECLARED

    def test_one_person_takes_one_place(
        self, newcomer: Resident, nora: Resident, as_: As, letter: Callable[..., str], at: datetime
    ) -> None:
        code = letter(people=2)
        for person in (newcomer, newcomer, nora):
            actions.accept_invitation(by=as_(person), code=code, at=at)

        assert Invitation.objects.get().used == 2

    def test_a_code_lets_in_no_more_people_than_were_invited(
        self, newcomer: Resident, nora: Resident, as_: As, letter: Callable[..., str], at: datetime
    ) -> None:
        code = letter(people=1)
        actions.accept_invitation(by=as_(newcomer), code=code, at=at)
        with pytest.raises(CodeNotGood):
            actions.accept_invitation(by=as_(nora), code=code, at=at)

    @pytest.mark.parametrize("written", ["", "abc", "123", "١٢٣٤٥٦٧٨٩٠١٢", "0" * 12, "9" * 40])
    def test_what_is_no_code_lets_nobody_in(
        self, newcomer: Resident, as_: As, written: str, at: datetime
    ) -> None:
        with pytest.raises(CodeNotGood):
            actions.accept_invitation(by=as_(newcomer), code=written, at=at)
        assert not Membership.objects.filter(resident=newcomer).exists()

    def test_a_code_ends_on_time(
        self, newcomer: Resident, as_: As, letter: Callable[..., str], level: Level, at: datetime
    ) -> None:
        code = letter()
        end = Invitation.objects.get().expires_at
        with pytest.raises(CodeNotGood):
            actions.accept_invitation(by=as_(newcomer), code=code, at=end)
        actions.accept_invitation(by=as_(newcomer), code=code, at=end - timedelta(microseconds=1))
        assert level(newcomer) is Residency.LETTER

    def test_a_withdrawn_code_lets_nobody_in(
        self, newcomer: Resident, stella: Resident, as_: As, letter: Callable[..., str],
        at: datetime,
    ) -> None:  # fmt: skip
        code = letter()
        actions.withdraw_invitation(
            by=as_(stella), invitation_id=Invitation.objects.get().pk, at=at
        )
        with pytest.raises(CodeNotGood):
            actions.accept_invitation(by=as_(newcomer), code=code, at=at)

    def test_nobody_tries_more_than_ten_codes_in_an_hour(
        self, newcomer: Resident, as_: As, letter: Callable[..., str], at: datetime
    ) -> None:
        code = letter()
        for guess in range(10):
            with pytest.raises(CodeNotGood):
                actions.accept_invitation(by=as_(newcomer), code=f"{guess:012}", at=at)
        with pytest.raises(TooMany) as refused:
            actions.accept_invitation(by=as_(newcomer), code=code, at=at)
        assert 0 < (refused.value.retry_after or 0) <= 3600


class TestWithdraw:
    def test_a_foreign_invitation_looks_absent(
        self, tom: Resident, as_: As, letter: Callable[..., str], at: datetime
    ) -> None:
        letter()
        for invitation in (Invitation.objects.get().pk, uuid4()):
            with pytest.raises(NotFound):
                actions.withdraw_invitation(by=as_(tom), invitation_id=invitation, at=at)
