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
from news.models import Article, Feed, Outlet
from tests.news.factories import kinds, make_feed, pulled
from tests.support.feed_server import (
    ATOM,
    RSS,
    FeedServer,
    Item,
    atom,
    failing,
    rss,
)
from village.residents.models import Village

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TODAY = {"rss": "Sun, 22 Nov 2026 09:00:00 GMT", "atom": "2026-11-22T09:00:00Z"}


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

        assert pulled(heard, at) == Taken(new=2, told=1)
        assert (heard.status, heard.etag, heard.pulled_at) == ("ok", '"v1"', at)
        assert heard.due_at == at + HOUR / 2
        assert heard.leased_until is None
        article = Article.objects.get(feed_key="1")
        assert article.title == "Bridge & brook"
        assert article.html == "<p>What there is to say.</p>"
        assert article.url == "https://bote.example/1"

        assert pulled(heard, at + HOUR) == Taken()
        assert feed_server.asked[1].headers["if-none-match"] == '"v1"'
        assert "pocket-village" in feed_server.asked[1].headers["user-agent"]
        assert heard.pulled_at == at + HOUR

    def test_are_read_whole_when_they_know_no_etags(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.publish("/feed.xml", rss(Item("1", "One")))
        assert pulled(heard, at) == Taken(new=1)
        before = Article.objects.values().get()

        assert pulled(heard, at + HOUR) == Taken()
        assert Article.objects.values().get() == before
        assert not kinds()

    def test_are_asked_by_date_where_they_give_one(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        when = "Sat, 21 Nov 2026 08:00:00 GMT"
        feed_server.publish("/feed.xml", rss(Item("1", "One")), last_modified=when)
        pulled(heard, at)
        pulled(heard, at + HOUR)

        assert feed_server.asked[1].headers["if-modified-since"] == when

    def test_correct_what_they_said(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.publish("/feed.xml", rss(Item("1", "Open", date=TODAY["rss"])), etag='"1"')
        pulled(heard, at)
        feed_server.publish("/feed.xml", rss(Item("1", "Closed", date=TODAY["rss"])), etag='"2"')

        assert pulled(heard, at + HOUR) == Taken(changed=1)
        assert Article.objects.get().title == "Closed"
        assert kinds() == ["article_published", "article_corrected"]

    def test_say_how_often_they_want_to_be_asked(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.publish("/feed.xml", rss(Item("1", "One"), ttl="300"), etag='"1"')
        pulled(heard, at)
        assert heard.due_at == at + 5 * HOUR
        # A 304 says nothing of it, and changes nothing about it.
        pulled(heard, heard.due_at)
        assert heard.due_at == at + 10 * HOUR

    def test_that_were_cut_off_are_wanted_whole_again(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        whole = rss(Item("1", "One"), Item("2", "Two"))
        feed_server.publish("/feed.xml", whole[: whole.rindex(b"<item>") + 20], etag='"1"')

        assert pulled(heard, at) == Taken(new=1)
        assert heard.etag == ""

    def test_bring_nothing_that_runs(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        hostile = '<p onclick="x()">Hi<script>alert(1)</script><img src=x onerror=y()></p>'
        feed_server.publish("/feed.xml", rss(Item("1", "<b>One</b>", html=hostile)))
        pulled(heard, at)

        article = Article.objects.get()
        assert article.html == "<p>Hi</p>"
        assert (article.title, article.text) == ("One", "Hi")


class TestOnePullAtATime:
    def test_a_feed_that_is_being_asked_is_left_alone(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.publish("/feed.xml", rss(Item("1", "One")))
        heard.leased_until = at + LEASE
        heard.save()

        assert pulled(heard, at) is None
        assert not feed_server.asked
        assert pulled(heard, at + LEASE) == Taken(new=1)

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
        pulled(heard, at)

        assert (heard.leased_until, heard.failures) == (later, 0)

    def test_a_feed_that_is_not_due_is_not_asked(
        self, heard: Feed, feed_server: FeedServer, at: datetime
    ) -> None:
        assert pulled(heard, at - HOUR) is None
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
