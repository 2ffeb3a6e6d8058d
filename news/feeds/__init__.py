"""Reading other people's feeds: what they say. Knows no Django."""

from __future__ import annotations

from news.feeds.airlock import MAX_BYTES, MAX_ITEMS
from news.feeds.document import FeedDocument, FeedItem, parse
from news.feeds.errors import FeedError, FeedRefused, FeedTooLarge, NotAFeed

__all__ = [
    "MAX_BYTES",
    "MAX_ITEMS",
    "FeedDocument",
    "FeedError",
    "FeedItem",
    "FeedRefused",
    "FeedTooLarge",
    "NotAFeed",
    "parse",
]
