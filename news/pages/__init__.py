"""The news for people, for editors, and for feed readers."""

from __future__ import annotations

from news.pages.board import article, card, news, read_aloud
from news.pages.desk import (
    add_picture,
    correct,
    drafts,
    publish,
    remove_picture,
    retract,
    write,
)
from news.pages.outside import show_copy, show_feed

__all__ = [
    "add_picture",
    "article",
    "card",
    "correct",
    "drafts",
    "news",
    "publish",
    "read_aloud",
    "remove_picture",
    "retract",
    "show_copy",
    "show_feed",
    "write",
]
