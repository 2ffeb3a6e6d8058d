"""The news on a screen that keeps itself up to date."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

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
from village.core.permissions import Standing, may
from village.federation.models import Shared
from village.federation.queries import readers_among, reads
from village.institutions.facts import BadgeGranted, BadgeWithdrawn
from village.institutions.queries import was_given
from village.institutions.schemas import SpeakersBadgeOut, shown_badge
from village.journal.topics import Topic
from village.residents.topics import residents_me


def may_follow(by: Actor, *, village: str) -> bool:
    """Admit who belongs to the village, or to one that shows its news."""
    return reads(by, village, Shared.NEWS)


def all_who_may(actors: Collection[Actor], village: str) -> set[Actor]:
    """Admit the same among many."""
    return readers_among(actors, village, Shared.NEWS)


def _article(fact: ArticlePublished | ArticleCorrected | ArticlePictured) -> ArticleOut | None:
    article = queries.published(fact.article_id)
    return None if article is None else article_out(article)


def _retracted(fact: ArticleRetracted) -> RetractedOut:
    return RetractedOut(id=fact.article_id)


def _read(fact: ArticleRead) -> ArticleReadOut | None:
    mark = queries.mark(fact.article_id, fact.resident_id)
    return None if mark is None else read_out(mark)


def _badge(fact: BadgeGranted | BadgeWithdrawn) -> SpeakersBadgeOut | None:
    outlet = queries.outlet(fact.institution_id)
    if outlet is None:
        return None
    return SpeakersBadgeOut(institution=outlet.pk, badge=shown_badge(outlet.pk, outlet.name))


def _where_it_speaks(fact: BadgeGranted | BadgeWithdrawn) -> Iterable[Mapping[str, Any]]:
    """Show an outlet's badge where its articles are; a mere proposal is shown nowhere."""
    speaks = queries.outlet(fact.institution_id) is not None and was_given(fact.badge_id)
    return [{"village": fact.village}] if speaks else []


news = Topic(
    "villages/{village}/news",
    admits=may_follow,
    admits_all=all_who_may,
    scope=Scope.NEWS_READ,
    who=may(Standing.MEMBER, Standing.NEIGHBOUR),
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

# Articles on a screen are as trusted as their outlet is now, and not as when they came.
for _changed in (BadgeGranted, BadgeWithdrawn):
    news.carry(_changed, _badge, to=_where_it_speaks)

# What somebody reads is nobody else's business: it shows on her own screens only.
residents_me.carry(
    ArticleRead,
    _read,
    to=lambda fact: [{"resident": fact.resident_id}],
    scope=Scope.NEWS_READ,
)
