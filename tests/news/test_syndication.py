"""The published news for every feed reader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from news import actions
from news.feeds import parse
from news.models import Feed, Outlet
from tests.news.factories import item, take_in, write
from village.core.actor import Actor
from village.residents.models import Resident, Village

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]


class TestFeedsForReaders:
    @pytest.mark.parametrize(
        ("suffix", "kind"), [("atom", "application/atom+xml"), ("rss", "application/rss+xml")]
    )
    def test_say_what_is_published(
        self,
        api: Api,
        mia: Resident,
        bote: Outlet,
        feed: Feed,
        at: datetime,
        suffix: str,
        kind: str,
    ) -> None:
        write(mia, bote, at=at, title="Bridge & brook <3", text="One & two.\n\nThree.")
        write(mia, bote, at=at, title="Draft", publish=False)
        lost = write(mia, bote, at=at, title="Lost")
        actions.retract_article(by=Actor(mia.pk), article_id=lost.pk, at=at)
        take_in(feed, item("1", title="From afar", author="Rita"), at=at)

        response = api().get(f"/villages/lindental/news.{suffix}")

        assert response.status_code == 200
        assert response["Content-Type"].startswith(kind)
        assert "public" in response["Cache-Control"]
        read = parse(response.content, content_type=kind, base_url="https://v.example", now=at)
        assert "Lindental" in read.title
        own, taken = read.items
        assert own.title == "Bridge & brook <3"
        assert own.html.replace("\n", "") == "<p>One &amp; two.</p><p>Three.</p>"
        assert own.published_at == at
        assert own.author == "Lindentaler Bote"
        assert (taken.title, taken.url) == ("From afar", "https://bote.example/1")
        assert (taken.summary, taken.author) == ("Text 1", "Rita")

    def test_say_it_in_json(
        self, api: Api, mia: Resident, bote: Outlet, feed: Feed, at: datetime
    ) -> None:
        written = write(mia, bote, at=at)
        later = at + timedelta(hours=1)
        actions.correct_article(by=Actor(mia.pk), article_id=written.pk, text="Shut.", at=later)
        take_in(feed, item("1"), at=at)

        response = api().get("/villages/lindental/news.json")

        assert response["Content-Type"] == "application/feed+json"
        body = response.json()
        assert body["version"] == "https://jsonfeed.org/version/1.1"
        assert body["feed_url"].endswith("/villages/lindental/news.json")
        own, taken = body["items"]
        assert own["id"] == f"urn:uuid:{written.pk}"
        assert own["url"].endswith(f"/villages/lindental/news/{written.pk}")
        assert own["content_html"] == "<p>Shut.</p>"
        assert datetime.fromisoformat(own["date_modified"]) == later
        assert (taken["content_text"], taken["url"]) == ("Text 1", "https://bote.example/1")
        assert "Mia" not in response.content.decode()

    @pytest.mark.parametrize("suffix", ["atom", "rss", "json"])
    def test_answer_304_to_who_has_it(
        self, api: Api, mia: Resident, bote: Outlet, at: datetime, suffix: str
    ) -> None:
        write(mia, bote, at=at)
        url = f"/villages/lindental/news.{suffix}"
        etag = api().get(url)["ETag"]

        assert api().get(url, headers={"If-None-Match": etag}).status_code == 304
        write(mia, bote, at=at + timedelta(hours=1))
        assert api().get(url, headers={"If-None-Match": etag}).status_code == 200

    @pytest.mark.parametrize("suffix", ["atom", "rss", "json"])
    def test_are_there_before_any_news(self, api: Api, lindental: Village, suffix: str) -> None:
        assert api().get(f"/villages/lindental/news.{suffix}").status_code == 200
        assert api().get(f"/villages/nowhere/news.{suffix}").status_code == 404
        assert api().post(f"/villages/lindental/news.{suffix}").status_code == 405

    @pytest.mark.parametrize("suffix", ["atom", "rss", "json"])
    def test_ask_the_database_as_often_for_one_article_as_for_many(
        self,
        api: Api,
        feed: Feed,
        at: datetime,
        suffix: str,
        django_assert_num_queries: Any,
    ) -> None:
        take_in(feed, *[item(str(n)) for n in range(30)], at=at)
        for _ in range(2):
            # The village (twice for the syndication framework's own look-up), and the articles.
            with django_assert_num_queries(2 if suffix == "json" else 3):
                api().get(f"/villages/lindental/news.{suffix}")

    def test_what_the_village_says_it_can_read_itself(
        self, api: Api, mia: Resident, bote: Outlet
    ) -> None:
        written = datetime(2026, 1, 31, 23, 59, 59, 5, tzinfo=UTC)
        write(mia, bote, at=written, text="x" * 20_000)
        response = api().get("/villages/lindental/news.atom")
        read = parse(
            response.content,
            content_type=response["Content-Type"],
            base_url="https://v.example",
            now=datetime(2026, 2, 1, tzinfo=UTC),
        )
        assert read.items[0].published_at == written.replace(microsecond=0)
        assert not read.damaged
