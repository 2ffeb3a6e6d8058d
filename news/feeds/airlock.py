"""Between a stranger's XML and the feed parser: only what a feed needs, well-formed and bounded."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from news.feeds.encoding import decoded
from news.feeds.errors import FeedRefused, FeedTooLarge, NotAFeed
from news.feeds.mending import ILLEGAL, mended

MAX_BYTES = 5 * 1024 * 1024
MAX_ITEMS = 1_000

# The parser behind takes some 30 microseconds for an element, and in places the square of an
# element's attributes, of its namesakes in an item, or of a text's length. These bounds keep the
# whole linear, and its dearest document within seconds.
_MAX_ELEMENTS = 100_000
_MAX_DEPTH = 64
_MAX_ATTRIBUTES = 16
_MAX_NAMESAKES = 8
_MAX_PREFIXES = 24
_MAX_VALUE = 2_000

_ROOTS = frozenset({"rss", "rdf", "feed"})
_ITEMS = frozenset({"item", "entry"})
# What may hold markup, with the room for all the text in it, in characters.
_CONTENT = dict.fromkeys(
    ("description", "summary", "content", "encoded", "body"), 200_000
) | dict.fromkeys(("title", "subtitle", "tagline"), _MAX_VALUE)
# The other elements that hold text, with theirs. Who wrote it has little: the parser looks for a
# mail address in it, in quadratic time.
_FIELDS = (
    dict.fromkeys(("author", "creator", "language", "ttl"), 150)
    | dict.fromkeys(("published", "issued", "pubdate", "created", "date"), 150)
    | dict.fromkeys(("updated", "modified", "lastbuilddate"), 150)
    | dict.fromkeys(("link", "guid", "id"), _MAX_VALUE)
)
_PERSON = dict.fromkeys(("name", "email"), 150)
_ROOM = _CONTENT | _FIELDS | _PERSON
# What may stand where. The parser stumbles over elements in places where none belong.
_OF_AN_ITEM = frozenset(_CONTENT | _FIELDS)
_OF_A_FEED = _OF_AN_ITEM | _ITEMS
_CHILDREN = {
    "rss": _OF_A_FEED | {"channel"},
    "rdf": _OF_A_FEED | {"channel"},
    "channel": _OF_A_FEED,
    "feed": _OF_A_FEED,
    "item": _OF_AN_ITEM,
    "entry": _OF_AN_ITEM,
    "author": frozenset(_PERSON),
}
_ATTRIBUTES = frozenset(
    {"colspan", "href", "ispermalink", "lang", "mode", "rdf:about", "rel", "rowspan", "title"}
    | {"type", "version", "xml:base", "xml:lang"}
)
_XML_PREFIX = frozenset({"xml"})
# Expat joins a name to its URI with a space, so it takes none in the URI.
_URI = re.compile(r"[!-~]*")
_RESERVED_URIS = frozenset(
    {"http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/"}
)
# Their titles and descriptions are those of pictures and podcasts.
_FOREIGN_PREFIXES = ("media:", "itunes:")

_BEFORE_THE_ROOT = re.compile(r"[^<]*(?:<\?xml[^>]*>)?\s*")


class _Enough(Exception):
    """The document goes on, but no more of it is wanted."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """Well-formed XML in UTF-8 without a document type, and how much of the original it holds."""

    xml: bytes
    items: int
    damaged: bool
    cut: bool


def admit(body: bytes, content_type: str | None) -> Admitted:
    """
    Copy what a feed needs out of a document, as far as it can be read.

    A broken one is mended where that is certain (stray ampersands, unknown entities); otherwise
    the copy ends with its last whole item.

    :raises FeedTooLarge: more than ``MAX_BYTES``.
    :raises NotAFeed: empty, another kind of document, or broken before its first item ends.
    :raises FeedRefused: it declares a document type.
    """
    if len(body) > MAX_BYTES:
        raise FeedTooLarge(f"{len(body)} bytes")
    text, lossy = decoded(body, content_type)
    # What stands before the first tag is white space, a byte order mark or a warning of PHP. The
    # XML declaration goes too: it speaks of bytes, which are characters by now.
    text = _BEFORE_THE_ROOT.sub("", ILLEGAL.sub("", text), count=1)
    copy = _copied(text)
    if copy.damaged:
        copy = max(copy, replace(_copied(mended(text)), damaged=True), key=lambda one: one.items)
    if not copy.items and (copy.damaged or copy.cut):
        raise NotAFeed("broken before its first item ends")
    return replace(copy, damaged=copy.damaged or lossy)


def _copied(text: str) -> Admitted:
    copy = _Copy()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = copy.refuse
    parser.StartElementHandler = copy.start
    parser.EndElementHandler = copy.end
    parser.CharacterDataHandler = copy.text
    damaged = cut = False
    try:
        parser.Parse(text, True)
    except _Enough:
        cut = True
    except expat.ExpatError as error:
        if not copy.began:
            raise NotAFeed(str(error)) from error
        damaged = True
    return Admitted(copy.finished(), copy.items, damaged, cut)


class _Open(NamedTuple):
    """An element that has not ended yet; one whose tag was dropped has no name."""

    name: str
    local: str
    prefixes: frozenset[str]
    room: list[int]
    is_content: bool = False
    is_item: bool = False


class _Copy:
    """Write down the elements that a feed needs, as expat meets them."""

    def __init__(self) -> None:
        self.items = 0
        self.began = False
        self._out = ["<?xml version='1.0' encoding='utf-8'?>"]
        self._open: list[_Open] = []
        self._skipping = 0
        self._elements = 0
        self._prefixes_met: set[str] = set()
        self._namesakes: Counter[str] = Counter()
        self._whole = 1
        self._closing: list[str] = []

    def refuse(self, name: str, *_declared: object) -> None:
        """Stop at a document type; that of a web page says only that it is one."""
        if name.lower() == "html":
            raise NotAFeed("a web page")
        raise FeedRefused(f"document type {name[:40]}")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Copy the tag, drop it but keep its text, or skip it with all that is in it."""
        local = name.rpartition(":")[2].lower()
        if not self.began:
            if local not in _ROOTS:
                raise NotAFeed(f"a document of {name[:40]}")
            self.began = True
        within = self._open[-1] if self._open else _Open("", "", _XML_PREFIX, [0])
        prefix, colon, rest = name.partition(":")
        if self._skipping or not (within.is_content or self._is_wanted(name, local, within.local)):
            self._skipping += 1
            return
        self._elements += 1
        if self._elements > _MAX_ELEMENTS:
            raise _Enough
        kept, prefixes = self._kept(attributes, within.prefixes)
        if colon and (prefix not in prefixes or ":" in rest):
            # Hand-made feeds forget to declare "dc:" and "content:". The parser names its handlers
            # with an underscore, so that it knows these elements all the same.
            name = name.replace(":", "_")
        if within.is_content:
            if len(self._open) > _MAX_DEPTH:
                name = ""
            self._open.append(_Open(name, local, prefixes, within.room, is_content=True))
        else:
            room = [_ROOM.get(local, 0)]
            self._open.append(
                _Open(name, local, prefixes, room, local in _CONTENT, local in _ITEMS)
            )
        if name:
            self._out.append(f"<{name}{kept}>")

    def text(self, data: str) -> None:
        """Copy as much text as the element has room for."""
        if self._skipping:
            return
        room = self._open[-1].room
        self._out.append(_character_data(data[: room[0]]))
        room[0] -= min(len(data), room[0])

    def end(self, _name: str) -> None:
        """Close what was copied, and remember how to end the document after each item."""
        if self._skipping:
            self._skipping -= 1
            return
        ended = self._open.pop()
        if ended.name:
            self._out.append(f"</{ended.name}>")
        if ended.is_item:
            self.items += 1
            self._whole = len(self._out)
            self._closing = [f"</{element.name}>" for element in reversed(self._open)]

    def finished(self) -> bytes:
        """Return the copy; if the original did not end, it ends after its last whole item."""
        if self._open:
            self._out[self._whole :] = self._closing
        return "".join(self._out).encode()

    def _is_wanted(self, name: str, local: str, within: str) -> bool:
        if not self._open:
            return True
        if local not in _CHILDREN.get(within, ()) or name.startswith(_FOREIGN_PREFIXES):
            return False
        if local in _ITEMS:
            if self.items >= MAX_ITEMS:
                raise _Enough
            self._namesakes.clear()
            return True
        self._namesakes[local] += 1
        return self._namesakes[local] <= _MAX_NAMESAKES

    def _kept(
        self, attributes: dict[str, str], prefixes: frozenset[str]
    ) -> tuple[str, frozenset[str]]:
        declared: dict[str, str] = {}
        kept: dict[str, str] = {}
        for name, value in attributes.items():
            if name == "xmlns" or name.startswith("xmlns:"):
                if value not in _RESERVED_URIS and self._may_declare(name[6:], value):
                    declared[name] = value
            elif (name if ":" in name else name.lower()) in _ATTRIBUTES:
                kept[name] = value[:_MAX_VALUE]
        prefixes |= {name[6:] for name in declared if name != "xmlns"}
        if "rdf" not in prefixes:
            kept.pop("rdf:about", None)
        written = [*declared.items(), *list(kept.items())[:_MAX_ATTRIBUTES]]
        return "".join(f" {name}={quoteattr(value)}" for name, value in written), prefixes

    def _may_declare(self, prefix: str, uri: str) -> bool:
        if not _URI.fullmatch(uri):
            return False
        if prefix:
            if not uri or ":" in prefix or prefix.lower() in {"xml", "xmlns"}:
                return False
            if len(self._prefixes_met | {prefix}) > _MAX_PREFIXES:
                return False
            self._prefixes_met.add(prefix)
        return True


def _character_data(text: str) -> str:
    # Expat hands on every entity by itself, so a CDATA section is read several times faster.
    if "<" in text or "&" in text or ">" in text:
        return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    return text
