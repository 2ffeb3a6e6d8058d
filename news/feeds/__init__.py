"""Reading other people's feeds: what they say, and when to ask again. Knows no Django."""

from __future__ import annotations

from news.feeds.airlock import MAX_BYTES, MAX_ITEMS
from news.feeds.document import FeedDocument, FeedItem, parse
from news.feeds.errors import FeedError, FeedRefused, FeedTooLarge, NotAFeed
from news.feeds.pulling import Outcome, conditional_headers, moved_to, next_pull, outcome

__all__ = [
    "MAX_BYTES",
    "MAX_ITEMS",
    "FeedDocument",
    "FeedError",
    "FeedItem",
    "FeedRefused",
    "FeedTooLarge",
    "NotAFeed",
    "Outcome",
    "conditional_headers",
    "moved_to",
    "next_pull",
    "outcome",
    "parse",
]
