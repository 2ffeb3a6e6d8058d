"""Showing where one lives: to two neighbours, or at a desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.support.cast import Cast
from village.core.actor import Actor
from village.core.errors import Forbidden, NotFound
from village.entrance import actions
from village.entrance.actions.residency import AlreadyVouched, IntroductionNotGood
from village.residents.models import Residency, Resident

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]
Known = Callable[..., Resident]
Level = Callable[[Resident], Residency | None]


def show(person: Resident, at: datetime) -> str:
    return actions.introduce_oneself(by=Actor(person.pk), village="lindental", at=at)[1]


class TestVouch:
    def test_two_neighbours_make_the_village_sure(
        self, cast: Cast, as_: As, known: Known, level: Level, at: datetime
    ) -> None:
        code = show(cast.nora, at)
        actions.vouch_for(by=as_(known(cast.tom)), code=code, at=at)
        assert level(cast.nora) is Residency.DECLARED

        actions.vouch_for(by=as_(known(cast.vera)), code=code, at=at)
        assert level(cast.nora) is Residency.VOUCHED

    def test_one_neighbour_counts_once(
        self, cast: Cast, as_: As, known: Known, level: Level, at: datetime
    ) -> None:
        code = show(cast.nora, at)
        actions.vouch_for(by=as_(known(cast.tom)), code=code, at=at)
        with pytest.raises(AlreadyVouched):
            actions.vouch_for(by=as_(cast.tom), code=code, at=at)
        assert level(cast.nora) is Residency.DECLARED

    def test_is_not_for_whom_the_village_does_not_know(
        self, cast: Cast, as_: As, at: datetime
    ) -> None:
        with pytest.raises(Forbidden):
            actions.vouch_for(by=as_(cast.tom), code=show(cast.nora, at), at=at)

    def test_is_not_for_oneself(self, nora: Resident, as_: As, known: Known, at: datetime) -> None:
        with pytest.raises(Forbidden):
            actions.vouch_for(by=as_(known(nora)), code=show(nora, at), at=at)

    def test_is_never_done_in_somebody_elses_name(
        self, cast: Cast, vera_for_edda: Actor, known: Known, at: datetime
    ) -> None:
        known(cast.edda)
        with pytest.raises(Forbidden):
            actions.vouch_for(by=vera_for_edda, code=show(cast.nora, at), at=at)

    def test_a_code_says_nothing_to_the_next_village(
        self, cast: Cast, as_: As, known: Known, at: datetime
    ) -> None:
        known(cast.strang)
        code = show(cast.nora, at)
        for said in (code, "12345678"):
            with pytest.raises(IntroductionNotGood):
                actions.look_at(by=as_(cast.strang), code=said, at=at)

    def test_a_code_is_good_for_half_an_hour(
        self, cast: Cast, as_: As, known: Known, at: datetime
    ) -> None:
        code = show(cast.nora, at)
        known(cast.tom)
        with pytest.raises(IntroductionNotGood):
            actions.vouch_for(by=as_(cast.tom), code=code, at=at + timedelta(minutes=30))

    def test_a_newer_code_takes_the_place_of_an_older(
        self, cast: Cast, as_: As, known: Known, at: datetime
    ) -> None:
        older, newer = show(cast.nora, at), show(cast.nora, at)
        known(cast.tom)
        with pytest.raises(IntroductionNotGood):
            actions.look_at(by=as_(cast.tom), code=older, at=at)
        assert actions.look_at(by=as_(cast.tom), code=newer, at=at).resident_id == cast.nora.pk


class TestCheckAtDesk:
    @pytest.mark.parametrize(
        ("name", "may"),
        [
            ("otto", True),
            ("carla", True),
            ("stella", True),
            ("tom", False),
            ("vera", False),
            ("mia", False),
            ("max", False),
        ],
    )
    def test_is_for_the_desks(
        self, cast: Cast, as_: As, level: Level, name: str, may: bool, at: datetime
    ) -> None:
        by = as_(getattr(cast, name))
        if may:
            actions.check_at_desk(by=by, village="lindental", resident_id=cast.edda.pk, at=at)
        else:
            with pytest.raises(Forbidden):
                actions.check_at_desk(by=by, village="lindental", resident_id=cast.edda.pk, at=at)
        assert level(cast.edda) is (Residency.DESK if may else Residency.DECLARED)

    def test_is_not_for_oneself(self, otto: Resident, as_: As, at: datetime) -> None:
        with pytest.raises(Forbidden):
            actions.check_at_desk(by=as_(otto), village="lindental", resident_id=otto.pk, at=at)

    def test_a_foreign_resident_looks_absent(self, cast: Cast, as_: As, at: datetime) -> None:
        for village, person in (("lindental", cast.strang), ("bergheim", cast.strang)):
            with pytest.raises(NotFound):
                actions.check_at_desk(
                    by=as_(cast.otto), village=village, resident_id=person.pk, at=at
                )

    def test_knows_whoever_shows_her_code(
        self, cast: Cast, as_: As, level: Level, at: datetime
    ) -> None:
        actions.check_introduced(by=as_(cast.otto), code=show(cast.nora, at), at=at)
        assert level(cast.nora) is Residency.DESK

    def test_changes_nothing_when_the_village_is_surer(
        self, cast: Cast, as_: As, known: Known, level: Level, at: datetime
    ) -> None:
        known(cast.nora, Residency.VOUCHED)
        actions.check_introduced(by=as_(cast.otto), code=show(cast.nora, at), at=at)
        assert level(cast.nora) is Residency.VOUCHED
