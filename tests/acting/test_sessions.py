"""Nobody acts for somebody who is not there: sessions, and the card that opens them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.acting.conftest import CASES, Api
from tests.support.cast import Cast, sit
from village.acting import actions, queries
from village.acting.models import LASTS, AssistedSession, Place, PreparedAct
from village.acting.queries import NoSession
from village.assist.actions import drop_pin, issue_card, revoke_mandate, set_pin
from village.assist.models import (
    ASLEEP_AFTER,
    Accreditation,
    AccreditationStatus,
    Card,
    CardCode,
    Mandate,
    Pin,
)
from village.core import delegation
from village.core.actor import Actor, Level, Scope
from village.journal.models import Entry
from village.messaging.models import Case, Department
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Write = Callable[..., Any]
Browser = Callable[..., Client]


@pytest.fixture(autouse=True)
def _tries_begin_anew() -> None:
    cache.clear()


@pytest.fixture
def codes(cast: Cast) -> list[str]:
    """Give the codes of edda's new card; vera sits with nobody yet."""
    AssistedSession.objects.all().delete()
    return card_of(cast, cast.edda)


def card_of(cast: Cast, person: Resident) -> list[str]:
    """Give somebody a new card, and tell what stands on it."""
    printed = issue_card(
        by=Actor(cast.carla.pk),
        centre_id=cast.centre.pk,
        person_id=person.pk,
        at=timezone.now(),
    )
    return printed.codes


@pytest.fixture
def begin(api: Api, cast: Cast) -> Callable[..., Any]:
    """Ask for a session with edda as somebody: ``begin(codes[0])``."""

    def ask(code: str, *, name: str = "vera", place: str = "desk", mandate: Any = None) -> Any:
        return api(getattr(cast, name)).post(
            f"/api/v1/mandates/{mandate or cast.mandate.pk}/sessions",
            {"place": place, "purpose": "The harvest dinner", "code": code},
            content_type="application/json",
        )

    return ask


class TestBegin:
    def test_takes_a_code_of_the_card_and_lasts_half_an_hour(
        self, cast: Cast, codes: list[str], begin: Callable[..., Any], write: Write
    ) -> None:
        assert write().json()["code"] == "assist.no_session"
        answer = begin(f"{codes[0][:3]} {codes[0][3:]}")

        assert answer.status_code == 201, answer.content
        session = AssistedSession.objects.get()
        assert (session.volunteer, session.mandate) == (cast.vera, cast.mandate)
        assert session.ends_at - session.starts_at == LASTS == timedelta(minutes=30)
        entry = Entry.objects.latest("pk")
        assert (entry.kind, entry.principal_id) == ("acting.session_begun", cast.edda.pk)
        assert entry.number == 1
        assert write().status_code == 201

    def test_keeps_the_volunteer_awake(
        self, cast: Cast, codes: list[str], begin: Callable[..., Any]
    ) -> None:
        drowsy = timezone.now() - ASLEEP_AFTER + timedelta(minutes=1)
        veras = Accreditation.objects.filter(volunteer=cast.vera)
        veras.update(awake_since=drowsy)
        assert begin(codes[0]).status_code == 201
        tomorrow = timezone.now() + timedelta(days=1)
        assert veras.get().status(tomorrow) is AccreditationStatus.ACTIVE
        # Half a year after the last time, and not after the first.
        assert veras.get().status(tomorrow + ASLEEP_AFTER) is AccreditationStatus.ASLEEP

    def test_ends_with_the_mandate_at_the_latest(
        self, cast: Cast, codes: list[str], begin: Callable[..., Any]
    ) -> None:
        soon = timezone.now() + timedelta(minutes=3)
        Mandate.objects.update(ends_at=soon)
        assert begin(codes[0]).status_code == 201
        assert AssistedSession.objects.get().ends_at == soon

    def test_takes_each_code_once(
        self, cast: Cast, codes: list[str], begin: Callable[..., Any]
    ) -> None:
        assert begin(codes[0]).status_code == 201
        AssistedSession.objects.all().delete()
        again = begin(codes[0])
        assert (again.status_code, again.json()["code"]) == (422, "assist.code_refused")
        assert begin(codes[1]).status_code == 201

    @pytest.mark.parametrize("code", ["", "000", "not a code", "1" * 6, "x" * 201, "１２３４５６"])
    def test_refuses_what_is_no_code_of_hers(
        self, codes: list[str], begin: Callable[..., Any], code: str
    ) -> None:
        if code in codes:
            pytest.skip("drawn by chance")
        answer = begin(code)
        assert answer.status_code == 422
        assert not AssistedSession.objects.exists() and not CardCode.objects.exclude(used_at=None)

    def test_refuses_an_old_card_and_an_expired_one(
        self, cast: Cast, codes: list[str], begin: Callable[..., Any]
    ) -> None:
        newer = card_of(cast, cast.edda)
        stale = next(code for code in codes if code not in newer)
        assert begin(stale).json()["code"] == "assist.code_refused"
        Card.objects.update(expires_at=timezone.now())
        assert begin(newer[0]).json()["code"] == "assist.card_expired"
        assert Card.objects.filter(ended_at=None).count() == 1

    def test_refuses_somebody_elses_code(
        self, cast: Cast, codes: list[str], begin: Callable[..., Any]
    ) -> None:
        toms = card_of(cast, cast.tom)
        stray = next(code for code in toms if code not in codes)
        assert begin(stray).json()["code"] == "assist.code_refused"

    def test_makes_guessers_wait(self, codes: list[str], begin: Callable[..., Any]) -> None:
        wrong = (f"{n:06d}" for n in range(100) if f"{n:06d}" not in codes)
        answers = [begin(next(wrong)) for _ in range(6)]
        assert [each.status_code for each in answers] == [422] * 5 + [429]
        assert begin(codes[0]).status_code == 429
        assert not AssistedSession.objects.exists()

    def test_is_one_person_at_a_time(
        self, cast: Cast, codes: list[str], begin: Callable[..., Any]
    ) -> None:
        begin(codes[0])
        answer = begin(codes[1])
        assert (answer.status_code, answer.json()["code"]) == (409, "assist.session_elsewhere")
        assert "Edda" in answer.json()["detail"]
        # The code was not spent.
        assert CardCode.objects.exclude(used_at=None).count() == 1

    def test_follows_on_one_that_ran_out(
        self, cast: Cast, codes: list[str], begin: Callable[..., Any]
    ) -> None:
        begin(codes[0])
        past = timezone.now() - timedelta(hours=1)
        AssistedSession.objects.update(starts_at=past, ends_at=past + LASTS)
        assert begin(codes[1]).status_code == 201
        over = AssistedSession.objects.order_by("starts_at").first()
        assert over is not None and over.ended_at == over.ends_at

    @pytest.mark.parametrize(
        ("name", "status"),
        [("edda", 403), ("carla", 403), ("tom", 404), ("otto", 404), ("strang", 404)],
    )
    def test_is_for_the_volunteer_of_the_mandate(
        self, codes: list[str], begin: Callable[..., Any], name: str, status: int
    ) -> None:
        assert begin(codes[0], name=name).status_code == status
        assert not AssistedSession.objects.exists()

    def test_finds_no_other_mandate(self, codes: list[str], begin: Callable[..., Any]) -> None:
        assert begin(codes[0], mandate=uuid4()).status_code == 404

    def test_is_refused_under_an_ended_mandate(
        self, cast: Cast, codes: list[str], begin: Callable[..., Any]
    ) -> None:
        revoke_mandate(by=Actor(cast.edda.pk), mandate_id=cast.mandate.pk, at=timezone.now())
        assert begin(codes[0]).status_code in (403, 404)
        assert not AssistedSession.objects.exists()


class TestActing:
    @pytest.mark.parametrize("over", ["ended", "run out", "of another mandate", "not begun"])
    def test_is_refused_without_a_live_session(
        self, api: Api, cast: Cast, write: Write, over: str
    ) -> None:
        now = timezone.now()
        match over:
            case "ended":
                AssistedSession.objects.update(ended_at=now)
            case "run out":
                AssistedSession.objects.update(starts_at=now - LASTS, ends_at=now)
            case "of another mandate":
                other = Mandate.objects.create(
                    village=cast.lindental,
                    centre=cast.centre,
                    person=cast.tom,
                    starts_at=now,
                    ends_at=now + LASTS,
                    created_at=now,
                )
                sit(cast.vera, other)
            case "not begun":
                AssistedSession.objects.all().delete()
        headers = {"X-Acting-For": str(cast.mandate.pk)}
        looked = api(cast.vera).get("/api/v1/me", headers=headers)
        for answer in (write(), looked):
            assert (answer.status_code, answer.json()["code"]) == (403, "assist.no_session")
        assert "card" in looked.json()["detail"]
        assert not Case.objects.exists()

    def test_is_refused_when_the_session_ends_under_way(
        self, cast: Cast, vera_for_edda: Actor
    ) -> None:
        delegation.hold_mandate(vera_for_edda)
        assert delegation.mandate_stands(vera_for_edda)
        AssistedSession.objects.update(ended_at=timezone.now())
        with pytest.raises(NoSession):
            delegation.hold_mandate(vera_for_edda)
        assert not delegation.mandate_stands(vera_for_edda)

    def test_ends_for_sockets_when_the_session_does(self, cast: Cast) -> None:
        by, name = queries.actor_in_session(
            helper_id=cast.vera.pk, mandate_id=cast.mandate.pk, at=timezone.now()
        )
        assert (by.until, name) == (AssistedSession.objects.get().ends_at, "Edda")
        assert not by.limits

    def test_only_reads_and_prepares_on_the_phone(
        self, api: Api, cast: Cast, write: Write, town_hall: Department
    ) -> None:
        sit(cast.vera, cast.mandate, place=Place.PHONE)
        headers = {"X-Acting-For": str(cast.mandate.pk)}
        assert api(cast.vera).get(CASES, headers=headers).status_code == 200
        answer = write()
        assert (answer.status_code, answer.json()["code"]) == (403, "assist.only_prepared")
        kept = write(prepare=True)
        assert (kept.status_code, kept.json()["waits_for"]) == (202, "person")
        assert not Case.objects.exists()

        # At her next visit the person says yes, with vera at the desk.
        address = f"/api/v1/prepared/{kept.json()['id']}/carry-out"
        on_the_phone = api(cast.vera).post(address, headers=headers)
        assert on_the_phone.status_code == 403
        sit(cast.vera, cast.mandate)
        assert api(cast.vera).post(address, headers=headers).json()["is_done"]
        assert (Case.objects.get().author, Case.objects.get().via_helper) == (cast.edda, True)

    def test_turns_to_a_second_volunteer_when_it_takes_one(
        self, api: Api, cast: Cast, write: Write, care: Any, helga: Any
    ) -> None:
        sit(cast.vera, cast.mandate, place=Place.PHONE)
        kept = write(care, prepare=True)
        sit(cast.vera, cast.mandate)
        headers = {"X-Acting-For": str(cast.mandate.pk)}
        address = f"/api/v1/prepared/{kept.json()['id']}/carry-out"
        answer = api(cast.vera).post(address, headers=headers)
        assert (answer.status_code, answer.json()["waits_for"]) == (200, "second")
        assert not answer.json()["is_done"] and bytes(PreparedAct.objects.get().body)
        assert api(helga).post(address).json()["is_done"]
        assert Case.objects.count() == 1

    def test_goes_no_further_than_the_mandate(self, cast: Cast) -> None:
        Mandate.objects.update(levels={Scope.EVENTS_JOIN.value: Level.READ.value})
        sit(cast.vera, cast.mandate, place=Place.PHONE)
        by, _ = queries.actor_in_session(
            helper_id=cast.vera.pk, mandate_id=cast.mandate.pk, at=timezone.now()
        )
        assert by.level(Scope.EVENTS_JOIN) is Level.READ
        assert by.level(Scope.NEWS_READ) is Level.PREPARE


class TestEnd:
    def test_is_done_by_either_of_the_two(self, api: Api, cast: Cast) -> None:
        for name in ("vera", "edda"):
            session = sit(cast.vera, cast.mandate)
            answer = api(getattr(cast, name)).post(f"/api/v1/sessions/{session.pk}/end")
            assert answer.status_code == 200
            session.refresh_from_db()
            assert session.ended_at is not None
            entry = Entry.objects.latest("pk")
            assert entry.kind == "acting.session_ended"
            assert entry.principal_id == cast.edda.pk

    @pytest.mark.parametrize("name", ["tom", "carla", "nora", "stella", "strang"])
    def test_is_not_for_others(self, api: Api, cast: Cast, name: str) -> None:
        session = AssistedSession.objects.get()
        client = api(getattr(cast, name))
        assert client.get(f"/api/v1/sessions/{session.pk}").status_code == 404
        assert client.post(f"/api/v1/sessions/{session.pk}/end").status_code == 404
        assert client.get(f"/sessions/{session.pk}/slip.pdf").status_code == 404

    def test_changes_nothing_a_second_time(self, cast: Cast, as_: Any) -> None:
        session = AssistedSession.objects.get()
        for minutes in (1, 2):
            at = session.starts_at + timedelta(minutes=minutes)
            ended = actions.end_session(by=as_(cast.vera), session_id=session.pk, at=at)
        assert ended.ended_at == session.starts_at + timedelta(minutes=1)
        assert Entry.objects.filter(kind="acting.session_ended").count() == 1


class TestPages:
    def test_lead_a_helper_to_where_she_begins_and_back(
        self, browser: Browser, cast: Cast, codes: list[str], mandate: str
    ) -> None:
        vera = browser(cast.vera)
        wanted = f"{mandate}/villages/lindental/events"
        answer = vera.get(wanted)
        assert answer.status_code == 302
        begin = answer["Location"]
        assert begin.startswith(f"/mandates/{cast.mandate.pk}/begin?")
        assert "Act for Edda" in vera.get(begin).content.decode()

        filled = {"place": "desk", "purpose": "The dinner", "code": "12"}
        wrong = vera.post(begin, filled)
        assert wrong.status_code == 422
        assert "does not work" in wrong.content.decode()
        right = vera.post(begin, filled | {"code": codes[0]})
        assert (right.status_code, right["Location"]) == (302, wanted)
        assert vera.get(wanted).status_code == 200

    def test_lead_nowhere_else(self, browser: Browser, cast: Cast, codes: list[str]) -> None:
        filled = {"place": "desk", "purpose": "The dinner", "code": codes[0]}
        address = f"/mandates/{cast.mandate.pk}/begin?next=https://evil.example/for/"
        answer = browser(cast.vera).post(address, filled)
        assert answer["Location"] == f"/for/{cast.mandate.pk}/villages/lindental"

    def test_refuse_a_form_without_a_session(
        self, browser: Browser, cast: Cast, codes: list[str], mandate: str
    ) -> None:
        answer = browser(cast.vera).post(f"{mandate}/villages/lindental/cases/new", {})
        assert answer.status_code == 403
        assert "code from her card" in answer.content.decode()

    def test_end_it_and_print_the_slip(self, browser: Browser, cast: Cast) -> None:
        session = AssistedSession.objects.get()
        vera = browser(cast.vera)
        assert vera.get("/helping/now")["Location"] == f"/sessions/{session.pk}"
        assert "End it now" in vera.get(f"/sessions/{session.pk}").content.decode()
        vera.post(f"/sessions/{session.pk}/end")
        page = vera.get(f"/sessions/{session.pk}").content.decode()
        assert "End it now" not in page and f"/sessions/{session.pk}/slip.pdf" in page
        assert vera.get("/helping/now")["Location"] == "/helping"


class TestThePin:
    @pytest.fixture
    def pin(self, cast: Cast) -> str:
        """Give edda a PIN, and no card."""
        AssistedSession.objects.all().delete()
        set_pin(by=Actor(cast.edda.pk), pin="480317", at=timezone.now())
        return "480317"

    def test_stands_for_a_code_at_the_desk(
        self, pin: str, begin: Callable[..., Any], write: Write
    ) -> None:
        answer = begin(pin)
        assert (answer.status_code, answer.json()["proof"]) == (201, "pin")
        assert write().status_code == 201
        # Other than a code of the card it is good for the next time as well.
        AssistedSession.objects.all().delete()
        assert begin(pin).status_code == 201

    def test_is_never_asked_for_on_the_phone(
        self, cast: Cast, pin: str, begin: Callable[..., Any]
    ) -> None:
        assert begin(pin, place="phone").json()["code"] == "assist.card_expired"
        codes = card_of(cast, cast.edda)
        assert begin(pin, place="phone").json()["code"] == "assist.code_refused"
        assert begin(codes[0], place="phone").json()["proof"] == "card"

    def test_of_another_person_opens_nothing(
        self, cast: Cast, pin: str, begin: Callable[..., Any]
    ) -> None:
        codes = card_of(cast, cast.edda)
        set_pin(by=Actor(cast.nora.pk), pin="275941", at=timezone.now())
        if "275941" not in codes:
            assert begin("275941").json()["code"] == "assist.code_refused"

    def test_that_is_gone_opens_nothing(
        self, cast: Cast, pin: str, begin: Callable[..., Any]
    ) -> None:
        drop_pin(by=Actor(cast.edda.pk), at=timezone.now())
        assert begin(pin).json()["code"] == "assist.card_expired"

    def test_is_not_found_by_trying(self, pin: str, begin: Callable[..., Any]) -> None:
        for _try in range(5):
            assert begin("111112").status_code == 422
        answer = begin(pin)
        assert (answer.status_code, answer.json()["code"]) == (429, "rate.limited")

    def test_is_kept_by_nobody(self, cast: Cast, pin: str) -> None:
        assert pin not in str(list(Pin.objects.values()))
        assert pin not in str(list(Entry.objects.values()))

    @pytest.mark.parametrize(
        "wrong", ["", "12345", "1234567", "123456", "654321", "777777", "48031x", "４８０３１７"]
    )
    def test_is_six_digits_that_nobody_guesses(self, api: Api, cast: Cast, wrong: str) -> None:
        path = f"/api/v1/centres/{cast.centre.pk}/people/{cast.edda.pk}/presence-pin"
        for name, address in (("edda", "/api/v1/me/presence-pin"), ("carla", path)):
            answer = api(getattr(cast, name)).put(
                address, {"pin": wrong}, content_type="application/json"
            )
            assert answer.status_code == 422, name
        assert not Pin.objects.exists()

    def test_is_set_and_taken_away_at_the_desk(self, api: Api, cast: Cast) -> None:
        path = f"/api/v1/centres/{cast.centre.pk}/people/{cast.edda.pk}/presence-pin"
        carla, body = api(cast.carla), {"pin": "480317"}
        assert carla.put(path, body, content_type="application/json").status_code == 204
        assert Pin.objects.get().person == cast.edda
        assert api(cast.vera).put(path, body, content_type="application/json").status_code == 403
        assert carla.delete(path).status_code == 204 and not Pin.objects.exists()
        assert carla.delete(path).status_code == 204

    def test_is_out_of_a_volunteers_reach(self, api: Api, cast: Cast, pin: str) -> None:
        headers = {"X-Acting-For": str(cast.mandate.pk)}
        sit(cast.vera, cast.mandate)
        answer = api(cast.vera).put(
            "/api/v1/me/presence-pin",
            {"pin": "275941"},
            content_type="application/json",
            headers=headers,
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "assist.out_of_scope")


class TestTheCard:
    def test_keeps_no_code(self, cast: Cast, codes: list[str]) -> None:
        stored = str(list(CardCode.objects.values()))
        assert len(codes) == len(set(codes)) == 20
        assert not any(code in stored for code in codes)
        assert not any(code in str(list(Entry.objects.values())) for code in codes)
