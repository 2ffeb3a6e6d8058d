"""What feeds say is stored once, told to few, and corrected when it changes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from news import actions
from news.actions.intake import BATCH, TOLD_PER_PULL
from news.models import Article, ArticleStatus, Feed
from tests.news.factories import item, kinds, take_in
from village.core.actor import Actor
from village.core.errors import Forbidden
from village.journal.models import Entry
from village.residents.models import Resident

pytestmark = pytest.mark.django_db


class TestTakeIn:
    def test_publishes_what_is_new(self, feed: Feed, at: datetime) -> None:
        taken = take_in(feed, item("1", author="Mia Bauer"), at=at)

        assert taken == actions.Taken(new=1, changed=0, told=1)
        article = Article.objects.get()
        assert (article.status, article.outlet, article.author) == ("published", feed.outlet, None)
        assert (article.title, article.byline) == ("Title 1", "Mia Bauer")
        assert (article.html, article.text) == ("<p>Text 1</p>", "Text 1")
        assert article.published_at == at - timedelta(hours=1)
        assert kinds() == ["article_published"]

    def test_leaves_alone_what_has_not_changed(self, feed: Feed, at: datetime) -> None:
        take_in(feed, item("1"), at=at)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            taken = take_in(feed, item("1"), at=at + timedelta(hours=1))

        assert taken == actions.Taken()
        writes = ("INSERT", "UPDATE", "DELETE")
        assert not [query for query in asked if query["sql"].startswith(writes)]

    def test_corrects_what_has_changed(self, feed: Feed, at: datetime) -> None:
        take_in(feed, item("1"), at=at)
        changed = item("1", title="No, closed", html="<p>Closed</p>", content_hash="other")

        assert take_in(feed, changed, at=at).changed == 1

        article = Article.objects.get()
        assert (article.title, article.text, article.version) == ("No, closed", "Closed", 2)
        assert article.edited_at == at
        assert kinds() == ["article_published", "article_corrected"]

    def test_does_not_bring_back_what_an_editor_took_back(
        self, feed: Feed, mia: Resident, at: datetime
    ) -> None:
        take_in(feed, item("1"), at=at)
        article = Article.objects.get()
        actions.retract_article(by=Actor(mia.pk), article_id=article.pk, at=at)
        taken = take_in(feed, item("1", content_hash="other"), at=at)

        assert taken == actions.Taken()
        article.refresh_from_db()
        assert article.status == ArticleStatus.RETRACTED

    def test_is_never_done_by_hand(self, feed: Feed, mia: Resident, at: datetime) -> None:
        with pytest.raises(Forbidden):
            actions.take_in(by=Actor(mia.pk), feed_id=feed.pk, items=[item("1")], at=at)

    def test_takes_nothing_from_a_feed_that_was_stopped(
        self, feed: Feed, stella: Resident, at: datetime
    ) -> None:
        actions.stop_feed(by=Actor(stella.pk), feed_id=feed.pk, at=at)
        assert take_in(feed, item("1"), at=at) == actions.Taken()

    def test_an_item_without_a_title_is_called_by_its_words(self, feed: Feed, at: datetime) -> None:
        bare = item("2", title="", summary="", html="")
        take_in(feed, item("1", title="", summary="The bridge is open."), bare, at=at)

        titles = set(Article.objects.values_list("title", flat=True))
        assert titles == {"The bridge is open.", "https://bote.example/2"}


class TestWhoIsTold:
    def test_nobody_of_what_is_older_than_two_days(self, feed: Feed, at: datetime) -> None:
        ages = (timedelta(days=1), timedelta(days=2, seconds=1), timedelta(days=4000))
        items = [item(str(number), age=age) for number, age in enumerate(ages)]

        assert take_in(feed, *items, at=at) == actions.Taken(new=3, told=1)
        assert Article.objects.published().count() == 3

    def test_of_a_flood_only_the_newest_and_in_their_order(self, feed: Feed, at: datetime) -> None:
        items = [item(f"{n:03}", age=timedelta(minutes=n)) for n in range(2 * BATCH + 1)]

        taken = take_in(feed, *items, at=at)

        assert taken == actions.Taken(new=2 * BATCH + 1, told=TOLD_PER_PULL)
        told = [entry.data["article_id"] for entry in Entry.objects.order_by("pk")]
        newest = Article.objects.order_by("-published_at")[:TOLD_PER_PULL]
        assert told == [str(article.pk) for article in reversed(newest)]

    def test_nobody_of_undated_items_on_the_first_pull(self, feed: Feed, at: datetime) -> None:
        assert take_in(feed, item("1", age=None), at=at).told == 0
        Feed.objects.update(pulled_at=at)
        assert take_in(feed, item("2", age=None), at=at).told == 1

    def test_undated_items_keep_the_order_of_the_feed(self, feed: Feed, at: datetime) -> None:
        items = [item(f"{number:03}", age=None) for number in range(BATCH + 5)]
        take_in(feed, *items, at=at)

        shown = Article.objects.order_by("-published_at").values_list("feed_key", flat=True)
        assert list(shown) == [one.key for one in items]

    def test_a_date_to_come_counts_as_now(self, feed: Feed, at: datetime) -> None:
        take_in(feed, item("1", age=timedelta(hours=-6)), at=at)
        assert Article.objects.get().published_at == at

    def test_a_worker_that_died_between_batches_has_lost_nothing(
        self, feed: Feed, at: datetime
    ) -> None:
        items = [item(f"{n:03}", age=timedelta(minutes=n)) for n in range(BATCH + 3)]
        take_in(feed, *items[:BATCH], at=at)

        assert take_in(feed, *items, at=at).new == 3
        assert Article.objects.count() == BATCH + 3


class TestCost:
    def test_a_batch_asks_as_often_as_one_item(self, feed: Feed, at: datetime) -> None:
        old = timedelta(days=30)
        with CaptureQueriesContext(connection) as of_one:
            take_in(feed, item("0", age=old), at=at)
        with CaptureQueriesContext(connection) as of_many:
            take_in(feed, *[item(str(n), age=old) for n in range(1, BATCH)], at=at)

        assert len(of_many) == len(of_one)
