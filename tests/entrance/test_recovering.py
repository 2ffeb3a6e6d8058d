"""Coming back by two neighbours, for whoever has lost every way in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from tests.auth.app import APP, App, pending
from tests.support.at_once import all_at_once
from tests.support.cast import Cast, secure
from village.core.actor import Actor
from village.core.errors import Forbidden, OutOfScope
from village.entrance import actions
from village.entrance.actions import RecoveryNotGood, RecoveryWaits
from village.entrance.facts import ReturnVouched
from village.entrance.models import Recovery
from village.entrance.notices import _vouched
from village.journal.models import Entry
from village.residents.actions import block
from village.residents.models import Grant, Membership, Residency, Resident, Role

pytestmark = pytest.mark.django_db
Known = Callable[..., Resident]
NUMBER = "+4915155501234"
DAYS = timedelta(days=1)


@pytest.fixture(autouse=True)
def phone(edda: Resident) -> None:
    """Give edda a phone, which lies at the bottom of the lake now."""
    Resident.objects.filter(pk=edda.pk).update(phone=NUMBER)


@pytest.fixture
def neighbours(cast: Cast, known: Known) -> tuple[Actor, Actor]:
    """Give two neighbours whom the village knows to live there."""
    return Actor(known(cast.tom).pk), Actor(known(cast.nora).pk)


def vouched(neighbours: tuple[Actor, Actor], at: datetime) -> str:
    """Let two neighbours vouch for edda; give what her new device holds."""
    _, code, secret = actions.begin_recovery(address="", number=NUMBER, at=at)
    for neighbour in neighbours:
        actions.vouch_for_return(by=neighbour, code=code, at=at)
    return secret


class TestTwoNeighbours:
    def test_let_somebody_in_after_two_days(
        self, edda: Resident, neighbours: tuple[Actor, Actor], at: datetime
    ) -> None:
        secret = vouched(neighbours, at)
        with pytest.raises(RecoveryWaits):
            actions.come_back(secret=secret, at=at + 2 * DAYS - timedelta(seconds=1))
        assert actions.come_back(secret=secret, at=at + 2 * DAYS) == edda
        with pytest.raises(RecoveryNotGood):
            actions.come_back(secret=secret, at=at + 2 * DAYS)
        kinds = list(Entry.objects.order_by("pk").values_list("kind", flat=True))
        assert kinds[-3:] == ["entrance.return_vouched"] * 2 + ["entrance.came_back"]

    def test_are_two_different_people(self, neighbours: tuple[Actor, Actor], at: datetime) -> None:
        _, code, secret = actions.begin_recovery(address="", number=NUMBER, at=at)
        actions.vouch_for_return(by=neighbours[0], code=code, at=at)
        with pytest.raises(actions.AlreadyVouched):
            actions.vouch_for_return(by=neighbours[0], code=code, at=at)
        with pytest.raises(RecoveryWaits):
            actions.come_back(secret=secret, at=at + DAYS / 2)

    def test_have_a_day_and_she_a_week(self, neighbours: tuple[Actor, Actor], at: datetime) -> None:
        _, code, _ = actions.begin_recovery(address="", number=NUMBER, at=at)
        with pytest.raises(RecoveryNotGood):
            actions.vouch_for_return(by=neighbours[0], code=code, at=at + DAYS)
        secret = vouched(neighbours, at)
        with pytest.raises(RecoveryNotGood):
            actions.come_back(secret=secret, at=at + 9 * DAYS)
        assert actions.forget_recoveries(at + 9 * DAYS) == 4
        assert not Recovery.objects.exists()

    def test_are_known_to_live_there_and_know_her(
        self, cast: Cast, known: Known, at: datetime
    ) -> None:
        _, code, _ = actions.begin_recovery(address="", number=NUMBER, at=at)
        known(cast.strang)
        with pytest.raises(RecoveryNotGood):
            actions.look_at_recovery(by=Actor(cast.strang.pk), code=code, at=at)
        with pytest.raises(RecoveryNotGood):
            actions.look_at_recovery(by=Actor(cast.edda.pk), code=code, at=at)
        Membership.objects.filter(resident=cast.tom).update(residency=Residency.DECLARED)
        with pytest.raises(Forbidden):
            actions.vouch_for_return(by=Actor(cast.tom.pk), code=code, at=at)
        block(by=Actor(cast.nora.pk), resident_id=cast.edda.pk, at=at)
        with pytest.raises(RecoveryNotGood):
            actions.vouch_for_return(by=Actor(known(cast.nora).pk), code=code, at=at)

    def test_never_vouch_in_somebody_elses_name(self, vera_for_edda: Actor, at: datetime) -> None:
        with pytest.raises(OutOfScope):
            actions.look_at_recovery(by=vera_for_edda, code="1", at=at)
        with pytest.raises(OutOfScope):
            actions.stop_recovery(by=vera_for_edda, at=at)


class TestWhoeverStillHasAWayIn:
    def test_hears_of_it_and_stops_it(
        self, edda: Resident, neighbours: tuple[Actor, Actor], at: datetime
    ) -> None:
        secret = vouched(neighbours, at)
        recovery = Recovery.objects.get()
        fact = ReturnVouched(village="lindental", recovery=recovery.pk, resident=edda.pk)
        words = _vouched(fact)
        assert words is not None
        assert words.title == "Two neighbours say that you cannot get in any more."
        actions.stop_recovery(by=Actor(edda.pk), at=at)
        actions.stop_recovery(by=Actor(edda.pk), at=at)
        assert Entry.objects.filter(kind="entrance.return_stopped").count() == 1
        assert _vouched(fact) is None
        with pytest.raises(RecoveryNotGood):
            actions.come_back(secret=secret, at=at + 3 * DAYS)

    def test_stops_nobody_elses(
        self, tom: Resident, neighbours: tuple[Actor, Actor], at: datetime
    ) -> None:
        secret = vouched(neighbours, at)
        actions.stop_recovery(by=Actor(tom.pk), at=at)
        assert actions.come_back(secret=secret, at=at + 3 * DAYS)


class TestOverHTTP:
    def test_a_stranger_learns_nothing(self, cast: Cast) -> None:
        bodies = []
        for said in ({"phone": NUMBER}, {"phone": "+4915155509999"}, {"email": "who@x.example"}):
            answer = Client().post("/api/v1/recoveries", said, content_type="application/json")
            assert answer.status_code == 201
            bodies.append(answer.json())
        assert [set(each) for each in bodies] == [{"code", "secret", "expires_at"}] * 3
        assert len({len(each["secret"]) for each in bodies}) == 1

    @pytest.mark.parametrize("said", [{}, {"phone": "x"}, {"phone": NUMBER, "email": "a@b.c"}])
    def test_one_address_is_named(self, cast: Cast, said: dict[str, str]) -> None:
        answer = Client().post("/api/v1/recoveries", said, content_type="application/json")
        assert answer.status_code == 422

    def test_the_device_comes_in(self, edda: Resident, neighbours: tuple[Actor, Actor]) -> None:
        early, late = (vouched(neighbours, timezone.now() - n * DAYS) for n in (1, 3))
        app = App()
        waits = app.call("post", f"{APP}/auth/recovery", {"secret": early})
        assert (waits.status_code, waits.json()["code"]) == (409, "entrance.recovery_waits")
        assert app.call("post", f"{APP}/auth/recovery", {"secret": late}).status_code == 200
        assert app.call("get", "/api/v1/me").json()["id"] == str(edda.pk)

    def test_staff_show_their_second_factor_all_the_same(
        self, edda: Resident, neighbours: tuple[Actor, Actor]
    ) -> None:
        membership = Membership.objects.get(resident=edda)
        Grant.objects.create(
            membership=membership, role=Role.STEWARD, granted_at=membership.created_at
        )
        secure(edda)
        secret = vouched(neighbours, timezone.now() - 3 * DAYS)
        app = App()
        came = app.call("post", f"{APP}/auth/recovery", {"secret": secret})
        assert pending(came) == ["mfa_authenticate"]
        assert app.call("get", "/api/v1/me").status_code == 401
        assert app.show_second_factor().status_code == 200

    @pytest.mark.parametrize("body", [{}, {"secret": "x"}, {"secret": []}, {"secret": "\0"}])
    def test_what_is_no_secret_opens_nothing(self, cast: Cast, body: Any) -> None:
        assert App().call("post", f"{APP}/auth/recovery", body).status_code in (400, 422)


@pytest.mark.django_db(transaction=True)
def test_of_64_who_come_back_at_once_one_is_in(
    neighbours: tuple[Actor, Actor], at: datetime
) -> None:
    secret = vouched(neighbours, at)

    def come(_: UUID) -> str:
        actions.come_back(secret=secret, at=at + 3 * DAYS)
        return "in"

    came = all_at_once(come, [UUID(int=n) for n in range(64)])
    assert came == {"in": 1, "entrance.recovery_not_good": 63}
