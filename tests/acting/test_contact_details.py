"""Two volunteers may keep her address up to date; where she is told of things never moves by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from notifications.actions import tell
from notifications.actions.errands import address_of
from notifications.models import Delivery, Notification, Way
from tests.acting.conftest import Api
from tests.support.cast import EDDAS_SCOPES, Cast
from village.acting.models import PreparedAct
from village.assist.facts import EverythingFrozen
from village.assist.models import Mandate, Reach
from village.core.actor import SYSTEM, Actor, Scope
from village.core.errors import NeedsTwo, OutOfScope
from village.journal import verification
from village.journal.actions import record
from village.journal.models import Entry
from village.journal.queries import recorded
from village.residents.contacts import contact_of, keep_contact
from village.residents.models import ContactDetails, Resident

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
HERS = {"address": "Mühlweg 2\n95447 Lindental", "phone": "0151 55501234"}
NUMBER = "+4915155501234"


@pytest.fixture
def covered(cast: Cast) -> dict[str, str]:
    """Let edda's mandate cover her contact details; give the headers of acting under it."""
    Mandate.objects.update(scopes=[*EDDAS_SCOPES, Scope.CONTACT_DETAILS])
    return {"X-Acting-For": str(cast.mandate.pk)}


@pytest.fixture
def edda(cast: Cast) -> Resident:
    """Give edda, who is called when something is to be told her."""
    Resident.objects.filter(pk=cast.edda.pk).update(
        phone="+49921471100", email="edda@village.example", language="en"
    )
    Reach.objects.create(resident=cast.edda, ways=["voice", "print"])
    return Resident.objects.get(pk=cast.edda.pk)


@pytest.fixture
def waiting(api: Api, cast: Cast, covered: dict[str, str]) -> str:
    """Prepare a new address as vera for edda; give the address of what waits."""
    answer = put(api(cast.vera), **covered, **{"X-Acting-Prepare": "true"})
    assert answer.status_code == 202, answer.content
    assert answer.json()["waits_for"] == "second"
    return f"/prepared/{answer.json()['id']}"


def put(client: Client, body: Any = HERS, **headers: str) -> Any:
    return client.put("/api/v1/me/contact", body, content_type="application/json", headers=headers)


def post(client: Client, path: str) -> Any:
    return client.post(f"/api/v1{path}", content_type="application/json")


def warned(edda: Resident, at: datetime) -> set[tuple[str, str]]:
    """Warn edda, and give by which ways that goes, and where to."""
    before = set(Delivery.objects.values_list("pk", flat=True))
    record(EverythingFrozen(village="lindental", person=edda.pk), by=SYSTEM, at=at)
    tell(by=SYSTEM, recorded=recorded(Entry.objects.latest("pk")), at=at)
    sent = Delivery.objects.exclude(pk__in=before).select_related("notification__resident")
    return {(each.way, address_of(each).value) for each in sent}


class TestOneVolunteerAlone:
    def test_sees_what_edda_has_left_there(
        self, api: Api, cast: Cast, covered: dict[str, str]
    ) -> None:
        put(api(cast.edda))
        shown = api(cast.vera).get("/api/v1/me/contact", headers=covered).json()
        assert (shown["phone"], shown["via_helper"]) == (NUMBER, False)

    def test_changes_nothing(self, api: Api, cast: Cast, covered: dict[str, str]) -> None:
        answer = put(api(cast.vera), **covered)
        assert (answer.status_code, answer.json()["code"]) == (403, "assist.needs_two")
        assert not ContactDetails.objects.exists() and not PreparedAct.objects.exists()
        assert not Entry.objects.exists()

    def test_does_not_say_yes_to_what_she_prepared(
        self, api: Api, cast: Cast, waiting: str, covered: dict[str, str]
    ) -> None:
        assert post(api(cast.vera), f"{waiting}/carry-out").status_code == 403
        acting = api(cast.vera, **covered)
        assert post(acting, f"{waiting}/carry-out").status_code == 403
        assert not ContactDetails.objects.exists()

    def test_is_refused_by_the_verb_itself(self, cast: Cast, at: datetime) -> None:
        alone = Actor(cast.edda.pk, cast.vera.pk, cast.mandate.pk)
        without = Actor(cast.edda.pk, cast.vera.pk, cast.mandate.pk, scopes=frozenset())
        for by, refusal in ((alone, NeedsTwo), (without, OutOfScope)):
            with pytest.raises(refusal):
                keep_contact(by=by, address="Mühlweg 2", phone="", at=at)
        assert not ContactDetails.objects.exists()

    def test_needs_a_mandate_that_covers_it(self, api: Api, cast: Cast) -> None:
        acting = {"X-Acting-For": str(cast.mandate.pk), "X-Acting-Prepare": "true"}
        refused = put(api(cast.vera), **acting)
        assert (refused.status_code, refused.json()["code"]) == (403, "assist.out_of_scope")
        assert api(cast.vera).get("/api/v1/me/contact", headers=acting).status_code == 403
        assert not PreparedAct.objects.exists()

    def test_who_may_only_read_prepares_nothing(
        self, api: Api, cast: Cast, covered: dict[str, str]
    ) -> None:
        Mandate.objects.update(levels={Scope.CONTACT_DETAILS.value: "read"})
        assert api(cast.vera).get("/api/v1/me/contact", headers=covered).status_code == 200
        refused = put(api(cast.vera), **covered, **{"X-Acting-Prepare": "true"})
        assert refused.json()["code"] == "assist.out_of_scope"

    def test_is_told_at_once_that_a_number_is_none(
        self, api: Api, cast: Cast, covered: dict[str, str]
    ) -> None:
        wrong = HERS | {"phone": "12"}
        refused = put(api(cast.vera), wrong, **covered, **{"X-Acting-Prepare": "true"})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
        assert "phone" in refused.json()["errors"]
        assert not PreparedAct.objects.exists() and not Entry.objects.exists()

    def test_mends_it_on_the_page_before_anybody_is_asked(
        self, browser: Browser, cast: Cast, covered: dict[str, str]
    ) -> None:
        vera, address = browser(cast.vera), f"/for/{cast.mandate.pk}/me/contact"
        refused = vera.post(address, HERS | {"phone": "12"})
        page = refused.content.decode()
        assert refused.status_code == 422
        assert "This is no phone number that can be dialled." in page
        assert "Mühlweg 2" in page and f"/for/{cast.mandate.pk}/" in page
        assert not PreparedAct.objects.exists() and not ContactDetails.objects.exists()
        kept = vera.post(address, HERS)
        assert "/prepared/" in kept["Location"]
        # It was tried, and taken back: nothing is done before the second yes.
        assert not ContactDetails.objects.exists()
        assert [entry.kind for entry in Entry.objects.all()] == ["acting.act_prepared"]


class TestASecondVolunteer:
    def test_says_yes_and_it_is_done_and_written_down(
        self, api: Api, cast: Cast, waiting: str, helga: Resident
    ) -> None:
        assert not ContactDetails.objects.exists()
        answer = post(api(helga), f"{waiting}/carry-out")
        assert (answer.status_code, answer.json()["is_done"]) == (200, True), answer.content

        kept = contact_of(cast.edda.pk)
        assert (kept.address, kept.phone, kept.via_helper) == (HERS["address"], NUMBER, True)
        done = api(cast.edda).get("/api/v1/me/ledger").json()["items"]
        assert [(line["helper_name"], line["words"]) for line in reversed(done)] == [
            ("Vera", "prepared something for a yes"),
            ("Nora", "confirmed with you what had been prepared"),
            ("Vera", "changed your address or number at the town hall"),
        ]
        assert [reading.faults for reading in verification.verify()] == [[]]
        assert not any("Mühlweg" in str(entry.data) for entry in Entry.objects.all())

    @pytest.mark.parametrize("says_yes", ["nora", "edda"])
    def test_edda_hears_of_it_where_she_was_told_before(
        self, api: Api, cast: Cast, edda: Resident, waiting: str, helga: Resident, says_yes: str
    ) -> None:
        post(api(getattr(cast, says_yes)), f"{waiting}/carry-out")
        entry = Entry.objects.get(kind="residents.contact_changed")
        assert (entry.principal_id, entry.helper_id) == (cast.edda.pk, cast.vera.pk)
        tell(by=SYSTEM, recorded=recorded(entry), at=timezone.now())

        told = Notification.objects.get(notice="residents.contact_changed")
        assert told.resident == edda and "Helpers have changed" in told.title
        assert "go where they went before" in told.body
        row = Delivery.objects.get(notification=told, way=Way.VOICE)
        assert address_of(row).value == "+49921471100"

    def test_never_moves_where_edda_is_warned(
        self, api: Api, cast: Cast, edda: Resident, waiting: str, helga: Resident
    ) -> None:
        now = timezone.now()
        before = warned(edda, now)
        assert (Way.VOICE, "+49921471100") in before
        keeps = Resident.objects.values("phone", "email").get(pk=edda.pk)
        order = Reach.objects.values().get(resident=edda)

        assert post(api(helga), f"{waiting}/carry-out").status_code == 200
        assert contact_of(edda.pk).phone == NUMBER
        assert warned(edda, now) == before
        assert Resident.objects.values("phone", "email").get(pk=edda.pk) == keeps
        assert Reach.objects.values().get(resident=edda) == order

    def test_hears_what_has_become_wrong_with_it(
        self, api: Api, waiting: str, helga: Resident, settings: Any
    ) -> None:
        # As one dials it here, which is elsewhere by now.
        settings.PHONE_REGION = "US"
        answer = post(api(helga), f"{waiting}/carry-out")
        assert (answer.status_code, answer.json()["code"]) == (409, "assist.no_longer_possible")
        assert "no phone number" in answer.json()["detail"]
        assert not ContactDetails.objects.exists()

    def test_may_cross_it_out(self, api: Api, cast: Cast, waiting: str, helga: Resident) -> None:
        assert post(api(helga), f"{waiting}/drop").status_code == 200
        assert not ContactDetails.objects.exists()


class TestPages:
    def test_a_form_waits_for_the_second_one_who_sees_what_is_taken_away(
        self,
        browser: Browser,
        cast: Cast,
        covered: dict[str, str],
        helga: Resident,
        mandate: str,
        api: Api,
    ) -> None:
        put(api(cast.edda))
        vera = browser(cast.vera)
        front = vera.get(f"{mandate}/villages/lindental").content.decode()
        assert f'href="{mandate}/me/contact"' in front
        page = vera.get(f"{mandate}/me/contact").content.decode()
        assert "Mühlweg 2" in page and "a second volunteer says yes" in page
        answer = vera.post(f"{mandate}/me/contact", {"address": "Am Anger 1", "phone": ""})
        assert answer.status_code == 302, answer.content

        helgas, address = browser(helga), answer["Location"].removeprefix(mandate)
        shown = helgas.get(address).content.decode()
        assert "Am Anger 1" in shown and "taken away" in shown
        helgas.post(f"{address}/settle", {"answer": "yes"})
        kept = contact_of(cast.edda.pk)
        assert (kept.address, kept.phone, kept.via_helper) == ("Am Anger 1", "", True)
        assert "written down by a helper" in browser(cast.edda).get("/me/contact").content.decode()

    def test_half_a_form_takes_nothing_away(
        self, browser: Browser, cast: Cast, covered: dict[str, str], mandate: str
    ) -> None:
        half = {"address": "Am Anger 1"}
        assert browser(cast.vera).post(f"{mandate}/me/contact", half).status_code == 422
        assert not PreparedAct.objects.exists() and not ContactDetails.objects.exists()

    def test_without_the_scope_there_is_no_way_to_it(
        self, browser: Browser, cast: Cast, mandate: str
    ) -> None:
        vera = browser(cast.vera)
        assert "/me/contact" not in vera.get(f"{mandate}/villages/lindental").content.decode()
        assert vera.get(f"{mandate}/me/contact").status_code == 403
