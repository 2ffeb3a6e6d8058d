"""The news on a screen that keeps itself up to date."""

from __future__ import annotations

from news import queries
from news.facts import (
    ArticleCorrected,
    ArticlePictured,
    ArticlePublished,
    ArticleRead,
    ArticleRetracted,
)
from news.schemas import ArticleOut, ArticleReadOut, RetractedOut, article_out, read_out
from village.core.actor import Actor, Scope
from village.core.permissions import MEMBERS
from village.journal.topics import Topic
from village.residents.queries import is_member, members_among
from village.residents.topics import residents_me


def lives_here(by: Actor, *, village: str) -> bool:
    """Admit who belongs to the village."""
    return is_member(by, village)


def _article(fact: ArticlePublished | ArticleCorrected | ArticlePictured) -> ArticleOut | None:
    article = queries.published(fact.article_id)
    return None if article is None else article_out(article)


def _retracted(fact: ArticleRetracted) -> RetractedOut:
    return RetractedOut(id=fact.article_id)


def _read(fact: ArticleRead) -> ArticleReadOut | None:
    mark = queries.mark(fact.article_id, fact.resident_id)
    return None if mark is None else read_out(mark)


news = Topic(
    "villages/{village}/news",
    admits=lives_here,
    admits_all=members_among,
    scope=Scope.NEWS_READ,
    who=MEMBERS,
    snapshot="/api/v1/villages/{village}/articles?position=1",
    carries={
        ArticlePublished: _article,
        ArticleCorrected: _article,
        ArticlePictured: _article,
        ArticleRetracted: _retracted,
    },
    erasing=frozenset({ArticleCorrected, ArticleRetracted}),
    hot=True,
)

# What somebody reads is nobody else's business: it shows on her own screens only.
residents_me.carry(
    ArticleRead,
    _read,
    to=lambda fact: [{"resident": fact.resident_id}],
    scope=Scope.NEWS_READ,
)
