"""Whom an article is told to, and in which words."""

from __future__ import annotations

from datetime import datetime

import pytest

from news import actions
from news.facts import ArticlePublished
from news.models import Article, Feed, Outlet
from news.notices import article as notice
from tests.news.factories import item, take_in, write
from tests.support.cast import Cast
from village.core.actor import Actor, Scope
from village.journal.models import Entry
from village.journal.notices import Importance, Words
from village.residents.models import Resident

pytestmark = pytest.mark.django_db


def published() -> ArticlePublished:
    return ArticlePublished.model_validate(Entry.objects.latest("pk").data)


def test_is_for_the_members_of_the_village_except_the_author(
    cast: Cast, bote: Outlet, at: datetime
) -> None:
    write(cast.mia, bote, at=at)

    told = set(notice.audience(published()))

    everybody = {cast.edda, cast.vera, cast.tom, cast.nora, cast.otto, cast.carla, cast.max}
    assert told == {person.pk for person in everybody | {cast.stella}}


def test_what_a_feed_brings_is_for_all_members(cast: Cast, feed: Feed, at: datetime) -> None:
    take_in(feed, item("1"), at=at)
    assert cast.mia.pk in set(notice.audience(published()))


def test_names_the_outlet_and_the_headline(mia: Resident, bote: Outlet, at: datetime) -> None:
    written = write(mia, bote, at=at)

    assert notice.words(published()) == Words(
        title="Lindentaler Bote",
        body="The bridge is open again",
        link=f"/villages/lindental/news/{written.pk}",
    )
    assert notice.importance is Importance.SOCIAL
    assert notice.scope is Scope.NEWS_READ


def test_has_no_words_for_what_was_taken_back(mia: Resident, bote: Outlet, at: datetime) -> None:
    write(mia, bote, at=at)
    fact = published()
    actions.retract_article(by=Actor(mia.pk), article_id=Article.objects.get().pk, at=at)

    assert notice.words(fact) is None
