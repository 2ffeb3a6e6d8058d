"""Reporting in a browser what is broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.core.pictures import encoded, photo
from tests.support.cast import DEPARTMENT, Cast
from village.assist.models import Mandate
from village.core.actor import Scope
from village.messaging.models import Case, Category, Defect, Department, Message
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
NEW = "/villages/lindental/defects/new"


@pytest.fixture
def lamp(cast: Cast) -> Category:
    at = timezone.now()
    roads = Department.objects.create(
        id=DEPARTMENT, village=cast.lindental, name="Roads", created_at=at
    )
    return Category.objects.create(
        department=roads, village=cast.lindental, name="A lamp", defect=True, created_at=at
    )


@pytest.fixture
def filled(lamp: Category) -> dict[str, str]:
    return {"category": str(lamp.pk), "place": "By the mill", "text": "It is dark."}


@pytest.fixture
def reported(browser: Browser, nora: Resident, filled: dict[str, str]) -> Defect:
    browser(nora).post(NEW, filled | {"lat": "50.015", "lng": "11.508"})
    return Defect.objects.get()


class TestReporting:
    def test_leads_to_how_far_it_is(
        self, browser: Browser, nora: Resident, filled: dict[str, str]
    ) -> None:
        window = browser(nora)
        assert NEW in window.get("/villages/lindental/cases").content.decode()
        assert "A lamp" in window.get(NEW).content.decode()
        answer = window.post(NEW, filled)
        page = window.get(answer["Location"]).content.decode()
        assert "By the mill" in page and "new" in page
        assert answer["Location"] in window.get("/villages/lindental/defects").content.decode()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"category": ""},
            {"category": "x"},
            {"place": ""},
            {"text": " "},
            {"lat": "91", "lng": "0"},
            {"lat": "nan", "lng": "0"},
            {"lat": "1", "lng": "1"},
        ],
    )
    def test_says_what_is_missing(
        self, browser: Browser, nora: Resident, filled: dict[str, str], wrong: dict[str, str]
    ) -> None:
        assert browser(nora).post(NEW, filled | wrong).status_code == 422
        assert not Case.objects.exists()

    def test_is_not_offered_where_the_village_has_no_list(
        self, browser: Browser, nora: Resident
    ) -> None:
        page = browser(nora).get(NEW).content.decode()
        assert "has no list for this yet" in page and "<textarea" not in page

    def test_takes_a_photo_of_whoever_reported_it(
        self, browser: Browser, cast: Cast, reported: Defect
    ) -> None:
        address = f"/defects/{reported.pk}/photo"
        picture = SimpleUploadedFile("a.png", encoded(photo(), "PNG"), "image/png")
        assert browser(cast.tom).post(address, {"file": picture}).status_code == 404
        assert browser(cast.nora).post(address, {}).status_code == 422
        picture.seek(0)
        assert browser(cast.nora).post(address, {"file": picture}).status_code == 302
        assert f"{address}.webp" in browser(cast.otto).get(f"/cases/{reported.pk}").content.decode()
        assert browser(cast.otto).get(f"{address}.webp").status_code == 200
        assert browser(cast.tom).get(f"{address}.webp").status_code == 404

    def test_is_open_to_a_helper_with_this_one_scope(
        self, browser: Browser, cast: Cast, filled: dict[str, str], mandate: str
    ) -> None:
        Mandate.objects.update(scopes=[Scope.DEFECT_REPORT])
        vera = browser(cast.vera)
        assert NEW in vera.get(f"{mandate}/villages/lindental").content.decode()
        answer = vera.post(f"{mandate}{NEW}", filled)
        assert answer.status_code == 302, answer.content
        page = vera.get(answer["Location"])
        assert page.status_code == 200 and 'type="file"' not in page.content.decode()
        assert Case.objects.get().via_helper


class TestTheDesk:
    def test_shows_where_it_is_and_what_may_be_the_same(
        self, browser: Browser, cast: Cast, reported: Defect, filled: dict[str, str]
    ) -> None:
        browser(cast.tom).post(NEW, filled | {"lat": "50.0151", "lng": "11.508"})
        other = Defect.objects.exclude(pk=reported.pk).get()
        page = browser(cast.otto).get(f"/cases/{reported.pk}").content.decode()
        assert "By the mill" in page and "geo:50.01500,11.50800" in page
        assert f"/cases/{other.pk}" in page
        assert f"/cases/{other.pk}" not in (
            browser(cast.nora).get(f"/cases/{reported.pk}").content.decode()
        )

    def test_says_for_whom_it_is(self, browser: Browser, cast: Cast, reported: Defect) -> None:
        otto, address = browser(cast.otto), f"/cases/{reported.pk}/refer"
        refused = otto.post(address, {"referral": " "})
        # What is wrong is not folded away.
        assert refused.status_code == 422 and " open><summary>" in refused.content.decode()
        otto.post(address, {"referral": "The district mends it."})
        assert Case.objects.get().status == "referred"
        assert Message.objects.filter(text="The district mends it.").exists()
        page = browser(cast.nora).get(f"/defects/{reported.pk}").content.decode()
        assert "for somebody else to do" in page

    def test_list_is_kept_by_a_steward(self, browser: Browser, cast: Cast, lamp: Category) -> None:
        address = f"/departments/{DEPARTMENT}/defects"
        stella = browser(cast.stella)
        assert address in stella.get("/villages/lindental/cases").content.decode()
        assert "A lamp" in stella.get(address).content.decode()
        stella.post(address, {"categories": "A lamp\n\n A hole in the road \n"})
        kinds = Category.objects.filter(defect=True).values_list("name", flat=True)
        assert set(kinds) == {"A lamp", "A hole in the road"}
        long: dict[str, Any] = {"categories": "x" * 121}
        assert stella.post(address, long).status_code == 422
        assert browser(cast.otto).get(address).status_code == 403
        assert browser(cast.strang).get(address).status_code == 404
