"""What a feed says: its items as plain titles, harmless HTML and aware moments."""

from __future__ import annotations

import calendar
import hashlib
import html
import io
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import feedparser

from news.feeds.airlock import admit
from village.core.html import clean, fold, plain, printable, summary, words

MAX_TITLE = 300
MAX_SUMMARY = 400
MAX_AUTHOR = 200
MAX_KEY = 255
MAX_URL = 2_000

# An HTML tree can cost the square of its tags. Over a whole document that is bounded too: for a
# thousand items of three hundred tags, or a hundred of a thousand.
_SQUARE_TAGS = 100_000_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Before this there was no web to publish on: such a date is some program's empty value.
_FIRST_DAY = datetime(1990, 1, 1, tzinfo=UTC)
_TOLERATED_FUTURE = timedelta(days=1)
_LONGEST_TTL = 7 * 24 * 60

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
# The shape of a BCP 47 tag, not its registry.
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,4}")
_BLANK_LINES = re.compile(r"\n\s*\n")
_HOST = re.compile(r"[^\s<>%|^\"`{}\\]+")
_MARKUP = re.compile(r"</[A-Za-z]|<(?:img|br|script)\b", re.IGNORECASE)
_MAIL_ADDRESS = re.compile(r"\S*@\S*")
_TAG = re.compile(r"<[^<>]*>?")


@dataclass(frozen=True, slots=True)
class FeedItem:
    """
    One piece of news.

    ``key`` names it within its feed for as long as the feed exists. ``html`` is clean, ``title``,
    ``summary`` and ``author`` are plain text. ``url`` is an http(s) URL or empty, ``language`` a
    lower-case BCP 47 tag or empty. ``content_hash`` changes when what a reader sees has changed.
    """

    key: str
    url: str
    title: str
    html: str
    summary: str
    author: str
    published_at: datetime | None
    updated_at: datetime | None
    language: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """
    A feed as it was read.

    ``damaged``: not well-formed or wrongly encoded, so there may be items missing at its end.
    ``cut``: longer than is read.
    """

    title: str
    link: str
    language: str
    ttl_minutes: int | None
    items: tuple[FeedItem, ...]
    damaged: bool
    cut: bool


def parse(body: bytes, *, content_type: str | None, base_url: str, now: datetime) -> FeedDocument:
    """
    Read RSS 0.9x to 2.0, RSS 1.0 or Atom from the bytes that came from ``base_url``.

    Of items with the same key the one with the newest date is kept, and without dates the first:
    feeds put the newest on top, and a correction is newer than what it corrects.

    :raises NotAFeed: empty, another kind of document, or broken before its first item ends.
    :raises FeedTooLarge: more than 5 MiB.
    :raises FeedRefused: it declares a document type.
    """
    admitted = admit(body, content_type)
    # Bytes in a file object: a string would be opened as a URL, or as a file of that name. Its own
    # sanitiser and link resolver are off, because clean() does both.
    parsed = feedparser.parse(  # type: ignore[attr-defined, no-untyped-call]
        io.BytesIO(admitted.xml),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    # Plain dictionaries: feedparser's own answer for one date with another, and warn about it.
    feed = dict(parsed.feed)
    reader = _Reader(base_url, feed, now, is_atom=str(parsed.version).startswith("atom"))
    items: dict[str, FeedItem] = {}
    for entry in parsed.entries:
        item = reader.item(dict(entry))
        known = items.get(item.key)
        if known is None or _newest(item) > _newest(known):
            items[item.key] = item
    return FeedDocument(
        title=reader.title,
        link=reader.link,
        language=reader.language,
        ttl_minutes=_ttl(_text(feed, "ttl")),
        items=tuple(items.values()),
        damaged=admitted.damaged,
        cut=admitted.cut,
    )


class _Reader:
    """Read entries in the light of their feed."""

    def __init__(
        self, base_url: str, feed: Mapping[str, Any], now: datetime, *, is_atom: bool
    ) -> None:
        self._base_url = base_url
        self._latest = now + _TOLERATED_FUTURE
        self._square_tags = _SQUARE_TAGS
        self._is_atom = is_atom
        self.title = self._title(feed)
        self.link = _web_url(base_url, _text(feed, "link"))
        detail = feed.get("title_detail")
        self.language = _language(_text(feed, "language")) or (
            _language(_text(detail, "language")) if isinstance(detail, dict) else ""
        )

    def item(self, entry: Mapping[str, Any]) -> FeedItem:
        url = _web_url(self._base_url, _text(entry, "link"))
        title = self._title(entry)
        author = _author(entry)
        content = _content(entry)
        body = self._clean(content.markup, self._page(url, content.base))
        # The summary of an item whose whole text is given introduces it; otherwise it is the text.
        introduction = "" if content.is_summary else self._plain(entry.get("summary_detail"))
        introduction = introduction or words(body)
        published_at = self._moment(entry, "published_parsed")
        updated_at = self._moment(entry, "updated_parsed")
        # Without guid and link an edit of the text must not make it another item.
        nameless = (title or introduction, str(published_at or updated_at))
        return FeedItem(
            key=_key(_text(entry, "id")) or _key(url) or _digest(nameless),
            url=url,
            title=title,
            html=body,
            summary=summary(introduction, MAX_SUMMARY),
            author=author,
            published_at=published_at or updated_at,
            updated_at=updated_at,
            language=_language(content.language or _text(entry, "language")) or self.language,
            content_hash=_digest((title, url, body, introduction, author)),
        )

    def _title(self, mapping: Mapping[str, Any]) -> str:
        title = self._plain(mapping.get("title_detail"))
        # Atom says what is markup. RSS does not, and feedparser only knows the well-behaved.
        if not self._is_atom and _MARKUP.search(title):
            title = words(self._clean(title, None))
        return summary(title, MAX_TITLE)

    def _plain(self, detail: object) -> str:
        if not isinstance(detail, dict):
            return ""
        value = _text(detail, "value")
        if _text(detail, "type") not in _HTML_TYPES:
            return fold(value)
        return words(self._clean(value, None))

    def _clean(self, markup: str, page: str | None) -> str:
        self._square_tags -= markup.count("<") ** 2
        if self._square_tags < 0:
            return _paragraphs(html.unescape(_TAG.sub(" ", markup)))
        return clean(markup, base=page)

    def _page(self, url: str, declared: str) -> str | None:
        feed_url = _web_url("", self._base_url)
        return _web_url(self._base_url, declared) or url or self.link or feed_url or None

    def _moment(self, entry: Mapping[str, Any], name: str) -> datetime | None:
        parsed = entry.get(name)
        if not isinstance(parsed, time.struct_time):
            return None
        try:
            moment = _EPOCH + timedelta(seconds=calendar.timegm(parsed))
        except (OverflowError, ValueError):
            return None
        return moment if _FIRST_DAY <= moment <= self._latest else None


class _Content(NamedTuple):
    """Markup as the feed has it, and what the feed says about it."""

    markup: str
    base: str
    language: str
    is_summary: bool


def _content(entry: Mapping[str, Any]) -> _Content:
    given = entry.get("content")
    whole = given if isinstance(given, list) else []
    for detail in [*whole, entry.get("summary_detail")]:
        if not isinstance(detail, dict):
            continue
        value, kind = _text(detail, "value"), _text(detail, "type")
        if value and (kind in _HTML_TYPES or kind == "text/plain"):
            return _Content(
                markup=value if kind in _HTML_TYPES else _paragraphs(value),
                base=_text(detail, "base"),
                language=_text(detail, "language"),
                is_summary=detail not in whole,
            )
    return _Content("", "", "", is_summary=False)


def _text(mapping: Mapping[str, Any], name: str) -> str:
    # An element of a surprising shape is not a string here, and then it is nothing.
    value = mapping.get(name)
    return value.strip() if isinstance(value, str) else ""


def _author(entry: Mapping[str, Any]) -> str:
    # A mail address stands there for the publisher's machine, not for every reader. What is left
    # are the brackets that one of the two stood in.
    names = _MAIL_ADDRESS.sub(" ", plain(_text(entry, "author")))
    return summary(fold(names).strip("()<>,;: "), MAX_AUTHOR)


def _paragraphs(text: str) -> str:
    escaped = html.escape(printable(text), quote=False)
    return "".join(
        f"<p>{paragraph.strip()}</p>".replace("\n", "<br>")
        for paragraph in _BLANK_LINES.split(escaped)
        if paragraph.strip()
    )


def _web_url(base: str, link: str) -> str:
    """Return an absolute http(s) URL without a name or password in it, or nothing."""
    target = fold(link)
    if not target:
        return ""
    try:
        url = urljoin(base, target).replace(" ", "%20")
        parts = urlsplit(url)
        has_host = bool(_HOST.fullmatch(parts.hostname or "")) and parts.port != 0
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not has_host or "@" in parts.netloc:
        return ""
    return url if len(url) <= MAX_URL else ""


def _key(name: str) -> str:
    key = fold(name)
    return key if len(key) <= MAX_KEY else _digest((key,))


def _digest(parts: tuple[str, ...]) -> str:
    return "sha256:" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _language(tag: str) -> str:
    tag = tag.replace("_", "-").lower()
    return tag if _LANGUAGE.fullmatch(tag) else ""


def _ttl(minutes: str) -> int | None:
    # int() would take other scripts' digits too, and ten thousand of them.
    if not re.fullmatch(r"[0-9]{1,5}", minutes):
        return None
    return min(int(minutes), _LONGEST_TTL) or None


def _newest(item: FeedItem) -> datetime:
    return item.updated_at or item.published_at or _EPOCH
