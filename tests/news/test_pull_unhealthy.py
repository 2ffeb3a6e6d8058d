"""Feeds that fail, hang, move or lead astray."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from news import pull
from news.actions import Taken
from news.models import Feed, FeedStatus, Outlet
from tests.news.factories import make_feed, pulled
from tests.support.feed_server import (
    Answer,
    FeedServer,
    Item,
    failing,
    gone,
    moved,
    rss,
    web_page,
)
from village.core.outbound import Limits

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


class TestUnhealthyFeeds:
    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            (failing(500), "http.500"),
            (failing(404), "http.404"),
            (Answer(301), "http.301"),
            (web_page(), "news.not_a_feed"),
            (Answer(body=b""), "news.not_a_feed"),
            (Answer(body=b'{"version": "jsonfeed"}'), "news.not_a_feed"),
            (Answer(body=b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>"), "news.feed_refused"),
            (Answer(endless=True), "outbound.too_large"),
            (moved("http://127.0.0.1:9/feed.xml", 302), "outbound.refused"),
            (moved("http://169.254.169.254/latest/meta-data/"), "outbound.refused"),
            (moved("file:///etc/passwd"), "outbound.refused"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_are_failing_until_they_answer_again(
        self, heard: Feed, feed_server: FeedServer, at: datetime, answer: Answer, error: str
    ) -> None:
        feed_server.answer("/feed.xml", answer)
        feed_server.publish("/feed.xml", rss(Item("1", "One")))

        assert pulled(heard, at) == Taken()
        assert (heard.status, heard.last_error, heard.failures) == ("failing", error, 1)
        assert heard.url == feed_server.url("/feed.xml")
        assert heard.due_at > at + HOUR / 2
        assert heard.leased_until is None

        assert pulled(heard, heard.due_at) == Taken(new=1)
        assert (heard.status, heard.last_error, heard.failures) == ("ok", "", 0)

    def test_are_asked_less_and_less(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.answer("/feed.xml", *[failing()] * 8)
        waits = []
        for _ in range(8):
            asked_at = heard.due_at
            pulled(heard, asked_at)
            waits.append(heard.due_at - asked_at)

        assert waits[:3] == [HOUR, 2 * HOUR, 4 * HOUR]
        assert max(waits) == timedelta(days=1)

    def test_may_say_when_they_are_ready(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.answer("/feed.xml", failing(503, retry_after="36000"))
        pulled(heard, at)
        assert heard.due_at == at + 10 * HOUR

    def test_that_say_nothing_are_left_in_time(
        self,
        heard: Feed,
        feed_server: FeedServer,
        at: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(pull, "LIMITS", Limits(seconds=0.2))
        feed_server.answer("/feed.xml", Answer(hangs=True))
        pulled(heard, at)
        assert heard.last_error == "outbound.timeout"

    def test_that_nobody_serves_are_failing(
        self, bote: Outlet, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.close()
        feed = make_feed(bote, feed_server.url("/feed.xml"), at=at)
        pulled(feed, at)
        assert feed.last_error == "outbound.failed"

    def test_do_not_lead_to_other_servers_of_this_machine(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        canary = FeedServer()
        try:
            feed_server.answer("/feed.xml", moved(canary.url("/secret"), 302))
            pulled(heard, at)
            assert heard.last_error == "outbound.refused"
            assert not canary.asked
        finally:
            canary.close()

    def test_that_are_gone_are_asked_no_more(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.answer("/feed.xml", gone())
        pulled(heard, at)

        assert (heard.status, heard.last_error) == (FeedStatus.GONE, "http.410")
        assert pulled(heard, at + timedelta(days=900)) is None
        assert len(feed_server.asked) == 1


class TestMovedFeeds:
    @pytest.mark.parametrize(("status", "path"), [(301, "/new"), (308, "/new"), (302, "/feed.xml")])
    def test_keep_the_new_address_when_they_moved_for_good(
        self, heard: Feed, feed_server: FeedServer, at: datetime, status: int, path: str
    ) -> None:
        feed_server.answer("/feed.xml", moved(feed_server.url("/new"), status))
        feed_server.publish("/new", rss(Item("1", "One")))

        assert pulled(heard, at) == Taken(new=1)
        assert heard.url == feed_server.url(path)

    def test_stay_when_the_village_reads_the_new_address_already(
        self, heard: Feed, bote: Outlet, feed_server: FeedServer, at: datetime
    ) -> None:
        make_feed(bote, feed_server.url("/new"), at=at)
        feed_server.answer("/feed.xml", moved(feed_server.url("/new")))
        feed_server.publish("/new", rss(Item("1", "One")))
        pulled(heard, at)

        assert heard.url == feed_server.url("/feed.xml")
