"""Sign-in cards: who prints them, what they open, and how they rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator

from tests.support.cast import Cast
from village.core.actor import Actor
from village.core.errors import Forbidden, NotFound, TooMany
from village.entrance import actions
from village.entrance.actions import CardRefused, PrintedCard
from village.entrance.models import Card, WrongPin
from village.residents.actions import leave_village
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]
MINUTE = timedelta(minutes=1)


def give_card(cast: Cast, at: datetime, by: Resident | None = None) -> PrintedCard:
    return actions.print_card(
        by=Actor((by or cast.carla).pk), village="lindental", resident_id=cast.edda.pk, at=at
    )


def use(card: PrintedCard, at: datetime, *, pin: str = "") -> Resident:
    return actions.open_with_card(number=card.number, pin=pin or card.pin, at=at)


def wrong(card: PrintedCard) -> str:
    return f"{(int(card.pin) + 1) % 1_000_000:06}"


class TestPrintCard:
    @pytest.mark.parametrize(
        ("name", "may"),
        [("carla", True), ("stella", True), ("otto", False), ("vera", False), ("tom", False)],
    )
    def test_is_for_coordinators_and_stewards(
        self, cast: Cast, name: str, may: bool, at: datetime
    ) -> None:
        if may:
            assert use(give_card(cast, at, by=getattr(cast, name)), at) == cast.edda
        else:
            with pytest.raises(Forbidden):
                give_card(cast, at, by=getattr(cast, name))

    def test_is_not_for_whoever_can_sign_in_otherwise(
        self, cast: Cast, as_: As, at: datetime
    ) -> None:
        with pytest.raises(Forbidden, match="needs no card"):
            actions.print_card(
                by=as_(cast.carla), village="lindental", resident_id=cast.tom.pk, at=at
            )

    def test_a_foreign_resident_looks_absent(self, cast: Cast, as_: As, at: datetime) -> None:
        for village in ("lindental", "bergheim"):
            with pytest.raises(NotFound):
                actions.print_card(
                    by=as_(cast.carla), village=village, resident_id=cast.strang.pk, at=at
                )

    def test_keeps_neither_number_nor_pin(self, cast: Cast, at: datetime) -> None:
        card = give_card(cast, at)
        kept = str(list(Card.objects.values()))
        assert card.number not in kept and card.pin not in kept

    def test_lets_the_older_card_die(self, cast: Cast, at: datetime) -> None:
        older, newer = give_card(cast, at), give_card(cast, at)
        with pytest.raises(CardRefused):
            use(older, at)
        assert use(newer, at) == cast.edda


class TestRevokeCard:
    def test_opens_nothing_any_more(self, cast: Cast, as_: As, at: datetime) -> None:
        card = give_card(cast, at)
        actions.revoke_card(by=as_(cast.stella), resident_id=cast.edda.pk, at=at)
        with pytest.raises(CardRefused):
            use(card, at)

    @pytest.mark.parametrize("name", ["tom", "vera", "otto", "strang"])
    def test_looks_absent_to_others(self, cast: Cast, as_: As, name: str, at: datetime) -> None:
        card = give_card(cast, at)
        with pytest.raises(NotFound):
            actions.revoke_card(by=as_(getattr(cast, name)), resident_id=cast.edda.pk, at=at)
        assert use(card, at) == cast.edda

    def test_is_never_done_by_a_helper(
        self, cast: Cast, vera_for_edda: Actor, at: datetime
    ) -> None:
        give_card(cast, at)
        with pytest.raises(NotFound):
            actions.revoke_card(by=vera_for_edda, resident_id=cast.edda.pk, at=at)

    def test_is_kept_by_whoever_leaves_one_village(self, cast: Cast, as_: As, at: datetime) -> None:
        card = give_card(cast, at)
        leave_village(by=as_(cast.edda), village="lindental", resident_id=cast.edda.pk, at=at)
        assert use(card, at) == cast.edda


class TestAWrongPin:
    def test_lets_the_card_rest_after_five(self, cast: Cast, at: datetime) -> None:
        card = give_card(cast, at)
        for _ in range(5):
            with pytest.raises(CardRefused):
                use(card, at, pin=wrong(card))
        with pytest.raises(TooMany) as refused:
            use(card, at + 14 * MINUTE)
        assert refused.value.retry_after == 60
        assert use(card, at + 15 * MINUTE) == cast.edda

    def test_lets_it_rest_longer_each_time_up_to_a_day(self, cast: Cast, at: datetime) -> None:
        card, rests = give_card(cast, at), []
        for _ in range(9):
            for _ in range(5):
                with pytest.raises(CardRefused):
                    use(card, at, pin=wrong(card))
            until = WrongPin.objects.get().rests_until
            rests.append((until - at) // MINUTE)
            at = until
        assert rests == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]
        assert use(card, at) == cast.edda
        assert not WrongPin.objects.exists()

    def test_lets_no_other_card_rest(self, cast: Cast, as_: As, at: datetime) -> None:
        Resident.objects.filter(pk=cast.nora.pk).update(email=None)
        card = give_card(cast, at)
        other = actions.print_card(
            by=as_(cast.carla), village="lindental", resident_id=cast.nora.pk, at=at
        )
        for _ in range(5):
            with pytest.raises(CardRefused):
                use(card, at, pin=wrong(card))
        assert use(other, at) == cast.nora

    def test_looks_the_same_for_a_card_that_there_is_not(self, cast: Cast, at: datetime) -> None:
        """Neither words nor rests tell whether somebody has this number."""
        card = give_card(cast, at)
        nobodys = PrintedCard(card.card, "000000000000", card.pin)
        said: list[list[str]] = []
        for each in (card, nobodys):
            words = []
            for _ in range(6):
                with pytest.raises((CardRefused, TooMany)) as refused:
                    use(each, at, pin=wrong(card))
                words.append(f"{refused.value.code} {refused.value.detail}")
            said.append(words)
        assert said[0] == said[1]

    def test_is_forgotten_after_a_month(self, cast: Cast, at: datetime) -> None:
        card = give_card(cast, at)
        with pytest.raises(CardRefused):
            use(card, at, pin=wrong(card))
        assert actions.forget_wrong_pins(at + timedelta(days=30)) == 0
        assert actions.forget_wrong_pins(at + timedelta(days=31)) == 1

    @pytest.mark.parametrize("pin", ["", "abc", "1", "1" * 400, "１２３４５６"])
    def test_can_be_anything(self, cast: Cast, pin: str, at: datetime) -> None:
        card = give_card(cast, at)
        with pytest.raises(CardRefused):
            actions.open_with_card(number=card.number, pin=pin or " ", at=at)


class TestLetInAtTheDesk:
    def test_gives_a_card_and_ends_what_opened_before(
        self, cast: Cast, as_: As, at: datetime
    ) -> None:
        Authenticator.objects.create(user=cast.tom, type=Authenticator.Type.WEBAUTHN, data={})
        card = actions.let_in_at_desk(
            by=as_(cast.carla), village="lindental", resident_id=cast.tom.pk, at=at
        )
        assert use(card, at) == cast.tom
        assert not Authenticator.objects.filter(user=cast.tom).exists()

    def test_of_staff_is_for_the_steward(self, cast: Cast, as_: As, at: datetime) -> None:
        with pytest.raises(Forbidden):
            actions.let_in_at_desk(
                by=as_(cast.carla), village="lindental", resident_id=cast.otto.pk, at=at
            )
        card = actions.let_in_at_desk(
            by=as_(cast.stella), village="lindental", resident_id=cast.otto.pk, at=at
        )
        assert use(card, at) == cast.otto

    def test_is_never_for_oneself(self, cast: Cast, as_: As, at: datetime) -> None:
        with pytest.raises(Forbidden):
            actions.let_in_at_desk(
                by=as_(cast.stella), village="lindental", resident_id=cast.stella.pk, at=at
            )
