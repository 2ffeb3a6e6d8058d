"""The commonest breakage of hand-made XML, and its repair."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5
from xml.sax.saxutils import escape

# Everything but the characters of XML 1.0, section 2.2.
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_AMPERSAND = re.compile(r"&(#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)?")
_QUOTES = {'"': "&quot;", "'": "&apos;"}
_XML_ENTITIES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})


def mended(text: str) -> str:
    """Escape stray ampersands, and write out entities that HTML knows and XML does not."""
    return "".join(
        part if is_cdata else _AMPERSAND.sub(_reference, part) for is_cdata, part in _parts(text)
    )


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """Tell CDATA sections, in which an ampersand is just that, from the rest."""
    position = 0
    while (begin := text.find("<![CDATA[", position)) >= 0:
        end = text.find("]]>", begin)
        if end < 0:
            break
        yield False, text[position:begin]
        yield True, text[begin : end + 3]
        position = end + 3
    yield False, text[position:]


def _reference(match: re.Match[str]) -> str:
    name = match[1]
    if name is None:
        return "&amp;"
    if name in _XML_ENTITIES:
        return match[0]
    if name.startswith("#"):
        number = int(name[2:-1], 16) if name[1] in "xX" else int(name[1:-1])
        legal = number <= 0x10FFFF and not ILLEGAL.match(chr(number))
        return match[0].replace("X", "x") if legal else ""
    # It may stand in an attribute, so quotes are escaped as well.
    return escape(html5[name], _QUOTES) if name in html5 else f"&amp;{name}"
