"""Telling the town hall that something is broken, and hearing how far it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.core.pictures import encoded, photo
from tests.support.cast import Cast
from village.core.actor import Actor, Level, Scope
from village.core.errors import Forbidden, Invalid, NotFound, OutOfScope
from village.core.geo import Point
from village.journal.models import Entry
from village.journal.notices import Notice, notices_of
from village.messaging import actions, facts, queries
from village.messaging.actions import defects
from village.messaging.models import Case, Category, Defect, DefectPhoto, Department, Message
from village.residents.models import Resident, Village
from village.stewardship.models import Setup

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]
Api = Callable[..., Client]
DEFECTS = "/api/v1/villages/lindental/defects"
MILL = Point(50.015, 11.508)


@pytest.fixture
def lamp(lamps: Category) -> Category:
    """Put lamps on the list of what residents report."""
    lamps.defect = True
    lamps.save()
    return lamps


@pytest.fixture
def report(lamp: Category, at: datetime) -> Callable[..., Defect]:
    """Report a lamp, as somebody: ``report(as_(nora), place="By the mill")``."""

    def make(by: Actor, **said: Any) -> Defect:
        given = {"category_id": lamp.pk, "text": "It is dark.", "place": "By the mill"} | said
        return actions.report_defect(by=by, village="lindental", at=at, **given)

    return make


Report = Callable[..., Defect]


class TestReporting:
    def test_opens_a_case_of_the_department_that_it_is_for(
        self, report: Report, as_: As, nora: Resident, lamp: Category
    ) -> None:
        defect = report(as_(nora), point=MILL)

        case = Case.objects.get()
        assert (case.pk, case.department, case.category) == (defect.pk, lamp.department, lamp)
        assert (case.title, case.author, case.status) == ("Lamps: By the mill", nora, "open")
        assert Message.objects.get().text == "It is dark."
        assert (defect.lat, defect.lng) == (50.015, 11.508)
        told = Entry.objects.get()
        assert told.kind == "messaging.defect_reported"
        assert "mill" not in str(told.data) and "50.0" not in str(told.data)

    def test_counts_for_the_elder_when_a_volunteer_reports_it(
        self, report: Report, vera_for_edda: Actor, edda: Resident
    ) -> None:
        covers = frozenset({Scope.DEFECT_REPORT})
        case = report(
            Actor(vera_for_edda.principal_id, vera_for_edda.helper_id, uuid4(), covers)
        ).case
        assert case.author_id == edda.pk and case.via_helper

    def test_needs_a_mandate_that_covers_it(
        self, report: Report, vera_for_edda: Actor, strang: Resident, as_: As
    ) -> None:
        with pytest.raises(OutOfScope):
            report(vera_for_edda)
        with pytest.raises(NotFound):
            report(as_(strang))
        assert not Case.objects.exists()

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"category_id": uuid4()}, "category"),
            ({"place": ""}, "place"),
            ({"point": Point(-33.9, 151.2)}, "point"),
            ({"point": Point(90.0, 0.0)}, "point"),
        ],
    )
    def test_refuses_what_makes_no_sense(
        self, report: Report, as_: As, nora: Resident, said: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(Invalid) as refused:
            report(as_(nora), **said)
        assert refused.value.field == field
        assert not Case.objects.exists() and not Entry.objects.exists()

    def test_takes_only_what_is_on_the_list(
        self,
        report: Report,
        as_: As,
        nora: Resident,
        roads: Department,
        bergheim: Village,
        at: datetime,
    ) -> None:
        there = Department.objects.create(village=bergheim, name="Roads", created_at=at)
        off = Category.objects.create(
            village=roads.village, department=roads, name="Bins", created_at=at
        )
        elsewhere = Category.objects.create(
            village=bergheim, department=there, name="Lamps", defect=True, created_at=at
        )
        for category in (off, elsewhere):
            with pytest.raises(Invalid):
                report(as_(nora), category_id=category.pk)

    def test_takes_a_place_inside_of_the_boundary_where_one_is_drawn(
        self, report: Report, as_: As, nora: Resident, lindental: Village, at: datetime
    ) -> None:
        ring = [[11.5, 50.0], [11.52, 50.0], [11.52, 50.03], [11.5, 50.03], [11.5, 50.0]]
        drawn = {"type": "Polygon", "coordinates": [ring]}
        Setup.objects.create(village=lindental, boundary=drawn, changed_at=at)
        report(as_(nora), point=MILL)
        with pytest.raises(Invalid):
            report(as_(nora), point=Point(50.015, 11.53))


class TestWhoSeesIt:
    def test_is_whoever_reported_it_and_the_clerks(
        self, report: Report, as_: As, cast: Cast
    ) -> None:
        made = report(as_(cast.nora), point=MILL)
        for name in ("nora", "otto"):
            assert queries.visible_defect(as_(getattr(cast, name)), made.pk) == made
        for name in ("edda", "vera", "tom", "mia", "carla", "max", "stella", "strang"):
            with pytest.raises(NotFound):
                queries.visible_defect(as_(getattr(cast, name)), made.pk)

    def test_is_not_a_helper_whose_mandate_does_not_cover_it(
        self, report: Report, as_: As, edda: Resident, vera_for_edda: Actor
    ) -> None:
        made = report(as_(edda))
        with pytest.raises(NotFound):
            queries.visible_defect(vera_for_edda, made.pk)

    def test_clerks_are_shown_what_may_be_the_same(
        self, report: Report, as_: As, cast: Cast, at: datetime
    ) -> None:
        first = report(as_(cast.nora), point=MILL)
        same = report(as_(cast.tom), point=Point(50.0151, 11.5081))
        report(as_(cast.mia), point=Point(50.017, 11.508))
        report(as_(cast.mia))
        assert list(queries.nearby(first)) == [same]
        actions.resolve_case(by=as_(cast.otto), case_id=same.pk, at=at)
        assert not queries.nearby(first).exists()


class TestHowFarItIs:
    @pytest.mark.parametrize(
        ("verb", "fact", "title"),
        [
            (actions.acknowledge_case, facts.CaseAcknowledged, "What you reported is in work."),
            (actions.resolve_case, facts.CaseResolved, "What you reported is done."),
            (
                actions.refer_case,
                facts.CaseReferred,
                "What you reported is for somebody else to mend.",
            ),
        ],
    )
    def test_is_told_to_whoever_reported_it(
        self, report: Report, as_: As, cast: Cast, at: datetime, verb: Any, fact: Any, title: str
    ) -> None:
        made = report(as_(cast.nora))
        more = {"text": "It is the district's."} if verb is actions.refer_case else {}
        verb(by=as_(cast.otto), case_id=made.pk, at=at, **more)
        [notice] = notices_of(fact)
        told = fact(
            village="lindental",
            case=made.pk,
            department=made.case.department_id,
            author=cast.nora.pk,
        )
        words = notice.words(told)
        assert list(notice.audience(told)) == [cast.nora.pk]
        assert words is not None
        assert (words.title, words.link) == (title, f"/defects/{made.pk}")
        assert "mill" not in words.title + words.body

    def test_of_an_ordinary_case_is_told_by_its_answers_alone(
        self, case: Case, otto: Resident, as_: As, at: datetime
    ) -> None:
        actions.acknowledge_case(by=as_(otto), case_id=case.pk, at=at)
        told = facts.CaseAcknowledged(
            village="lindental", case=case.pk, department=case.department_id, author=case.author_id
        )
        assert list(Notice.declared["messaging.defect_in_work"].audience(told)) == []

    def test_clerks_hear_of_a_new_one_without_its_words(
        self, report: Report, as_: As, cast: Cast
    ) -> None:
        made = report(as_(cast.nora))
        told = facts.DefectReported(
            village="lindental",
            case=made.pk,
            department=made.case.department_id,
            author=cast.nora.pk,
            message=uuid4(),
        )
        notice = Notice.declared["messaging.new_defect"]
        words = notice.words(told)
        assert list(notice.audience(told)) == [cast.otto.pk]
        assert words is not None and words.body == "Lamps, for Roads"

    def test_can_be_that_it_is_for_somebody_else(
        self, case: Case, nora: Resident, otto: Resident, as_: As, at: datetime
    ) -> None:
        referred = actions.refer_case(by=as_(otto), case_id=case.pk, text="The district's.", at=at)
        assert (referred.status, referred.message_count) == ("referred", 2)
        kinds = [entry.kind for entry in Entry.objects.order_by("pk")]
        assert kinds[-2:] == ["messaging.message_written", "messaging.case_referred"]
        with pytest.raises(Forbidden):
            actions.refer_case(by=as_(nora), case_id=case.pk, text="t", at=at)
        # It was ours after all.
        assert actions.acknowledge_case(by=as_(otto), case_id=case.pk, at=at).status == (
            "acknowledged"
        )
        actions.resolve_case(by=as_(otto), case_id=case.pk, at=at)
        with pytest.raises(actions.CaseIsResolved):
            actions.refer_case(by=as_(otto), case_id=case.pk, text="t", at=at)


class TestTheList:
    def test_is_what_a_steward_says(
        self, as_: As, stella: Resident, lamp: Category, at: datetime
    ) -> None:
        kept = actions.name_defects(
            by=as_(stella), department_id=lamp.department_id, names=["Holes", "Holes"], at=at
        )
        assert [each.name for each in queries.defect_kinds("lindental")] == ["Holes"]
        # What was reported under it stays what it was.
        assert kept.categories.filter(name="Lamps", defect=False).exists()
        actions.name_defects(by=as_(stella), department_id=kept.pk, names=["Lamps"], at=at)
        assert [each.pk for each in queries.defect_kinds("lindental")] == [lamp.pk]

    def test_holds_nothing_confidential(
        self, as_: As, stella: Resident, lamp: Category, at: datetime
    ) -> None:
        Category.objects.update(confidential=True)
        with pytest.raises(Invalid):
            actions.name_defects(
                by=as_(stella), department_id=lamp.department_id, names=["Lamps"], at=at
            )

    @pytest.mark.parametrize(("name", "refusal"), [("otto", Forbidden), ("strang", NotFound)])
    def test_is_nobody_elses_to_change(
        self,
        as_: As,
        cast: Cast,
        lamp: Category,
        at: datetime,
        name: str,
        refusal: type[Exception],
    ) -> None:
        with pytest.raises(refusal):
            actions.name_defects(
                by=as_(getattr(cast, name)), department_id=lamp.department_id, names=[], at=at
            )


class TestOverHttp:
    def test_is_reported_followed_and_shown(
        self, api: Api, nora: Resident, otto: Resident, lamp: Category
    ) -> None:
        told = {
            "category": str(lamp.pk),
            "text": "It is dark.",
            "place": "By the mill",
            "point": {"lat": 50.015, "lng": 11.508},
        }
        made = api(nora).post(DEFECTS, told, content_type="application/json")
        assert made.status_code == 201, made.content
        shown = made.json()
        assert shown["point"] == {"lat": 50.015, "lng": 11.508}
        assert (shown["status"], shown["photo"]) == ("open", None)

        address = f"/api/v1/defects/{shown['id']}"
        picture = SimpleUploadedFile("a.jpg", encoded(photo(), "JPEG"), "image/jpeg")
        pictured = api(nora).post(f"{address}/photo", {"file": picture})
        assert pictured.status_code == 200, pictured.content
        path = pictured.json()["photo"]
        for who in (nora, otto):
            copy = api(who).get(path)
            assert (copy["Content-Type"], copy.content[8:12]) == ("image/webp", b"WEBP")
            assert copy["Cache-Control"].startswith("private") or "private" in copy["Cache-Control"]
        api(otto).post(f"/api/v1/cases/{shown['id']}/acknowledge")
        listed = api(nora).get(f"{DEFECTS}?position=1").json()
        assert [each["status"] for each in listed["items"]] == ["acknowledged"]
        assert listed["position"]["seq"] > 0

    def test_a_list_goes_on_page_by_page(
        self, api: Api, nora: Resident, report: Report, as_: As
    ) -> None:
        for _ in range(3):
            report(as_(nora))
        first = api(nora).get(f"{DEFECTS}?limit=2").json()
        rest = api(nora).get(DEFECTS, {"limit": 2, "after": first["next"]}).json()
        assert rest["next"] is None
        assert len({each["id"] for each in first["items"] + rest["items"]}) == 3

    @pytest.mark.parametrize(
        "wrong",
        [
            {"category": "x"},
            {"category": None},
            {"text": " "},
            {"text": "x" * 20_001},
            {"place": "a\nb"},
            {"place": "x" * 201},
            {"place": "", "point": None},
            {"point": {"lat": 91, "lng": 0}},
            {"point": {"lat": 50}},
            {"point": {"lat": "NaN", "lng": 0}},
            {"point": [50, 11]},
            {"colour": "red"},
        ],
    )
    def test_says_what_is_wrong(
        self, api: Api, nora: Resident, lamp: Category, wrong: dict[str, Any]
    ) -> None:
        told = {"category": str(lamp.pk), "text": "Dark.", "place": "By the mill"} | wrong
        answer = api(nora).post(DEFECTS, told, content_type="application/json")
        assert answer.status_code == 422, answer.content
        assert not Case.objects.exists()

    @pytest.mark.parametrize("data", [b"", b"no picture", encoded(photo(8, 8), "PNG")[:60]])
    def test_takes_no_file_that_is_no_picture(
        self, api: Api, nora: Resident, report: Report, as_: As, data: bytes
    ) -> None:
        made = report(as_(nora))
        answer = api(nora).post(
            f"/api/v1/defects/{made.pk}/photo", {"file": SimpleUploadedFile("a.png", data)}
        )
        assert answer.status_code == 422, answer.content
        assert not DefectPhoto.objects.exists()

    def test_keeps_nobody_waiting_for_a_photo(
        self,
        api: Api,
        nora: Resident,
        report: Report,
        as_: As,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(defects, "PHOTO_SECONDS", 0.001)
        made = report(as_(nora))
        answer = api(nora).post(
            f"/api/v1/defects/{made.pk}/photo",
            {"file": SimpleUploadedFile("a.png", encoded(photo(), "PNG"))},
        )
        assert (answer.status_code, answer.json()["code"]) == (503, "messaging.photo_later")
        assert not DefectPhoto.objects.exists()

    def test_a_helper_who_may_only_prepare_it_prepares_it(
        self, api: Api, cast: Cast, lamp: Category
    ) -> None:
        cast.mandate.scopes = [Scope.DEFECT_REPORT]
        cast.mandate.levels = {Scope.DEFECT_REPORT.value: Level.PREPARE.value}
        cast.mandate.save()
        told = {"category": str(lamp.pk), "text": "Dark.", "place": "By the mill"}
        vera = api(cast.vera, **{"X-Acting-For": str(cast.mandate.pk)})
        refused = vera.post(DEFECTS, told, content_type="application/json")
        assert (refused.status_code, refused.json()["code"]) == (403, "assist.only_prepared")
        prepared = vera.post(
            DEFECTS,
            told,
            content_type="application/json",
            headers={"X-Acting-Prepare": "true"},
        )
        assert prepared.status_code == 202, prepared.content
        assert not Case.objects.exists()
        address = f"/api/v1/prepared/{prepared.json()['id']}/carry-out"
        done = api(cast.edda).post(address, content_type="application/json")
        assert done.status_code == 200, done.content
        assert (Case.objects.get().author, Case.objects.get().via_helper) == (cast.edda, True)
