"""Helping in a browser: for whom one may act, who may act for oneself, what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.web.test_events import announced
from village.assist.models import Mandate
from village.core.actor import Scope
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


class TestHelping:
    def test_leads_a_volunteer_to_those_she_may_act_for(
        self, browser: Browser, vera: Resident, mandate: str
    ) -> None:
        page = browser(vera).get("/helping").content.decode()

        assert "Act for Edda" in page
        assert f'href="{mandate}/villages/lindental"' in page

    def test_is_a_door_only_for_those_it_concerns(
        self, browser: Browser, vera: Resident, edda: Resident, nora: Resident, carla: Resident
    ) -> None:
        for person, has_door in ((vera, True), (edda, True), (carla, True), (nora, False)):
            page = browser(person).get("/villages/lindental").content.decode()
            assert ('href="/helping"' in page) is has_door

    def test_gives_each_centres_part_alone(
        self, browser: Browser, cast: Any, vera: Resident, nora: Resident
    ) -> None:
        address = f"/centres/{cast.centre.pk}/held"

        assert "Act for Edda" in browser(vera).get(address).content.decode()
        assert browser(nora).get(address).status_code == 404

    def test_is_never_done_in_somebody_elses_name(
        self, browser: Browser, cast: Any, vera: Resident, mandate: str
    ) -> None:
        window = browser(vera)
        for path in ("/helping", "/helping/ledger", f"/mandates/{cast.mandate.pk}"):
            assert window.get(mandate + path).status_code == 403
        assert window.post(f"{mandate}/mandates/{cast.mandate.pk}/revoke").status_code == 403


class TestTheElder:
    def test_sees_who_may_act_for_her_and_in_what(self, browser: Browser, edda: Resident) -> None:
        page = browser(edda).get("/helping").content.decode()

        assert "Alte Schule" in page
        assert "write to the town hall for you" in page

    def test_ends_it_with_one_button(self, browser: Browser, cast: Any, edda: Resident) -> None:
        window = browser(edda)
        address = f"/mandates/{cast.mandate.pk}"

        assert "End this mandate now" in window.get(address).content.decode()
        window.post(f"{address}/revoke")
        assert Mandate.objects.get().revoked_at is not None
        assert "End this mandate now" not in window.get(address).content.decode()

    def test_reads_what_was_done_in_her_name(
        self, browser: Browser, vera: Resident, edda: Resident, mandate: str
    ) -> None:
        date = announced(edda)
        browser(vera).post(f"{mandate}/occurrences/{date.pk}/attend", {"party_size": 1})
        page = browser(edda).get("/helping/ledger").content.decode()

        assert "<strong>Vera</strong>: signed you up for an event" in page

    def test_is_not_asked_by_others(
        self, browser: Browser, cast: Any, nora: Resident, vera: Resident
    ) -> None:
        address = f"/mandates/{cast.mandate.pk}"

        assert browser(nora).get(address).status_code == 404
        assert browser(nora).post(f"{address}/revoke").status_code == 404
        assert browser(vera).post(f"{address}/revoke").status_code == 403


class TestTheCentre:
    def filled(self, **changed: Any) -> dict[str, Any]:
        return {
            "name": "nora",
            "born_on": "",
            "scopes": [Scope.EVENTS_JOIN.value],
            "term": "31",
            "kind": "paper",
            "witness": "Carla, at the desk",
            **changed,
        }

    def test_registers_a_mandate(
        self, browser: Browser, cast: Any, carla: Resident, nora: Resident
    ) -> None:
        window = browser(carla)
        answer = window.post(f"/centres/{cast.centre.pk}/register", self.filled())
        made = Mandate.objects.get(person=nora)

        assert answer["Location"] == f"/mandates/{made.pk}"
        assert made.covers == {Scope.EVENTS_JOIN}
        assert "Nora" in window.get(f"/centres/{cast.centre.pk}/desk").content.decode()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": "Nobody"},
            {"name": "Strang"},
            {"scopes": []},
            {"scopes": ["everything"]},
            {"term": "3650"},
            {"kind": "a nod"},
            {"witness": ""},
        ],
    )
    def test_names_what_is_wrong(
        self, browser: Browser, cast: Any, carla: Resident, wrong: dict[str, Any]
    ) -> None:
        answer = browser(carla).post(f"/centres/{cast.centre.pk}/register", self.filled(**wrong))

        assert answer.status_code == 422
        assert Mandate.objects.count() == 1

    def test_asks_which_of_two_is_meant(
        self, browser: Browser, cast: Any, carla: Resident, tom: Resident
    ) -> None:
        Resident.objects.filter(pk=tom.pk).update(display_name="Nora", born_on="1950-05-01")
        window, address = browser(carla), f"/centres/{cast.centre.pk}/register"

        assert "Two people" in window.post(address, self.filled()).content.decode()
        assert window.post(address, self.filled(born_on="1950-05-01")).status_code == 302
        assert Mandate.objects.filter(person=tom).exists()

    def test_is_run_by_its_coordinator(
        self, browser: Browser, cast: Any, vera: Resident, nora: Resident
    ) -> None:
        address = f"/centres/{cast.centre.pk}/register"

        assert browser(vera).get(address).status_code == 403
        assert browser(nora).get(address).status_code == 404
        assert browser(nora).get(f"/centres/{cast.centre.pk}/desk").status_code == 404
        assert browser(vera).get(f"/centres/{cast.centre.pk}/desk").status_code == 200

    def test_lists_in_as_many_queries_however_many(
        self, browser: Browser, cast: Any, carla: Resident, django_assert_max_num_queries: Any
    ) -> None:
        now = timezone.now()
        for person in (cast.nora, cast.tom, cast.mia, cast.otto, cast.max, cast.stella):
            Mandate.objects.create(
                village=cast.lindental,
                centre=cast.centre,
                person=person,
                scopes=[],
                starts_at=now,
                ends_at=cast.mandate.ends_at,
                created_at=now,
            )
        window = browser(carla)
        window.get(f"/centres/{cast.centre.pk}/desk")
        with django_assert_max_num_queries(22):
            page = window.get(f"/centres/{cast.centre.pk}/desk").content.decode()
        assert page.count("<article") == 7
