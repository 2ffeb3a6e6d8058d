"""Why a document is not taken in as a feed."""

from __future__ import annotations

from typing import ClassVar


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for the catalogues; whoever shows it translates it."""
    return sentence


class FeedError(ValueError):
    """Say why nothing was read; ``words`` is for people and still to be translated."""

    code: ClassVar[str]
    words: ClassVar[str]


class NotAFeed(FeedError):
    """Empty, a web page, JSON, or so broken that not one item could be read."""

    code = "news.not_a_feed"
    words = gettext_noop("There is no readable RSS or Atom feed at this address.")


class FeedTooLarge(FeedError):
    """The document is larger than any honest feed."""

    code = "news.feed_too_large"
    words = gettext_noop("This feed is larger than 5 MB.")


class FeedRefused(FeedError):
    """The document declares a document type: only there entities can be made to explode."""

    code = "news.feed_refused"
    words = gettext_noop("This feed declares a document type, which is not accepted.")
