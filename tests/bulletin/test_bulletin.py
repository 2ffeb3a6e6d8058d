"""Once a week everybody is told what happened and what comes, on paper as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from carpool.models import Stop, StopKind
from news.models import Outlet
from tests.carpool.factories import LINDE, TOWN, make_offer
from tests.events.factories import make_event
from tests.news.factories import write
from tests.support.cast import OUTLET, Cast
from village.bulletin import actions, paper, queries
from village.bulletin.facts import BulletinPublished
from village.bulletin.models import Bulletin
from village.core.actor import SYSTEM, Actor
from village.core.bulletin import Section, declare_section
from village.core.errors import NotFound
from village.journal.models import Entry
from village.journal.notices import Importance, Notice
from village.residents.models import Village

# The Friday before the tests' noon, a Sunday.
FRIDAY = date(2026, 11, 20)


@pytest.fixture
def bridge(cast: Cast, at: datetime) -> None:
    """Let mia write, in the week before the bulletin, that the bridge is open again."""
    outlet = Outlet.objects.create(
        id=OUTLET, village=cast.lindental, name="Bote", slug="bote", created_at=at
    )
    write(cast.mia, outlet, at=at - timedelta(days=4))


def told(village: Village, day: date = FRIDAY) -> dict[str, list[str]]:
    parts = queries.edition(village, day).parts
    return {section.key: [item.title for item in items] for section, items in parts}


class TestAnEdition:
    def test_tells_what_happened_and_what_comes(
        self, cast: Cast, bridge: None, at: datetime
    ) -> None:
        soon = at + timedelta(days=2)
        make_event(cast.nora, at=at, begins_at=soon, ends_at=soon + timedelta(hours=2))
        make_event(cast.nora, at=at, title="Too late for this one")
        assert told(cast.lindental) == {
            "news": ["The bridge is open again"],
            "events": ["Coffee and cake"],
        }
        assert told(cast.bergheim) == {}
        assert "news" not in told(cast.lindental, FRIDAY + timedelta(days=7))

    def test_tells_of_no_draft_and_of_no_date_that_is_called_off(
        self, cast: Cast, at: datetime
    ) -> None:
        soon = {"begins_at": at + timedelta(days=2), "ends_at": at + timedelta(days=2, hours=2)}
        make_event(cast.nora, at=at, publish=False, **soon)
        event = make_event(cast.nora, at=at, **soon)
        event.occurrences.update(status="cancelled")
        assert told(cast.lindental) == {}

    def test_tells_of_rides_from_stop_to_stop_and_of_no_door(
        self, cast: Cast, at: datetime
    ) -> None:
        make_offer(cast.tom, at=at)
        assert told(cast.lindental) == {}
        linde, town = (
            Stop.objects.create(
                village=cast.lindental,
                name=place.name,
                kind=StopKind.SQUARE,
                lat=place.point.lat,
                lng=place.point.lng,
                created_at=at,
            )
            for place in (LINDE, TOWN)
        )
        make_offer(
            cast.tom,
            at=at,
            start=replace(LINDE, stop_id=linde.pk),
            goal=replace(TOWN, stop_id=town.pk),
        )
        assert told(cast.lindental) == {"carpool": [f"{LINDE.name} – {TOWN.name}"]}

    def test_knows_each_section_once(self) -> None:
        with pytest.raises(TypeError):
            declare_section(Section("news", 9, "Again", lambda village, begins, ends: []))


class TestComingOut:
    @pytest.mark.parametrize(
        ("moment", "day"),
        [
            ("2026-11-20T05:59:59+01:00", date(2026, 11, 13)),
            ("2026-11-20T06:00:00+01:00", FRIDAY),
            ("2026-11-26T23:59:00+01:00", FRIDAY),
        ],
    )
    def test_is_on_friday_morning(self, lindental: Village, moment: str, day: date) -> None:
        assert queries.this_week(lindental, datetime.fromisoformat(moment)) == day

    def test_is_once_a_week(self, bridge: None, lindental: Village, at: datetime) -> None:
        assert actions.publish_due(by=SYSTEM, at=at) == 1
        assert actions.publish_due(by=SYSTEM, at=at + timedelta(hours=1)) == 0
        assert Bulletin.objects.get().begins_on == FRIDAY
        assert Entry.objects.filter(kind="bulletin.bulletin_published").count() == 1

    def test_is_for_the_clock(self, bridge: None, cast: Cast, at: datetime) -> None:
        with pytest.raises(NotFound):
            actions.publish_due(by=Actor(cast.stella.pk), at=at)

    def test_is_told_to_whoever_asks_for_a_digest(
        self, bridge: None, cast: Cast, at: datetime
    ) -> None:
        actions.publish_due(by=SYSTEM, at=at)
        fact = BulletinPublished(village="lindental", bulletin=Bulletin.objects.get().pk)
        weekly = Notice.declared["bulletin.weekly"]
        assert weekly.importance is Importance.DIGEST
        assert {cast.nora.pk, cast.edda.pk} <= set(weekly.audience(fact))
        assert cast.strang.pk not in set(weekly.audience(fact))
        words = weekly.words(fact)
        assert words is not None
        assert "The bridge is open again" in words.body
        assert words.link == "/villages/lindental/bulletin"


class TestReading:
    def test_is_done_on_a_page_over_the_api_and_on_paper(
        self, api: Callable[..., Client], cast: Cast
    ) -> None:
        outlet = Outlet.objects.create(
            id=OUTLET,
            village=cast.lindental,
            name="Bote",
            slug="bote",
            created_at=timezone.now(),
        )
        friday = queries.this_week(cast.lindental, timezone.now())
        before = datetime.combine(friday, datetime.min.time(), tzinfo=cast.lindental.tzinfo)
        write(cast.mia, outlet, at=before - timedelta(days=1))
        nora = api(cast.nora)
        page = nora.get("/villages/lindental/bulletin")
        assert "The bridge is open again" in page.content.decode()
        body = nora.get("/api/v1/villages/lindental/bulletin").json()
        assert body["sections"][0]["items"][0]["title"] == "The bridge is open again"
        for address in (
            "/villages/lindental/bulletin.pdf",
            "/api/v1/villages/lindental/bulletin.pdf",
        ):
            printed = nora.get(address)
            assert printed["Content-Type"] == "application/pdf"
            assert printed.content.startswith(b"%PDF")
        assert api(cast.strang).get("/villages/lindental/bulletin").status_code == 404

    def test_is_the_same_sheet_twice(self, bridge: None, lindental: Village, at: datetime) -> None:
        edition = queries.edition(lindental, FRIDAY)
        assert paper.print_bulletin(edition, at=at) == paper.print_bulletin(edition, at=at)
