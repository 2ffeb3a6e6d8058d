"""Articles on the wire, and on the screens that follow them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, StrictBool

from news.models import Article, PictureStatus, ReadMark
from news.schemas.pictures import ShownPictureOut, shown_picture_out
from village.core.schemas import In, Line, Out, PageQuery, Text
from village.institutions.schemas import BadgeOut, shown_badges


class ArticleIn(In):
    """An article as its editor writes it; an empty line in the text begins a paragraph."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "outlet": "00000000-0000-4000-8000-00000000000a",
                "title": "The bridge is open again",
                "text": "Since noon cars may cross the Linde again.\n\nThe bus follows on Monday.",
                "publish": True,
            }
        }
    )

    outlet: UUID
    title: Line
    text: Text
    publish: StrictBool = False


class CorrectionIn(In):
    """What an article shall say instead; what is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"text": "Cars may cross the Linde again, one at a time."}}
    )

    title: Line | None = None
    text: Text | None = None


class ArticlesQuery(PageQuery):
    """How a client asks for the news, of all outlets or of one."""

    outlet: UUID | None = None


class ArticleOut(Out):
    """
    A piece of news, as lists and screens show it.

    ``outlet_badge`` says who has verified the outlet; it is null where nobody has.
    ``byline`` is who wrote it, where that is known; ``url`` where it was first published, for
    what came by a feed. ``version`` counts its corrections, from 1.
    """

    id: UUID
    village: str
    created_at: datetime
    outlet: UUID
    outlet_name: str
    outlet_badge: BadgeOut | None
    byline: str
    title: str
    summary: str
    url: str
    language: str
    status: str
    published_at: datetime | None
    edited_at: datetime | None
    version: int
    pictures: list[ShownPictureOut]


class FullArticleOut(ArticleOut):
    """A piece of news to read: ``text`` is plain, ``html`` the same, harmless and with links."""

    text: str
    html: str


class ArticleStatusOut(Out):
    """What became of an article."""

    id: UUID
    village: str
    created_at: datetime
    status: str
    version: int


class RetractedOut(Out):
    """An article that was taken back."""

    id: UUID
    gone: bool = True


class ArticleReadOut(Out):
    """What somebody has read; ``read_aloud`` when it was read to her."""

    article: UUID
    village: str
    at: datetime
    read_aloud: bool


def articles_out(articles: Sequence[Article]) -> list[ArticleOut]:
    """Show articles in a list, each with the badge that its outlet has now."""
    badges = badges_of_outlets(articles)
    return [ArticleOut(**_shown(each, badges)) for each in articles]


def article_out(article: Article) -> ArticleOut:
    """Show an article on a screen."""
    return articles_out([article])[0]


def full_article_out(article: Article) -> FullArticleOut:
    """Show an article to be read."""
    shown = _shown(article, badges_of_outlets([article]))
    return FullArticleOut(**shown, text=article.text, html=article.html)


def badges_of_outlets(articles: Sequence[Article]) -> dict[UUID, BadgeOut]:
    """Give the badges that the outlets of articles have now."""
    return shown_badges({each.outlet_id: each.outlet.name for each in articles})


def article_status_out(article: Article) -> ArticleStatusOut:
    """Show what became of an article, to somebody who may not read it any more."""
    return ArticleStatusOut(
        id=article.pk,
        village=article.village_id,
        created_at=article.created_at,
        status=article.status,
        version=article.version,
    )


def read_out(mark: ReadMark) -> ArticleReadOut:
    """Show that something was read."""
    return ArticleReadOut(
        article=mark.article_id,
        village=mark.article.village_id,
        at=mark.at,
        read_aloud=mark.read_aloud,
    )


def _shown(article: Article, badges: Mapping[UUID, BadgeOut]) -> dict[str, Any]:
    author = article.author
    return {
        "id": article.pk,
        "village": article.village_id,
        "created_at": article.created_at,
        "outlet": article.outlet_id,
        "outlet_name": article.outlet.name,
        "outlet_badge": badges.get(article.outlet_id),
        "byline": author.display_name if author is not None else article.byline,
        "title": article.title,
        "summary": article.summary,
        "url": article.url,
        "language": article.language,
        "status": article.status,
        "published_at": article.published_at,
        "edited_at": article.edited_at,
        "version": article.version,
        "pictures": [
            shown_picture_out(picture)
            for picture in article.pictures.all()
            if picture.status == PictureStatus.READY
        ],
    }
