"""Whole pulls, from a server on this machine to the list of articles."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from news import pull, tasks
from news.actions import Taken
from news.actions.feeds import LEASE
from news.models import Article, Feed, FeedStatus, Outlet
from tests.news.conftest import make_feed
from tests.news.factories import kinds
from tests.support.feed_server import (
    ATOM,
    RSS,
    Answer,
    FeedServer,
    Item,
    atom,
    failing,
    gone,
    moved,
    rss,
    web_page,
)
from village.core.outbound import Limits
from village.residents.models import Village

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TODAY = {"rss": "Sun, 22 Nov 2026 09:00:00 GMT", "atom": "2026-11-22T09:00:00Z"}


@pytest.fixture
def heard(bote: Outlet, feed_server: FeedServer, at: datetime) -> Feed:
    """Give the paper a feed on this machine."""
    return make_feed(bote, feed_server.url("/feed.xml"), at=at)


def do(feed: Feed, at: datetime) -> Taken | None:
    taken = pull.pull_feed(feed.pk, at=at, jitter=0.0)
    feed.refresh_from_db()
    return taken


class TestHealthyFeeds:
    @pytest.mark.parametrize(("write", "kind", "name"), [(rss, RSS, "rss"), (atom, ATOM, "atom")])
    def test_are_read_and_asked_again_only_for_what_is_new(
        self,
        heard: Feed,
        feed_server: FeedServer,
        at: datetime,
        write: Callable[..., bytes],
        kind: str,
        name: str,
    ) -> None:
        items = [Item("1", "Bridge & brook", date=TODAY[name]), Item("2", "Old", date="")]
        feed_server.publish("/feed.xml", write(*items), content_type=kind, etag='"v1"')

        assert do(heard, at) == Taken(new=2, told=1)
        assert (heard.status, heard.etag, heard.pulled_at) == ("ok", '"v1"', at)
        assert heard.due_at == at + HOUR / 2
        assert heard.leased_until is None
        article = Article.objects.get(feed_key="1")
        assert article.title == "Bridge & brook"
        assert article.html == "<p>What there is to say.</p>"
        assert article.url == "https://bote.example/1"

        assert do(heard, at + HOUR) == Taken()
        assert feed_server.asked[1].headers["if-none-match"] == '"v1"'
        assert "pocket-village" in feed_server.asked[1].headers["user-agent"]
        assert heard.pulled_at == at + HOUR

    def test_are_read_whole_when_they_know_no_etags(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.publish("/feed.xml", rss(Item("1", "One")))
        assert do(heard, at) == Taken(new=1)
        before = Article.objects.values().get()

        assert do(heard, at + HOUR) == Taken()
        assert Article.objects.values().get() == before
        assert not kinds()

    def test_are_asked_by_date_where_they_give_one(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        when = "Sat, 21 Nov 2026 08:00:00 GMT"
        feed_server.publish("/feed.xml", rss(Item("1", "One")), last_modified=when)
        do(heard, at)
        do(heard, at + HOUR)

        assert feed_server.asked[1].headers["if-modified-since"] == when

    def test_correct_what_they_said(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.publish("/feed.xml", rss(Item("1", "Open", date=TODAY["rss"])), etag='"1"')
        do(heard, at)
        feed_server.publish("/feed.xml", rss(Item("1", "Closed", date=TODAY["rss"])), etag='"2"')

        assert do(heard, at + HOUR) == Taken(changed=1)
        assert Article.objects.get().title == "Closed"
        assert kinds() == ["article_published", "article_corrected"]

    def test_say_how_often_they_want_to_be_asked(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.publish("/feed.xml", rss(Item("1", "One"), ttl="300"), etag='"1"')
        do(heard, at)
        assert heard.due_at == at + 5 * HOUR
        # A 304 says nothing of it, and changes nothing about it.
        do(heard, heard.due_at)
        assert heard.due_at == at + 10 * HOUR

    def test_that_were_cut_off_are_wanted_whole_again(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        whole = rss(Item("1", "One"), Item("2", "Two"))
        feed_server.publish("/feed.xml", whole[: whole.rindex(b"<item>") + 20], etag='"1"')

        assert do(heard, at) == Taken(new=1)
        assert heard.etag == ""

    def test_bring_nothing_that_runs(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        hostile = '<p onclick="x()">Hi<script>alert(1)</script><img src=x onerror=y()></p>'
        feed_server.publish("/feed.xml", rss(Item("1", "<b>One</b>", html=hostile)))
        do(heard, at)

        article = Article.objects.get()
        assert article.html == "<p>Hi</p>"
        assert (article.title, article.text) == ("One", "Hi")


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

        assert do(heard, at) == Taken()
        assert (heard.status, heard.last_error, heard.failures) == ("failing", error, 1)
        assert heard.url == feed_server.url("/feed.xml")
        assert heard.due_at > at + HOUR / 2
        assert heard.leased_until is None

        assert do(heard, heard.due_at) == Taken(new=1)
        assert (heard.status, heard.last_error, heard.failures) == ("ok", "", 0)

    def test_are_asked_less_and_less(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.answer("/feed.xml", *[failing()] * 8)
        waits = []
        for _ in range(8):
            asked_at = heard.due_at
            do(heard, asked_at)
            waits.append(heard.due_at - asked_at)

        assert waits[:3] == [HOUR, 2 * HOUR, 4 * HOUR]
        assert max(waits) == timedelta(days=1)

    def test_may_say_when_they_are_ready(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.answer("/feed.xml", failing(503, retry_after="36000"))
        do(heard, at)
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
        do(heard, at)
        assert heard.last_error == "outbound.timeout"

    def test_that_nobody_serves_are_failing(
        self, bote: Outlet, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.close()
        feed = make_feed(bote, feed_server.url("/feed.xml"), at=at)
        do(feed, at)
        assert feed.last_error == "outbound.failed"

    def test_do_not_lead_to_other_servers_of_this_machine(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        canary = FeedServer()
        try:
            feed_server.answer("/feed.xml", moved(canary.url("/secret"), 302))
            do(heard, at)
            assert heard.last_error == "outbound.refused"
            assert not canary.asked
        finally:
            canary.close()

    def test_that_are_gone_are_asked_no_more(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.answer("/feed.xml", gone())
        do(heard, at)

        assert (heard.status, heard.last_error) == (FeedStatus.GONE, "http.410")
        assert do(heard, at + timedelta(days=900)) is None
        assert len(feed_server.asked) == 1


class TestMovedFeeds:
    @pytest.mark.parametrize(("status", "path"), [(301, "/new"), (308, "/new"), (302, "/feed.xml")])
    def test_keep_the_new_address_when_they_moved_for_good(
        self, heard: Feed, feed_server: FeedServer, at: datetime, status: int, path: str
    ) -> None:
        feed_server.answer("/feed.xml", moved(feed_server.url("/new"), status))
        feed_server.publish("/new", rss(Item("1", "One")))

        assert do(heard, at) == Taken(new=1)
        assert heard.url == feed_server.url(path)

    def test_stay_when_the_village_reads_the_new_address_already(
        self, heard: Feed, bote: Outlet, feed_server: FeedServer, at: datetime
    ) -> None:
        make_feed(bote, feed_server.url("/new"), at=at)
        feed_server.answer("/feed.xml", moved(feed_server.url("/new")))
        feed_server.publish("/new", rss(Item("1", "One")))
        do(heard, at)

        assert heard.url == feed_server.url("/feed.xml")


class TestOnePullAtATime:
    def test_a_feed_that_is_being_asked_is_left_alone(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.publish("/feed.xml", rss(Item("1", "One")))
        heard.leased_until = at + LEASE
        heard.save()

        assert do(heard, at) is None
        assert not feed_server.asked
        assert do(heard, at + LEASE) == Taken(new=1)

    def test_a_pull_whose_time_was_over_notes_nothing(
        self, heard: Feed, feed_server: FeedServer, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        feed_server.answer("/feed.xml", failing())
        later = at + LEASE + HOUR

        ask = pull.fetch

        def slow(*args: Any, **kwargs: Any) -> Any:
            Feed.objects.filter(pk=heard.pk).update(leased_until=later)
            return ask(*args, **kwargs)

        monkeypatch.setattr(pull, "fetch", slow)
        do(heard, at)

        assert (heard.leased_until, heard.failures) == (later, 0)

    def test_a_feed_that_is_not_due_is_not_asked(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        assert do(heard, at - HOUR) is None
        assert not feed_server.asked


class TestTasks:
    def test_begin_every_feed_that_is_due(
        self,
        heard: Feed,
        bote: Outlet,
        at: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        Feed.objects.update(due_at=datetime.fromisoformat("2020-01-01T00:00:00+00:00"))
        make_feed(bote, "https://bote.example/later", at=at + timedelta(days=9999))
        begun: list[tuple[str, ...]] = []
        monkeypatch.setattr(tasks.pull_feed, "apply_async", lambda args, **_: begun.append(args))

        assert tasks.pull_due_feeds() == 1
        assert begun == [(str(heard.pk),)]

    def test_pull_a_feed(self, heard: Feed, feed_server: FeedServer) -> None:
        Feed.objects.update(due_at=datetime.fromisoformat("2020-01-01T00:00:00+00:00"))
        feed_server.publish("/feed.xml", rss(Item("1", "One")))
        tasks.pull_feed(str(heard.pk))

        assert Article.objects.count() == 1

    def test_a_broker_that_is_away_only_delays(
        self, heard: Feed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Feed.objects.update(due_at=datetime.fromisoformat("2020-01-01T00:00:00+00:00"))

        def away(*_: object, **__: object) -> None:
            raise ConnectionRefusedError

        monkeypatch.setattr(tasks.pull_feed, "apply_async", away)
        assert tasks.pull_due_feeds() == 0


@pytest.mark.django_db(transaction=True)
def test_nobody_has_to_wait_while_a_feed_is_asked(
    heard: Feed, lindental: Village, feed_server: FeedServer, at: datetime
) -> None:
    """No transaction is open meanwhile: another connection can write at once."""
    feed_server.publish("/feed.xml", rss(Item("1", "One")))
    open_meanwhile: list[bool] = []
    workers = connections["default"]
    feed_server.meanwhile = lambda: open_meanwhile.append(workers.in_atomic_block)

    assert pull.pull_feed(heard.pk, at=at, jitter=0.0) == Taken(new=1)
    assert open_meanwhile == [False]


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_asks(heard: Feed, feed_server: FeedServer, at: datetime) -> None:
    feed_server.publish("/feed.xml", rss(*[Item(str(n), f"Item {n}") for n in range(60)]))
    together = threading.Barrier(4)
    taken: list[Taken | None] = []

    def work() -> None:
        try:
            together.wait(timeout=10)
            taken.append(pull.pull_feed(heard.pk, at=at, jitter=0.0))
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)

    assert [one for one in taken if one is not None] == [Taken(new=60)]
    assert len(feed_server.asked) == 1
    assert Article.objects.count() == 60
