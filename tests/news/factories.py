"""News for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from news import actions, pull, rendering
from news.feeds import FeedItem
from news.models import Article, Feed, Outlet, Picture
from tests.conftest import NOON
from tests.core.pictures import encoded, photo
from village.core.actor import SYSTEM, Actor
from village.journal.models import Entry
from village.residents.models import Resident


def write(editor: Resident, outlet: Outlet, *, at: datetime, **changes: Any) -> Article:
    """Publish that the bridge is open, by ``editor``."""
    what: dict[str, Any] = {
        "village": outlet.village_id,
        "outlet_id": outlet.pk,
        "title": "The bridge is open again",
        "text": "Cars may cross the Linde.\n\nThe bus follows on Monday.",
        "publish": True,
    }
    return actions.write_article(by=Actor(editor.pk), at=at, **(what | changes))


def item(key: str, *, age: timedelta | None = timedelta(hours=1), **changes: Any) -> FeedItem:
    """Make a feed's item, as old as ``age`` at noon; without an age it has no date."""
    shown: dict[str, Any] = {
        "key": key,
        "url": f"https://bote.example/{key}",
        "title": f"Title {key}",
        "html": f"<p>Text {key}</p>",
        "summary": f"Text {key}",
        "author": "",
        "published_at": None if age is None else NOON - age,
        "updated_at": None,
        "language": "de",
        "content_hash": f"hash {key}",
    }
    return FeedItem(**(shown | changes))


def make_feed(outlet: Outlet, url: str, *, at: datetime) -> Feed:
    return Feed.objects.create(
        village_id=outlet.village_id, outlet=outlet, url=url, due_at=at, created_at=at
    )


def take_in(feed: Feed, *items: FeedItem, at: datetime) -> actions.Taken:
    return actions.take_in(by=SYSTEM, feed_id=feed.pk, items=items, at=at)


def jpeg(width: int = 400, height: int = 300) -> bytes:
    return encoded(photo(width, height), "JPEG")


def attach(editor: Resident, article: Article, data: bytes, *, at: datetime) -> Picture:
    return actions.attach_picture(
        by=Actor(editor.pk), article_id=article.pk, data=data, alt="Two cars", at=at
    )


def shown_picture(article: Article, *, at: datetime) -> Picture:
    """Put a picture up as if it had been rendered; its files are not there."""
    copies = [{"width": 320, "height": 240, "name": "news/pictures/none/320.webp"}]
    return Picture.objects.create(
        village_id=article.village_id,
        article=article,
        status="ready",
        variants=copies,
        due_at=at,
        created_at=at,
    )


def render(picture: Picture, at: datetime) -> Picture:
    """Let a worker render a picture."""
    rendering.render_picture(picture.pk, at=at)
    picture.refresh_from_db()
    return picture


def stored(media: Path) -> list[str]:
    """Name the files that lie in the storage."""
    return sorted(str(p.relative_to(media)) for p in media.rglob("*") if p.is_file())


def pulled(feed: Feed, at: datetime) -> actions.Taken | None:
    """Let a worker pull a feed."""
    taken = pull.pull_feed(feed.pk, at=at, jitter=0.0)
    feed.refresh_from_db()
    return taken


def kinds() -> list[str]:
    """Name what the journal holds, in order."""
    stored = Entry.objects.order_by("pk").values_list("kind", flat=True)
    return [kind.removeprefix("news.") for kind in stored]
