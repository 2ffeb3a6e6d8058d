"""The news of a village, and one article to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from news import actions, policies, queries
from news.models import Article, ArticleStatus
from news.schemas import badges_of_outlets
from news.schemas.pictures import shown_picture_out
from village.core.actor import Actor, Level, Scope
from village.core.doors import Door, Front, open_door
from village.core.errors import NotFound
from village.core.pages import PageRequest, page
from village.core.pagination import page as cut
from village.federation.models import Shared
from village.federation.pages import visit
from village.journal.queries import top
from village.residents.pages import enter

ON_A_PAGE = 15
ON_THE_FRONT = 3
NEWEST_FIRST = ("-published_at", "-id")


@require_GET
@page(scope=Scope.NEWS_READ, door="news")
def news(request: PageRequest, v: str) -> HttpResponse:
    """Show the news of a village, the newest first."""
    village = enter(request, v)
    topic = f"villages/{village.pk}/news"
    position = top(topic)
    after = request.GET.get("after")
    rows = cut(
        queries.news_of(request.actor, village.pk),
        order=NEWEST_FIRST,
        limit=ON_A_PAGE,
        after=after,
    )
    shown = {
        "village": village,
        "topic": topic,
        "position": position,
        "articles": shown_articles(rows.items),
        "next": rows.next,
        "after": after,
        "may_write": queries.edited_by(request.actor, village.pk).exists(),
    }
    is_part = "HX-Request" in request.headers
    return render(request, "news/_news.html" if is_part else "news/news.html", shown)


@require_GET
@page(scope=Scope.NEWS_READ, door="news")
def card(request: PageRequest, article_id: UUID) -> HttpResponse:
    """Show one article of the list, to be fetched when it has changed."""
    found = queries.article_or_404(request.actor, article_id)
    if found.status != ArticleStatus.PUBLISHED:
        raise NotFound
    enter(request, found.village_id)
    return render(request, "news/_card.html", {"article": shown_article(found)})


@require_GET
@page(scope=Scope.NEWS_READ, door="news")
def article(request: PageRequest, v: str, article_id: UUID) -> HttpResponse:
    """Show an article to be read."""
    village, is_guest = visit(request, v, Shared.NEWS)
    topic = f"villages/{village.pk}/news"
    position = top(topic)
    found = queries.article_to_read(request.actor, article_id)
    if found.village_id != village.pk:
        raise NotFound
    is_retracted = found.status == ArticleStatus.RETRACTED
    shown = {
        "village": village,
        "is_guest": is_guest,
        "topic": topic,
        "position": position,
        "article": shown_article(found),
        "is_draft": found.status == ArticleStatus.DRAFT,
        "may_correct": not is_retracted and bool(policies.may_correct(request.actor, found)),
        "may_retract": not is_retracted and bool(policies.may_retract(request.actor, found)),
    }
    is_part = "HX-Request" in request.headers
    return render(request, "news/_article.html" if is_part else "news/article.html", shown)


@require_POST
@page(scope=Scope.NEWS_READ, door="news", level=Level.READ)
def read_aloud(request: PageRequest, article_id: UUID) -> HttpResponse:
    """Keep that one has read an article, or that it was read to somebody."""
    mark = actions.mark_as_read(by=request.actor, article_id=article_id, at=timezone.now())
    return redirect("news", mark.article.village_id)


def shown_articles(articles: Sequence[Article]) -> list[dict[str, Any]]:
    """Give what pages show of articles: who wrote each, its outlet's badge, and its pictures."""
    badges = badges_of_outlets(articles)
    return [
        {
            "it": each,
            "byline": each.author.display_name if each.author is not None else each.byline,
            "badge": badges.get(each.outlet_id),
            "pictures": [shown_picture_out(picture) for picture in each.pictures.all()],
        }
        for each in articles
    ]


def shown_article(article: Article) -> dict[str, Any]:
    """Give what a page shows of one article."""
    return shown_articles([article])[0]


def _front(request: HttpRequest, village: str) -> dict[str, Any]:
    by: Actor = request.actor  # type: ignore[attr-defined]
    topic = f"villages/{village}/news"
    position = top(topic)
    rows = queries.news_of(by, village).order_by(*NEWEST_FIRST)[:ON_THE_FRONT]
    return {
        "village": village,
        "topic": topic,
        "position": position,
        "articles": shown_articles(list(rows)),
    }


open_door(
    Door(
        key="news",
        place=1,
        title=_("News"),
        url="news",
        icon="news",
        scope=Scope.NEWS_READ,
        front=Front("news/_front.html", _front),
    )
)
