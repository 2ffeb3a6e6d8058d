"""Other people's HTML, made harmless; and the plain words inside it."""

from __future__ import annotations

import html as entities
import re
import unicodedata
from typing import Literal

import nh3

LINK_REL = "noopener nofollow ugc"

# A browser's tree can be made to cost the square of its tags; within these bounds the worst text
# takes some tenths of a second. A long article has a few hundred tags.
MAX_CHARS = 200_000
MAX_TAGS = 4_000
# Even if each of these is an ampersand, what they become is within the bounds.
_WORDS_KEPT = MAX_CHARS // 5
# Broken nesting is put right a little more by each reading; hardly any text needs a third.
_READINGS = 6

_BLOCK_NAMES = (
    "address article blockquote br caption dd details div dl dt figcaption figure h1 h2 h3 h4 h5 "
    "h6 hr li ol p pre section summary table tbody td tfoot th thead tr ul"
)
_INLINE_NAMES = "a abbr b cite code del dfn em i ins kbd mark q rp rt ruby s small strong sub sup u"
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_KEPT = _BLOCKS.union(_INLINE_NAMES.split())
_ATTRIBUTES = {
    "*": {"lang"},
    "a": {"href"},
    "abbr": {"title"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}

_TAG = re.compile(r"</?[a-zA-Z]")
_ANY_TAG = re.compile(r"<[^<>]*>?")
_CLEAN_TAG = re.compile(r"</?([a-z0-9]+)[^<>]*>")
_SPAN = re.compile(r"[1-9][0-9]?")
# The first line break in a <pre> is not part of its text, so each reading would drop one more.
_PRE = re.compile(r"(<pre(?: [^>]*)?>)\n+")
# What is left of a picture that was a link; nobody can see it, but a screen reader stops there.
_EMPTY_LINK = re.compile(r"<a(?: [^<>]*)?>(\s*)</a>")
_H1 = re.compile(r"(</?)h1\b")
# Controls, halves of surrogate pairs, non-characters, and the marks that turn text around: they
# have no business in a text, but break databases, XML and the reader's trust in what is written.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Remove what no text should hold, and make every line end with a line feed."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean(html: str, *, base: str | None = None) -> str:
    """
    Keep the harmless part of an HTML fragment: no scripts, styles, pictures or forms.

    Cleaning what is clean changes nothing. Relative links are resolved against ``base``, an
    absolute http(s) URL, and dropped if there is none that a browser could use. Of a text beyond
    ``MAX_CHARS`` or ``MAX_TAGS``, and of one that no two readings agree on, only the first words
    are kept.
    """
    try:
        cleaner = _cleaner("deny" if base is None else ("rewrite_with_base", base))
    except ValueError:
        cleaner = _cleaner("deny")
    text = printable(html)
    for _ in range(_READINGS):
        if not _is_bounded(text):
            break
        cleaned = _cleaned_once(cleaner, text)
        if cleaned == text:
            return cleaned
        text = cleaned
    return entities.escape(_stripped(html)[:_WORDS_KEPT], quote=False)


def plain(html: str) -> str:
    """
    Return the words of an HTML fragment on one line, white space folded.

    What comes back is text and no longer HTML: ``&lt;b&gt;`` has become ``<b>``.
    """
    return words(clean(html))


def words(cleaned: str) -> str:
    """Return the words of what :func:`clean` returned, like :func:`plain`, but without its work."""
    return fold(entities.unescape(_CLEAN_TAG.sub(_gap, cleaned)))


def fold(text: str) -> str:
    """Put a text on one line: printable characters, single spaces, none at the ends."""
    return " ".join(printable(text).split())


def summary(text: str, limit: int) -> str:
    """
    Shorten a plain text to at most ``limit`` characters, at the end of a word where one is near.

    A cut is marked with an ellipsis, which counts. Scripts without spaces are cut between letters.

    :raises ValueError: ``limit`` leaves no room for a character and the ellipsis.
    """
    if limit < 2:
        raise ValueError("a summary needs room for two characters")
    folded = fold(text)
    if len(folded) <= limit:
        return folded
    end = limit - 1
    space = folded.rfind(" ", end * 3 // 4, end + 1)
    if space > 0:
        end = space
    # An accent or the second half of a joined emoji stays with the character it belongs to.
    while end > 1 and _belongs_to_previous(folded, end):
        end -= 1
    return folded[:end].rstrip(" ,;:.") + "…"


def _cleaned_once(cleaner: nh3.Cleaner, html: str) -> str:
    # Only the markup this very cleaner wrote is matched here: in its text and its attributes
    # every "<" and ">" is an entity.
    cleaned = _PRE.sub(r"\1", printable(cleaner.clean(html)))
    return _EMPTY_LINK.sub(r"\1", _H1.sub(r"\1h2", cleaned))


def _gap(tag: re.Match[str]) -> str:
    return " " if tag[1] in _BLOCKS else ""


def _stripped(html: str) -> str:
    return fold(entities.unescape(_ANY_TAG.sub(" ", printable(html)[:MAX_CHARS])))


def _is_bounded(html: str) -> bool:
    return len(html) <= MAX_CHARS and sum(1 for _ in _TAG.finditer(html)) <= MAX_TAGS


def _belongs_to_previous(text: str, index: int) -> bool:
    return (
        unicodedata.category(text[index]).startswith("M")
        or "\u200d" in (text[index], text[index - 1])
        or "\U0001f3fb" <= text[index] <= "\U0001f3ff"
    )


def _cleaner(relative: Literal["deny"] | tuple[Literal["rewrite_with_base"], str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_KEPT,
        attributes=_ATTRIBUTES,
        attribute_filter=_within_bounds,
        link_rel=LINK_REL,
        url_schemes=_SCHEMES,
        url_relative=relative,
    )


def _within_bounds(tag: str, attribute: str, value: str) -> str | None:
    if attribute in {"colspan", "rowspan"} and not _SPAN.fullmatch(value):
        return None
    return value
