"""The published news in the formats of feed readers: RSS 2.0, Atom and JSON Feed 1.1."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.syndication import views
from django.http import HttpRequest
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.html import escape
from django.utils.translation import gettext as _

from news import queries
from news.models import Article
from village.core.errors import NotFound
from village.residents.models import Village
from village.residents.queries import village_or_404

if TYPE_CHECKING:
    _Syndication = views.Feed[Article, Village]
else:
    _Syndication = views.Feed

JSON_FEED = "https://jsonfeed.org/version/1.1"


class RssNews(_Syndication):
    """
    Tell a village's news in RSS 2.0.

    What was written here is told in full, what came by a feed by its summary and its source.
    """

    feed_type: Any = Rss201rev2Feed
    suffix: ClassVar = "rss"
    item_guid_is_permalink = False

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Village:
        """Find the village."""
        try:
            return village_or_404(kwargs["v"])
        except NotFound as error:
            raise Village.DoesNotExist from error

    def title(self, village: Village) -> str:
        """Name the feed."""
        return _title(village)

    def description(self, village: Village) -> str:
        """Say what it holds."""
        return _title(village)

    def link(self, village: Village) -> str:
        """Give the page of the news."""
        return _home(village)

    def feed_url(self, village: Village) -> str:
        """Give the feed's own address."""
        return f"{_home(village)}.{self.suffix}"

    def feed_guid(self, village: Village) -> str:
        """Name the feed for good."""
        return _home(village)

    def items(self, village: Village) -> list[Article]:
        """Give the newest articles."""
        return queries.told_outside(village.pk)

    def item_title(self, item: Article) -> str:
        """Give an article's title, which readers of RSS take for HTML."""
        return escape(item.title)

    def item_description(self, item: Article) -> str:
        """Give what an article says, as HTML."""
        return _own_html(item) or escape(item.summary)

    def item_link(self, item: Article) -> str:
        """Give the page of an article, or where it was first published."""
        return _link(item)

    def item_guid(self, item: Article) -> str:
        """Name an article for good."""
        return item.pk.urn

    def item_author_name(self, item: Article) -> str:
        """Name who wrote it; a resident's name stays in the village."""
        return _byline(item)

    def item_pubdate(self, item: Article) -> datetime | None:
        """Say when it was published."""
        return item.published_at

    def item_updateddate(self, item: Article) -> datetime | None:
        """Say when it was last changed."""
        return item.edited_at or item.published_at


class AtomNews(RssNews):
    """Tell a village's news in Atom."""

    feed_type = Atom1Feed
    suffix = "atom"

    def item_title(self, item: Article) -> str:
        """Give an article's title, which in Atom is plain text."""
        return item.title


def json_feed(village: Village) -> dict[str, Any]:
    """Tell a village's news in JSON Feed 1.1 (jsonfeed.org/version/1.1)."""
    return {
        "version": JSON_FEED,
        "title": _title(village),
        "home_page_url": _home(village),
        "feed_url": f"{_home(village)}.json",
        "language": village.language,
        "items": [_json_item(article) for article in queries.told_outside(village.pk)],
    }


def _json_item(article: Article) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": article.pk.urn,
        "url": _link(article),
        "title": article.title,
        "summary": article.summary,
        "date_published": article.published_at,
        "authors": [{"name": _byline(article)}],
    }
    if own := _own_html(article):
        item["content_html"] = own
    else:
        item["content_text"] = article.summary
    if article.edited_at is not None:
        item["date_modified"] = article.edited_at
    if article.language:
        item["language"] = article.language
    return item


def _title(village: Village) -> str:
    return _("News from %(village)s") % {"village": village.name}


def _home(village: Village) -> str:
    return f"{settings.SITE_URL}/villages/{village.pk}/news"


def _link(article: Article) -> str:
    return article.url or f"{settings.SITE_URL}{article.path}"


def _byline(article: Article) -> str:
    return article.byline or article.outlet.name


def _own_html(article: Article) -> str:
    # Put there by the query: the long texts of feeds stay in the database.
    own: str = getattr(article, "own_html", "")
    return own
