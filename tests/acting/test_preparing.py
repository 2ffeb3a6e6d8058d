"""What one volunteer may not do alone is prepared, and done when somebody else has said yes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from tests.acting.conftest import CASES, Api
from tests.support.cast import Cast
from village.acting import actions, queries
from village.acting.actions.preparing import BODY_MAX, Request
from village.acting.models import PreparedAct, WaitsFor
from village.acting.replay import prepare
from village.assist.models import (
    ASLEEP_AFTER,
    Accreditation,
    AccreditationStatus,
    Assignment,
)
from village.core.actor import Actor, Level, Scope
from village.core.delegation import covered
from village.core.errors import Invalid, NeedsTwo, OnlyPrepared, OutOfScope
from village.journal import verification
from village.journal.models import Entry
from village.messaging.models import Case, Category
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Write = Callable[..., Any]
Browser = Callable[..., Client]


def kinds() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("kind", flat=True))


def post(client: Client, path: str, **headers: str) -> Any:
    return client.post(f"/api/v1{path}", content_type="application/json", headers=headers)


@pytest.fixture
def waiting(write: Write, care: Category) -> str:
    """Prepare a confidential case as vera for edda; give the address of what waits."""
    answer = write(care, prepare=True)
    assert answer.status_code == 202, answer.content
    return f"/prepared/{answer.json()['id']}"


class TestAConfidentialCase:
    def test_is_not_written_by_one_volunteer_alone(self, write: Write, care: Category) -> None:
        answer = write(care)

        assert (answer.status_code, answer.json()["code"]) == (403, "assist.needs_two")
        assert "second volunteer" in answer.json()["detail"]
        assert not Case.objects.exists() and not PreparedAct.objects.exists() and not kinds()

    def test_an_ordinary_one_is(self, write: Write) -> None:
        assert write().status_code == 201

    def test_is_written_by_the_person_alone(self, api: Api, edda: Resident, care: Category) -> None:
        matter = {
            "department": str(care.department_id),
            "category": str(care.pk),
            "title": "t",
            "text": "t",
        }
        answer = api(edda).post(CASES, matter, content_type="application/json")
        assert answer.status_code == 201

    def test_waits_for_a_second_volunteer(
        self, api: Api, cast: Cast, waiting: str, helga: Resident
    ) -> None:
        assert not Case.objects.exists()
        [shown] = api(helga).get(f"/api/v1/centres/{cast.centre.pk}/prepared").json()["items"]
        assert (shown["waits_for"], shown["person_name"]) == ("second", "Edda")
        assert "text" not in shown

        answer = post(api(helga), f"{waiting}/carry-out")

        assert (answer.status_code, answer.json()["is_done"]) == (200, True)
        case = Case.objects.get()
        assert (case.author, case.via_helper, case.title) == (cast.edda, True, "Help at home")
        assert kinds() == [
            "acting.act_prepared",
            "acting.act_carried_out",
            "messaging.case_opened",
        ]
        assert list(Entry.objects.order_by("pk").values_list("helper_id", flat=True)) == [
            cast.vera.pk,
            helga.pk,
            cast.vera.pk,
        ]
        assert set(Entry.objects.values_list("principal_id", flat=True)) == {cast.edda.pk}
        assert [reading.faults for reading in verification.verify()] == [[]]

    def test_keeps_awake_whoever_says_yes_to_it(
        self, api: Api, waiting: str, helga: Resident
    ) -> None:
        helgas = Accreditation.objects.filter(volunteer=helga)
        helgas.update(awake_since=timezone.now() - ASLEEP_AFTER + timedelta(minutes=1))
        assert post(api(helga), f"{waiting}/carry-out").status_code == 200
        tomorrow = timezone.now() + timedelta(days=1)
        assert helgas.get().status(tomorrow) is AccreditationStatus.ACTIVE

    def test_is_forgotten_as_soon_as_it_is_settled(
        self, api: Api, cast: Cast, waiting: str
    ) -> None:
        assert b"wash" in bytes(PreparedAct.objects.get().body)
        assert post(api(cast.edda), f"{waiting}/drop").status_code == 200
        assert bytes(PreparedAct.objects.get().body) == b""
        assert "wash" not in str(list(Entry.objects.values()))
        assert not Case.objects.exists()

    def test_messages_in_it_take_two_as_well(
        self, api: Api, cast: Cast, waiting: str, helga: Resident
    ) -> None:
        post(api(helga), f"{waiting}/carry-out")
        acting = {"X-Acting-For": str(cast.mandate.pk)}
        address = f"/api/v1/cases/{Case.objects.get().pk}/messages"
        message = {"text": "It is urgent."}
        vera = api(cast.vera)

        alone = vera.post(address, message, content_type="application/json", headers=acting)
        assert alone.json()["code"] == "assist.needs_two"
        acting["X-Acting-Prepare"] = "true"
        kept = vera.post(address, message, content_type="application/json", headers=acting)
        answer = post(api(cast.edda), f"/prepared/{kept.json()['id']}/carry-out")
        assert answer.status_code == 200
        assert Case.objects.get().message_count == 2


class TestWhoSaysYes:
    @pytest.mark.parametrize(
        ("name", "status"),
        [
            ("edda", 200),
            ("nora", 200),
            ("vera", 403),
            ("tom", 404),
            ("otto", 404),
            ("carla", 404),
            ("stella", 404),
            ("strang", 404),
        ],
    )
    @pytest.mark.parametrize("verb", ["carry-out", "drop"])
    def test_is_the_person_or_another_volunteer(
        self,
        api: Api,
        cast: Cast,
        waiting: str,
        helga: Resident,
        name: str,
        status: int,
        verb: str,
    ) -> None:
        answer = post(api(getattr(cast, name)), f"{waiting}/{verb}")
        assert answer.status_code == status
        assert Case.objects.exists() is (status == 200 and verb == "carry-out")
        assert (PreparedAct.objects.get().settled_at is None) is (status != 200)

    def test_is_not_the_first_volunteer_in_the_persons_name(
        self, api: Api, cast: Cast, waiting: str
    ) -> None:
        acting = {"X-Acting-For": str(cast.mandate.pk)}
        answer = post(api(cast.vera), f"{waiting}/carry-out", **acting)
        assert answer.status_code == 403
        assert not Case.objects.exists()

    def test_is_no_volunteer_whom_the_mandate_does_not_name(
        self, api: Api, browser: Browser, cast: Cast, waiting: str, helga: Resident
    ) -> None:
        """She would read what somebody whom she does not help wrote about her health."""
        Assignment.objects.filter(volunteer=helga).update(ended_at=timezone.now())
        centre = f"centres/{cast.centre.pk}"
        assert api(helga).get(f"/api/v1/{centre}/prepared").json()["items"] == []
        assert "Edda" not in browser(helga).get(f"/{centre}/waiting").content.decode()
        assert browser(helga).get(waiting).status_code == 404
        for verb in ("carry-out", "drop"):
            assert post(api(helga), f"{waiting}/{verb}").status_code == 404
        # A coordinator sees that something waits, and not what.
        assert len(api(cast.carla).get(f"/api/v1/{centre}/prepared").json()["items"]) == 1
        page = browser(cast.carla).get(f"/{centre}/waiting").content.decode()
        assert "Edda" in page and waiting not in page

    def test_says_it_once(self, api: Api, cast: Cast, waiting: str) -> None:
        edda = api(cast.edda)
        assert post(edda, f"{waiting}/carry-out").status_code == 200
        for verb in ("carry-out", "drop"):
            again = post(edda, f"{waiting}/{verb}")
            assert (again.status_code, again.json()["code"]) == (409, "assist.settled")
        assert Case.objects.count() == 1

    def test_finds_nothing_of_another_id(self, api: Api, cast: Cast) -> None:
        assert post(api(cast.edda), f"/prepared/{UUID(int=7)}/carry-out").status_code == 404


class TestWhatHasChangedMeanwhile:
    def test_a_mandate_that_has_ended_ends_what_was_prepared(
        self, api: Api, cast: Cast, waiting: str, helga: Resident
    ) -> None:
        post(api(cast.edda), f"/mandates/{cast.mandate.pk}/revoke")
        answer = post(api(helga), f"{waiting}/carry-out")
        assert (answer.status_code, answer.json()["code"]) == (403, "assist.mandate_ended")
        assert not Case.objects.exists()

    def test_a_refusal_is_told_and_leaves_it_waiting(
        self, api: Api, cast: Cast, waiting: str, care: Category
    ) -> None:
        care.delete()
        answer = post(api(cast.edda), f"{waiting}/carry-out")
        assert (answer.status_code, answer.json()["code"]) == (409, "assist.no_longer_possible")
        act = PreparedAct.objects.get()
        assert act.settled_at is None and bytes(act.body)

    def test_it_waits_for_two_weeks(self, api: Api, cast: Cast, waiting: str) -> None:
        PreparedAct.objects.update(created_at=timezone.now() - timedelta(days=14))
        assert not api(cast.edda).get("/api/v1/me/prepared").json()["items"]
        assert post(api(cast.edda), f"{waiting}/carry-out").json()["code"] == "assist.settled"


class TestCovered:
    """How far a scope goes, asked where every operation and every page asks."""

    @staticmethod
    def ask(by: Actor, needed: Any, level: Level) -> Any:
        return covered(by, needed, level, lambda: "done", request=HttpRequest(), prepares=False)

    @pytest.mark.parametrize("level", list(Level))
    @pytest.mark.parametrize("given", list(Level))
    def test_goes_as_far_as_the_level(self, cast: Cast, given: Level, level: Level) -> None:
        by = Actor(
            cast.edda.pk,
            cast.vera.pk,
            cast.mandate.pk,
            scopes=frozenset({Scope.EVENTS_JOIN}),
            limits=frozenset({(Scope.EVENTS_JOIN, given)}),
        )
        if given.reaches(level):
            assert self.ask(by, Scope.EVENTS_JOIN, level) == "done"
        else:
            refusal = OnlyPrepared if given is Level.PREPARE else OutOfScope
            with pytest.raises(refusal):
                self.ask(by, Scope.EVENTS_JOIN, level)
        with pytest.raises(OutOfScope):
            self.ask(by, Scope.NEWS_READ, level)

    def test_contact_details_always_take_two(self, cast: Cast) -> None:
        alone = Actor(cast.edda.pk, cast.vera.pk, cast.mandate.pk)
        both = Actor(cast.edda.pk, cast.vera.pk, cast.mandate.pk, second_id=cast.nora.pk)

        assert self.ask(alone, Scope.CONTACT_DETAILS, Level.READ) == "done"
        with pytest.raises(NeedsTwo):
            self.ask(alone, Scope.CONTACT_DETAILS, Level.ACT)
        assert self.ask(both, Scope.CONTACT_DETAILS, Level.ACT) == "done"


class TestWhatCanBePrepared:
    @pytest.mark.parametrize(
        ("content_type", "body", "path"),
        [
            ("multipart/form-data", b"", "/x"),
            ("text/plain", b"x", "/x"),
            ("application/json", b"x" * (BODY_MAX + 1), "/x"),
            ("application/json", b"{}", "/" + "x" * 500),
        ],
    )
    def test_is_text_of_a_bearable_size(
        self, vera_for_edda: Actor, at: datetime, content_type: str, body: bytes, path: str
    ) -> None:
        request = Request(Scope.AUTHORITY_WRITE, "POST", path, content_type, body)
        with pytest.raises(Invalid):
            actions.prepare(by=vera_for_edda, request=request, waits_for=WaitsFor.PERSON, at=at)
        assert not PreparedAct.objects.exists()

    def test_what_waits_for_the_person_is_not_for_a_second_volunteer(
        self, vera_for_edda: Actor, as_: Any, helga: Resident, cast: Cast
    ) -> None:
        request = Request(Scope.AUTHORITY_WRITE, "POST", CASES, "application/json", b"{}")
        now = timezone.now()
        act = actions.prepare(by=vera_for_edda, request=request, waits_for=WaitsFor.PERSON, at=now)
        assert not queries.waiting_at(cast.centre, as_(helga), at=now)
        assert list(queries.waiting_for(as_(cast.edda), at=now)) == [act]


class TestPages:
    def test_a_form_that_takes_two_is_prepared_at_once(
        self, browser: Browser, cast: Cast, care: Category, helga: Resident, mandate: str
    ) -> None:
        filled = {
            "about": f"{care.department_id}/{care.pk}",
            "title": "Help at home",
            "text": "I cannot wash alone.",
        }
        vera = browser(cast.vera)
        answer = vera.post(f"{mandate}/villages/lindental/cases/new", filled)
        assert answer.status_code == 302, answer.content
        page = vera.get(answer["Location"]).content.decode()
        assert "waits for a second volunteer" in page and "I cannot wash alone." in page
        assert "Yes, do it" not in page

        helgas = browser(helga)
        address = answer["Location"].removeprefix(mandate)
        waits = helgas.get(f"/centres/{cast.centre.pk}/waiting").content.decode()
        assert f'href="{address}"' in waits
        assert "Yes, do it" in helgas.get(address).content.decode()
        assert helgas.post(f"{address}/settle", {"answer": "perhaps"}).status_code == 422
        helgas.post(f"{address}/settle", {"answer": "yes"})

        case = Case.objects.get()
        assert (case.author, case.category, case.via_helper) == (cast.edda, care, True)
        assert "I cannot wash" not in helgas.get(address).content.decode()

    def test_the_person_decides_as_well(self, browser: Browser, cast: Cast, waiting: str) -> None:
        edda = browser(cast.edda)
        assert waiting in edda.get("/helping/waiting").content.decode()
        edda.post(f"{waiting}/settle", {"answer": "no"})
        assert "crossed out" in edda.get(waiting).content.decode()
        assert not Case.objects.exists()

    @pytest.mark.parametrize("name", ["tom", "carla", "strang"])
    def test_nobody_else_sees_it(
        self, browser: Browser, cast: Cast, waiting: str, name: str
    ) -> None:
        assert browser(getattr(cast, name)).get(waiting).status_code == 404

    def test_an_answer_to_a_request_without_a_page_is_followed(
        self, cast: Cast, vera_for_edda: Actor
    ) -> None:
        """htmx follows an address of its own instead of a redirect."""
        request: Any = RequestFactory().post(
            "/cases", {"text": "x", "csrfmiddlewaretoken": "t"}, headers={"HX-Request": "true"}
        )
        request.actor = vera_for_edda
        answer: HttpResponse = prepare(request, NeedsTwo(), Scope.AUTHORITY_WRITE, lambda: None)
        assert answer.status_code == 204 and answer["HX-Redirect"].startswith("/prepared/")
        assert b"csrf" not in bytes(PreparedAct.objects.get().body)
