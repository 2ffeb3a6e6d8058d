"""Taking in what feeds say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from news import facts, policies
from news.feeds import FeedItem
from news.models import Article, ArticleStatus, Feed, FeedStatus
from village.core.actor import Actor
from village.core.html import plain, summary
from village.journal.actions import record_all
from village.journal.facts import Fact

# Of what is older nobody is told: it is not news any more.
NEWS_FOR = timedelta(days=2)
# More than this in one pull is an archive, a move to other software, or a broken feed.
TOLD_PER_PULL = 20
# Facts number a stream that the whole village writes to, so no transaction is long.
BATCH = 50
TITLE_FROM_SUMMARY = 100


@dataclass(frozen=True, slots=True)
class Taken:
    """Count what was new, what had changed, and of how much of the new the village was told."""

    new: int = 0
    changed: int = 0
    told: int = 0

    def __add__(self, other: Taken) -> Taken:
        return Taken(self.new + other.new, self.changed + other.changed, self.told + other.told)


def take_in(*, by: Actor, feed_id: UUID, items: Sequence[FeedItem], at: datetime) -> Taken:
    """
    Store each item of a feed once, and again when what it says has changed.

    All are published. A fact, and with it a frame on every screen and perhaps a sound on every
    phone, is recorded only for new items younger than ``NEWS_FOR``, at most the newest
    ``TOLD_PER_PULL``: a feed that is added with ten years of news fills the list and wakes
    nobody. An item without a date is as new as its pull, but on the first pull its age is
    unknown and nobody is told. Corrections wake nobody, so each has its fact. What an editor
    has taken back stays so, whatever the feed says.

    Each batch is a transaction of its own: a worker that is killed between two of them has
    lost nothing, for the next pull finds the rest.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_take_in(by).enforce()
    # The sort is stable: items without a date keep the feed's own order.
    newest_first = sorted(items, key=lambda item: item.published_at or at, reverse=True)
    taken = Taken()
    for begin in range(0, len(newest_first), BATCH):
        batch = [
            # A millisecond apart, so that the list shows them in the feed's own order.
            _Dated(item, min(item.published_at or at - timedelta(milliseconds=place), at))
            for place, item in enumerate(newest_first[begin : begin + BATCH], start=begin)
        ]
        taken += _take_in_batch(
            by=by, feed_id=feed_id, batch=batch, tell=TOLD_PER_PULL - taken.told, at=at
        )
    return taken


@dataclass(frozen=True, slots=True)
class _Dated:
    item: FeedItem
    published_at: datetime


@transaction.atomic
def _take_in_batch(
    *, by: Actor, feed_id: UUID, batch: Sequence[_Dated], tell: int, at: datetime
) -> Taken:
    # Held, so that two pulls of one feed cannot store the same item.
    feed = Feed.objects.select_for_update().filter(pk=feed_id).first()
    if feed is None or feed.status == FeedStatus.GONE:
        return Taken()
    known = {
        article.feed_key: article
        for article in Article.objects.filter(
            feed=feed, feed_key__in=[dated.item.key for dated in batch]
        ).only("feed_key", "content_hash", "status", "version")
    }
    new = [_article(feed, dated, at) for dated in batch if dated.item.key not in known]
    Article.objects.bulk_create(new)
    is_first = feed.pulled_at is None
    is_news = {
        dated.item.key
        for dated in batch
        if dated.published_at > at - NEWS_FOR and not (is_first and not dated.item.published_at)
    }
    news = [article for article in new if article.feed_key in is_news][:tell]
    corrected = [
        _correct(article, dated.item, at)
        for dated in batch
        if (article := known.get(dated.item.key)) is not None and _differs(article, dated.item)
    ]
    # Oldest first, as they happened; last, because numbers are given until the commit.
    happened: list[Fact] = [
        facts.ArticleCorrected(village=feed.village_id, article_id=one.pk, version=one.version)
        for one in reversed(corrected)
    ]
    happened += [
        facts.ArticlePublished(
            village=feed.village_id, article_id=one.pk, outlet_id=feed.outlet_id, author_id=None
        )
        for one in reversed(news)
    ]
    record_all(happened, by=by, at=at)
    return Taken(len(new), len(corrected), len(news))


def _article(feed: Feed, dated: _Dated, at: datetime) -> Article:
    article = Article(
        village_id=feed.village_id,
        outlet_id=feed.outlet_id,
        feed=feed,
        feed_key=dated.item.key,
        status=ArticleStatus.PUBLISHED,
        published_at=dated.published_at,
        created_at=at,
    )
    _say(article, dated.item)
    return article


def _differs(article: Article, item: FeedItem) -> bool:
    return article.status == ArticleStatus.PUBLISHED and article.content_hash != item.content_hash


def _correct(article: Article, item: FeedItem, at: datetime) -> Article:
    _say(article, item)
    article.version += 1
    article.edited_at = min(item.updated_at or at, at)
    article.save(update_fields=[*_SAID, "version", "edited_at"])
    return article


_SAID = ("title", "html", "text", "summary", "byline", "url", "language", "content_hash")


def _say(article: Article, item: FeedItem) -> None:
    # Some feeds are only texts, some only pictures.
    article.title = item.title or summary(item.summary, TITLE_FROM_SUMMARY) or item.url[:300]
    article.html = item.html
    article.text = plain(item.html)
    article.summary = item.summary
    article.byline = item.author
    article.url = item.url
    article.language = item.language
    article.content_hash = item.content_hash
