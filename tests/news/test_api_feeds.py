"""Feeds over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from news.models import Feed, Outlet
from tests.news.factories import make_feed
from tests.news.speaking import NEWS, Api, post
from village.residents.models import Resident

pytestmark = pytest.mark.django_db


class TestFeeds:
    def add(self, client: Client, outlet: Outlet, url: str) -> Any:
        return post(client, NEWS + "/feeds", {"outlet": str(outlet.pk), "url": url})

    def test_is_due_at_once(self, api: Api, stella: Resident, verein: Outlet) -> None:
        before = timezone.now()
        made = self.add(api(stella), verein, "https://verein.example/feed#top").json()

        assert (made["status"], made["url"]) == ("ok", "https://verein.example/feed")
        feed = Feed.objects.get()
        assert before <= feed.due_at <= timezone.now()
        assert api(stella).get(NEWS + "/feeds").json()["items"] == [made]

    @pytest.mark.parametrize(
        "url",
        [
            "ftp://bote.example/feed",
            "file:///etc/passwd",
            "http://127.0.0.1/feed",
            "http://127.0.0.1:8000/feed",
            "http://[::1]/feed",
            "http://[::ffff:10.0.0.1]/feed",
            "http://10.0.0.7/feed",
            "http://169.254.169.254/latest",
            "http://user:secret@bote.example/feed",
            "https://bote.example:8443/feed",
            "https:///feed",
            "feed.xml",
            "http://0x7f.1/",
        ],
    )
    def test_an_address_inside_is_refused(
        self, api: Api, stella: Resident, verein: Outlet, url: str
    ) -> None:
        response = self.add(api(stella), verein, url)

        if url == "http://0x7f.1/":
            # Only a resolver knows what this leads to; it is asked, and checked, at the pull.
            assert response.status_code == 201
            return
        assert (response.status_code, response.json()["code"]) == (422, "outbound.refused")
        assert "url" in response.json()["errors"]
        assert not Feed.objects.exists()

    @pytest.mark.parametrize("url", ["", "https://bote.example/\u00fc", "https://b/" + "x" * 500])
    def test_what_is_no_address_is_named(
        self, api: Api, stella: Resident, verein: Outlet, url: str
    ) -> None:
        response = self.add(api(stella), verein, url)
        assert response.status_code == 422
        assert "url" in response.json()["errors"]

    def test_the_same_address_is_read_once(
        self, api: Api, stella: Resident, verein: Outlet, feed: Feed
    ) -> None:
        response = self.add(api(stella), verein, feed.url)
        assert (response.status_code, response.json()["code"]) == (409, "news.feed_known")

    def test_a_stopped_one_goes_on_when_it_is_added_again(
        self, api: Api, stella: Resident, bote: Outlet, feed: Feed
    ) -> None:
        stopped = post(api(stella), f"/api/v1/feeds/{feed.pk}/stop").json()
        assert (stopped["status"], stopped["last_error"]) == ("gone", "news.feed_stopped")

        assert self.add(api(stella), bote, feed.url).json()["status"] == "ok"
        assert Feed.objects.count() == 1

    def test_an_editor_sees_those_of_her_outlet(
        self, api: Api, mia: Resident, feed: Feed, verein: Outlet, at: datetime
    ) -> None:
        make_feed(verein, "https://verein.example/f", at=at)
        body = api(mia).get(NEWS + "/feeds").json()
        assert [one["url"] for one in body["items"]] == [feed.url]
        assert self.add(api(mia), verein, "https://x.example/f").status_code == 403
