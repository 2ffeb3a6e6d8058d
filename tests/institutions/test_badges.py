"""Two see that an institution is what it says; everybody sees that wherever it speaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from news.models import Outlet
from tests.stewardship.conftest import sven
from tests.support.at_once import all_at_once
from tests.support.cast import DEPARTMENT, OUTLET, Cast
from village.core.actor import SYSTEM, Actor
from village.core.errors import Forbidden, Invalid, NotFound
from village.institutions import actions
from village.institutions.actions import BadgeStands, NameChanged
from village.institutions.models import Badge
from village.institutions.queries import badges_of
from village.journal.models import Entry
from village.journal.queries import frames_after
from village.journal.topics import find
from village.messaging.models import Department
from village.realtime.frames import encode
from village.residents.models import Resident
from village.residents.naming import NameTaken

__all__ = ["sven"]
pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]
Api = Callable[..., Client]
JSON = "application/json"


@pytest.fixture
def bote(cast: Cast, at: Any) -> Outlet:
    """Print the paper that mia edits."""
    return Outlet.objects.create(
        id=OUTLET, village=cast.lindental, name="Lindentaler Bote", slug="bote", created_at=at
    )


@pytest.fixture
def office(cast: Cast, at: Any) -> Department:
    """Open otto's department."""
    made: Department = Department.objects.create(
        id=DEPARTMENT, village=cast.lindental, name="Bürgerbüro", created_at=at
    )
    return made


def propose(by: Actor, of: UUID, **changes: Any) -> Badge:
    now = timezone.now()
    what: dict[str, Any] = {"village": "lindental", "until": now + timedelta(days=90), "at": now}
    return actions.propose_badge(by=by, institution_id=of, **(what | changes))


def give(by: Actor, of: UUID) -> Badge:
    """Let a steward propose a badge, and the operator agree."""
    return actions.confirm_badge(by=SYSTEM, badge_id=propose(by, of).pk, at=timezone.now())


def kinds() -> list[str]:
    told = Entry.objects.filter(kind__startswith="institutions.").order_by("pk")
    return [kind.removeprefix("institutions.") for kind in told.values_list("kind", flat=True)]


class TestABadge:
    def test_counts_once_a_second_steward_agrees(
        self, as_: As, bote: Outlet, stella: Resident, sven: Resident
    ) -> None:
        proposed = propose(as_(stella), bote.pk)
        assert badges_of({bote.pk: bote.name}) == {}
        with pytest.raises(Forbidden):
            actions.confirm_badge(by=as_(stella), badge_id=proposed.pk, at=timezone.now())

        actions.confirm_badge(by=as_(sven), badge_id=proposed.pk, at=timezone.now())

        assert badges_of({bote.pk: bote.name})[bote.pk].seen_by == ["Stella", "Sven"]
        assert kinds() == ["badge_proposed", "badge_granted"]

    def test_is_taken_back_by_one(
        self, as_: As, bote: Outlet, stella: Resident, nora: Resident
    ) -> None:
        badge = give(as_(stella), bote.pk)
        with pytest.raises(Forbidden):
            actions.withdraw_badge(by=as_(nora), badge_id=badge.pk, at=timezone.now())
        actions.withdraw_badge(by=as_(stella), badge_id=badge.pk, at=timezone.now())
        assert badges_of({bote.pk: bote.name}) == {}
        with pytest.raises(NotFound):
            actions.withdraw_badge(by=as_(stella), badge_id=badge.pk, at=timezone.now())

    def test_is_over_on_its_day(self, as_: As, bote: Outlet, stella: Resident) -> None:
        badge = give(as_(stella), bote.pk)
        Badge.objects.filter(pk=badge.pk).update(until=timezone.now() - timedelta(seconds=1))
        assert badges_of({bote.pk: bote.name}) == {}

    def test_is_of_the_name_that_was_seen(self, as_: As, bote: Outlet, stella: Resident) -> None:
        give(as_(stella), bote.pk)
        assert badges_of({bote.pk: "Bergheimer Bote"}) == {}
        waiting = propose(as_(stella), bote.pk)
        Outlet.objects.update(name="Bergheimer Bote")
        with pytest.raises(NameChanged):
            actions.confirm_badge(by=SYSTEM, badge_id=waiting.pk, at=timezone.now())

    def test_is_renewed_by_a_new_one(self, as_: As, bote: Outlet, stella: Resident) -> None:
        first = give(as_(stella), bote.pk)
        second = give(as_(stella), bote.pk)
        first.refresh_from_db()
        assert first.ended_at is not None
        assert badges_of({bote.pk: bote.name})[bote.pk].pk == second.pk

    @pytest.mark.parametrize("days", [-1, 0, 800])
    def test_ends_on_a_day_that_makes_sense(
        self, as_: As, bote: Outlet, stella: Resident, days: int
    ) -> None:
        until = timezone.now() + timedelta(days=days, seconds=-1)
        with pytest.raises(Invalid):
            propose(as_(stella), bote.pk, until=until)

    def test_is_not_for_whoever_looks_like_another(
        self, as_: As, bote: Outlet, stella: Resident, at: Any
    ) -> None:
        twin = Outlet.objects.create(
            village_id="lindental", name="Lindentaler B0te", slug="b", created_at=at
        )
        with pytest.raises(NameTaken):
            propose(as_(stella), twin.pk)

    def test_is_proposed_once_and_of_what_is_there(
        self, as_: As, bote: Outlet, stella: Resident, strang: Resident
    ) -> None:
        propose(as_(stella), bote.pk)
        with pytest.raises(BadgeStands):
            propose(as_(stella), bote.pk)
        for by, of in ((stella, uuid4()), (strang, bote.pk)):
            with pytest.raises(NotFound):
                propose(as_(by), of)


class TestWhereAnInstitutionSpeaks:
    def test_its_badge_is_shown(
        self, api: Api, as_: As, cast: Cast, bote: Outlet, office: Department
    ) -> None:
        for of in (bote.pk, office.pk, cast.centre.pk):
            give(as_(cast.stella), of)
        said = {"outlet": str(bote.pk), "title": "t", "text": "t", "publish": True}
        articles = "/api/v1/villages/lindental/articles"
        assert api(cast.mia).post(articles, said, content_type=JSON).status_code == 201
        matter = {"department": str(office.pk), "title": "t", "text": "t"}
        cases = "/api/v1/villages/lindental/cases"
        case = api(cast.nora).post(cases, matter, content_type=JSON).json()
        messages = f"/api/v1/cases/{case['id']}/messages"
        assert api(cast.otto).post(messages, {"text": "yes"}, content_type=JSON).status_code == 201

        def seen(by: Resident, path: str) -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = api(by).get(f"/api/v1/{path}").json()["items"]
            return found

        here = "villages/lindental"
        badge = seen(cast.nora, f"{here}/outlets")[0]["badge"]
        assert badge["verified_by"] == ["Stella"]
        assert seen(cast.nora, f"{here}/articles")[0]["outlet_badge"] == badge
        assert seen(cast.nora, f"{here}/departments")[0]["badge"]
        assert seen(cast.nora, f"{here}/cases")[0]["department_badge"]
        answer, question = seen(cast.nora, f"cases/{case['id']}/messages")
        assert answer["department_badge"] and question["department_badge"] is None
        assert seen(cast.carla, "centres")[0]["badge"]
        assert seen(cast.edda, "me/mandates")[0]["centre_badge"]

    def test_a_list_asks_for_all_badges_at_once(
        self, api: Api, cast: Cast, bote: Outlet, django_assert_max_num_queries: Any, at: Any
    ) -> None:
        for number in range(12):
            Outlet.objects.create(
                village=cast.lindental, name=f"Verein {number}", slug=f"v{number}", created_at=at
            )
        nora = api(cast.nora)
        nora.get("/api/v1/villages/lindental/outlets")
        with django_assert_max_num_queries(7):
            nora.get("/api/v1/villages/lindental/outlets")


class TestAProfile:
    def test_says_who_speaks_and_who_has_looked(
        self, api: Api, as_: As, cast: Cast, bote: Outlet
    ) -> None:
        give(as_(cast.stella), bote.pk)
        shown = api(cast.nora).get(f"/api/v1/institutions/{bote.pk}").json()
        assert (shown["kind"], shown["name"]) == ("outlet", "Lindentaler Bote")
        assert shown["speakers"] == ["Mia"]
        assert shown["badge"]["verified_by"] == ["Stella"]
        page = api(cast.nora).get(f"/institutions/{bote.pk}").content.decode()
        assert "Verified for the village by Stella" in page
        assert api(cast.strang).get(f"/institutions/{bote.pk}").status_code == 404

    def test_of_a_closed_centre_is_not_shown(self, api: Api, cast: Cast) -> None:
        path = f"/api/v1/centres/{cast.centre.pk}/close"
        assert api(cast.stella).post(path).status_code == 204
        assert api(cast.nora).get("/api/v1/villages/lindental/institutions").json() == []


class TestTheBadgesPage:
    def test_leads_from_a_proposal_to_the_second_yes_and_back(
        self, api: Api, bote: Outlet, stella: Resident, sven: Resident
    ) -> None:
        address = "/villages/lindental/badges"
        day = (timezone.now() + timedelta(days=100)).date().isoformat()
        first, second = api(stella), api(sven)
        asked = first.post(address, {"institution": str(bote.pk), "until": day})
        assert asked.status_code == 302
        badge = Badge.objects.get()
        assert f"/badges/{badge.pk}/confirm" not in first.get(address).content.decode()
        assert f"/badges/{badge.pk}/confirm" in second.get(address).content.decode()
        assert second.post(f"/badges/{badge.pk}/confirm").status_code == 302
        assert "verified" in first.get("/villages/lindental/institutions").content.decode()
        assert first.post(f"/badges/{badge.pk}/withdraw").status_code == 302
        badge.refresh_from_db()
        assert badge.ended_at is not None

    def test_is_for_stewards(self, api: Api, nora: Resident) -> None:
        assert api(nora).get("/villages/lindental/badges").status_code == 403

    def test_says_beside_the_field_what_is_wrong(
        self, api: Api, bote: Outlet, stella: Resident
    ) -> None:
        answer = api(stella).post(
            "/villages/lindental/badges", {"institution": str(bote.pk), "until": "2001-01-01"}
        )
        assert answer.status_code == 422
        assert "Please choose a day to come" in answer.content.decode()


class TestAName:
    @pytest.mark.parametrize("name", ["Bürgerbür0", "BÜRGERBÜRO", "Bürgerbürо"])
    def test_of_an_outlet_or_a_department_is_nobody_elses(
        self, api: Api, cast: Cast, office: Department, name: str
    ) -> None:
        for path, body in (("outlets", {"slug": "b"}), ("departments", {})):
            answer = api(cast.stella).post(
                f"/api/v1/villages/lindental/{path}", body | {"name": name}, content_type=JSON
            )
            assert answer.status_code in (409, 422), answer.content
            assert answer.json()["code"].startswith("names."), answer.content

    def test_opens_a_department_that_cases_come_to(self, api: Api, cast: Cast) -> None:
        body = {"name": "Standesamt", "categories": ["A wedding"]}
        path = "/api/v1/villages/lindental/departments"
        opened = api(cast.stella).post(path, body, content_type=JSON)
        assert opened.status_code == 201, opened.content
        assert [each["name"] for each in opened.json()["categories"]] == ["A wedding"]
        again = api(cast.stella).post(path, body, content_type=JSON)
        assert again.json()["code"] == "messaging.department_known"
        matter = {"department": opened.json()["id"], "title": "t", "text": "t"}
        cases = "/api/v1/villages/lindental/cases"
        assert api(cast.nora).post(cases, matter, content_type=JSON).status_code == 201


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_agree_once(self, as_: As, bote: Outlet, stella: Resident, sven: Resident) -> None:
        proposed = propose(as_(stella), bote.pk)

        def confirm(_who: UUID) -> str:
            actions.confirm_badge(by=as_(sven), badge_id=proposed.pk, at=timezone.now())
            return "granted"

        came = all_at_once(confirm, [uuid4() for _ in range(8)])
        assert came == {"granted": 1, "institutions.badge_stands": 7}


class TestOnAScreen:
    def test_a_badge_comes_and_goes_while_one_reads(
        self, as_: As, bote: Outlet, stella: Resident
    ) -> None:
        badge = give(as_(stella), bote.pk)
        [given] = shown()
        assert given["kind"] == "institutions.badge_granted"
        assert given["data"]["institution"] == str(bote.pk)
        assert given["data"]["badge"]["verified_by"] == ["Stella"]
        actions.withdraw_badge(by=as_(stella), badge_id=badge.pk, at=timezone.now())
        [again, taken] = shown()
        # What is read again says what is so now.
        assert again["data"] == taken["data"] == {"institution": str(bote.pk), "badge": None}

    def test_nobody_reads_of_what_was_only_proposed(
        self, as_: As, bote: Outlet, stella: Resident
    ) -> None:
        proposed = propose(as_(stella), bote.pk)
        actions.withdraw_badge(by=as_(stella), badge_id=proposed.pk, at=timezone.now())
        assert shown() == []

    def test_a_department_is_no_news(self, as_: As, office: Department, stella: Resident) -> None:
        give(as_(stella), office.pk)
        assert shown() == []


def shown() -> list[dict[str, Any]]:
    """Give the frames on the screens of those who read the news."""
    address = "villages/lindental/news"
    followed = find(address)
    assert followed is not None
    frames = frames_after(followed.topic, address, 0, limit=10)
    return [json.loads(encode(each, address).text) for each in frames]
