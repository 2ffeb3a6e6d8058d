"""Whom the news is told to, and in which words."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from news import queries
from news.facts import ArticlePublished
from village.core.actor import Scope
from village.journal.notices import Importance, Notice, Words
from village.residents.queries import members


def _everybody_else(fact: ArticlePublished) -> Iterable[UUID]:
    everybody = members(fact.village)
    if fact.author_id is not None:
        everybody = everybody.exclude(pk=fact.author_id)
    return everybody.values_list("pk", flat=True)


def _headline(fact: ArticlePublished) -> Words | None:
    article = queries.published(fact.article_id)
    if article is None:
        return None
    return Words(title=article.outlet.name, body=article.title, link=article.path)


article = Notice(
    "news.article",
    of=ArticlePublished,
    audience=_everybody_else,
    words=_headline,
    importance=Importance.SOCIAL,
    scope=Scope.NEWS_READ,
    thread=lambda fact: f"news/articles/{fact.article_id}",
    is_official=True,
)
