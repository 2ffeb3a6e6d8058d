"""Other people's HTML: nothing of it may act, and its words stay."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.markup import VECTORS
from village.core.html import (
    LINK_REL,
    MAX_CHARS,
    MAX_TAGS,
    clean,
    fold,
    plain,
    printable,
    summary,
    words,
)

pytestmark = pytest.mark.once
_ALLOWED_NAMES = (
    "a abbr address article b blockquote br caption cite code dd del details dfn div dl dt em "
    "figcaption figure h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q rp rt ruby s section small "
    "strong sub summary sup table tbody td tfoot th thead tr u ul"
)
_ALLOWED_TAGS = set(_ALLOWED_NAMES.split())
_ALLOWED_ATTRIBUTES = {
    "a": {"href", "lang", "rel"},
    "abbr": {"title", "lang"},
    "td": {"colspan", "rowspan", "lang"},
    "th": {"colspan", "rowspan", "lang"},
}


class Judge(HTMLParser):
    """Read what was cleaned with another parser than cleaned it."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _ALLOWED_TAGS
        assert {name for name, _ in attrs} <= _ALLOWED_ATTRIBUTES.get(tag, {"lang"})
        values = dict(attrs)
        if tag == "a":
            assert values["rel"] == LINK_REL
        assert re.match(r"(?:https?|mailto|tel):", values.get("href") or "https:")
        assert re.fullmatch(r"[1-9][0-9]?", values.get("colspan") or "1")

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


def judge(cleaned: str) -> None:
    reader = Judge(convert_charrefs=True)
    reader.feed(cleaned)
    reader.close()


FRAGMENTS = st.sampled_from(
    [
        *VECTORS,
        *(f"<{tag}>" for tag in sorted(_ALLOWED_TAGS)),
        *(f"</{tag}>" for tag in sorted(_ALLOWED_TAGS)),
        *("<h1>", "</h1>", "<svg>", "<math>", "<mtext>", "<noscript>", "<template>", "<select>"),
        *("<a href='https://x.example/?a=1&b=2'>", "<abbr title='<h1>'>", "<pre lang=de>"),
        *("<!--", "-->", "<![CDATA[", "]]>", "&lt;", "&#60;", "&amp;", "&nbsp;", "&#0;", "&#13;"),
        *("<", ">", "/", '"', "'", "&", "\n", "\r", "\x0c", "\x00", " ", "\u00a0", "漢字", "x"),
    ]
)


class TestCleaning:
    @pytest.mark.parametrize("vector", VECTORS)
    def test_leaves_nothing_that_acts(self, vector: str) -> None:
        cleaned = clean(vector)
        judge(cleaned)
        assert clean(cleaned) == cleaned

    def test_knows_many_vectors(self) -> None:
        assert len(set(VECTORS)) >= 100

    @settings(max_examples=400, deadline=None)
    @given(st.lists(FRAGMENTS | st.text(max_size=5), max_size=20).map("".join))
    @example("<dt><table><dt>")
    @example("<pre>\n\n\nx</pre>")
    @example("<pre>&#13;\n\n</pre>")
    def test_of_what_is_clean_changes_nothing(self, html: str) -> None:
        cleaned = clean(html, base="https://x.example/")
        judge(cleaned)
        assert clean(cleaned) == cleaned

    def test_keeps_what_a_news_item_needs(self) -> None:
        article = (
            '<h2>Brücke gesperrt</h2><p lang="de">Ab <b>Montag</b>, siehe <a href="https://'
            'lindental.example/bruecke?a=1&amp;b=2" rel="noopener nofollow ugc">Plan</a>.</p>'
            '<ul><li>Bus 7</li></ul><table><tbody><tr><td colspan="2">8 Uhr</td></tr></tbody>'
            "</table><ruby>花火<rt>はなび</rt></ruby>"
        )
        assert clean(article) == article

    def test_finds_hidden_characters_behind_their_numbers(self) -> None:
        assert clean("a&#x202e;b&#13;&#1;c") == "ab\nc"

    def test_makes_room_for_the_pages_own_heading(self) -> None:
        assert clean("<h1 id=top>Fest</h1>") == "<h2>Fest</h2>"

    def test_drops_links_around_pictures(self) -> None:
        linked = '<p>vor <a href="https://x.example/"> <img src=x> </a>nach</p>'
        assert clean(linked) == "<p>vor   nach</p>"

    def test_resolves_relative_links_if_it_knows_the_page(self) -> None:
        cleaned = clean("<a href='../fest'>Fest</a>", base="https://x.example/news/2026/")
        assert 'href="https://x.example/news/fest"' in cleaned
        assert "href" not in clean("<a href='../fest'>Fest</a>")

    @pytest.mark.parametrize("base", ["http://a b/", "http://1.2.3.4.5/", "https://x:99999/", "x"])
    def test_drops_relative_links_of_a_page_that_cannot_be(self, base: str) -> None:
        assert "href" not in clean("<a href='../fest'>Fest</a>", base=base)

    def test_never_links_into_scripts_of_the_page(self) -> None:
        cleaned = clean("<a href='javascript:alert(1)'>x</a>", base="https://x.example/")
        assert "href" not in cleaned

    @pytest.mark.parametrize(
        "huge",
        [
            "<ul><li>" * (MAX_TAGS // 2),
            "<ul><li>" * MAX_TAGS * 4,
            "<div>" * (MAX_TAGS // 2) + "<p>" * (MAX_TAGS // 2),
            "".join(f"<b lang={number}>" for number in range(MAX_TAGS // 2)) + "<p>x" * 2000,
            "<b>" * 2000 + "</p>" * 2000,
            "<table>" * MAX_TAGS,
            "<" * MAX_CHARS,
            "&" * MAX_CHARS * 2,
            "<a " + "x=1 " * (MAX_CHARS // 5) + ">",
            "<!--" * MAX_CHARS,
            "<p>Wort</p>" * MAX_TAGS,
        ],
        ids=range(11),
    )
    def test_is_soon_done_with_any_text(self, huge: str) -> None:
        begun = time.perf_counter()
        cleaned = clean(huge)
        assert time.perf_counter() - begun < 4
        judge(cleaned)
        assert len(cleaned) <= MAX_CHARS
        assert clean(cleaned) == cleaned

    def test_keeps_the_words_of_a_text_with_too_many_tags(self) -> None:
        assert clean("<p>Wort &amp; <b>Tat</b></p>" * MAX_TAGS).startswith("Wort &amp; Tat Wort")


class TestPlainWords:
    @pytest.mark.parametrize(
        ("html", "text"),
        [
            ("<p>Ein</p><p>Satz</p>", "Ein Satz"),
            ("Ein<br>Satz", "Ein Satz"),
            ("<b>Ein</b>e <i>Sil</i>be", "Eine Silbe"),
            ("  viel \n\t  Platz\u3000\u00a0hier ", "viel Platz hier"),
            ("Tom &amp; Edda", "Tom & Edda"),
            ("1 &lt; 2 und 3 > 2", "1 < 2 und 3 > 2"),
            ("&lt;script&gt;", "<script>"),
            ("a<script>alert(1)</script>b<style>p{}</style>", "ab"),
            ("<ruby>花火<rt>はなび</rt></ruby>", "花火はなび"),
            ("<img alt='Bild'>", ""),
            ("", ""),
        ],
    )
    def test_are_what_a_reader_sees(self, html: str, text: str) -> None:
        assert plain(html) == text
        assert words(clean(html)) == text

    @settings(max_examples=200, deadline=None)
    @given(st.lists(FRAGMENTS | st.text(max_size=5), max_size=12).map("".join))
    def test_stand_on_one_line(self, html: str) -> None:
        text = plain(html)
        assert text == fold(text)
        text.encode()

    def test_hold_no_hidden_characters(self) -> None:
        assert printable("a\x00b\x1b[31m\u202ec\ud800\r\nd\re\ufeff") == "ab[31mc\nd\ne"

    def test_keep_the_joiners_of_emoji(self) -> None:
        assert fold("👩\u200d🌾") == "👩\u200d🌾"


class TestSummary:
    def test_of_a_short_text_is_the_text(self) -> None:
        assert summary(" Fest  am Samstag ", 20) == "Fest am Samstag"

    def test_ends_with_a_word(self) -> None:
        assert summary("Das Fest ist am Samstag", 17) == "Das Fest ist am…"

    def test_ends_within_a_word_that_is_too_long(self) -> None:
        assert summary("Feuerwehrgerätehauseinweihung", 10) == "Feuerwehr…"

    def test_ends_between_letters_where_there_are_no_spaces(self) -> None:
        assert summary("花火大会は八月に行われます", 6) == "花火大会は…"

    def test_leaves_no_comma_before_the_dots(self) -> None:
        assert summary("Brot, Käse, Wein", 12) == "Brot, Käse…"

    def test_tears_no_character_apart(self) -> None:
        assert summary("e\u0301" * 10, 6) == "e\u0301e\u0301…"
        assert summary("👩\u200d🌾👩\u200d🌾", 5) == "👩\u200d🌾…"
        assert summary("👍🏽👍🏽👍🏽", 4) == "👍🏽…"

    @given(st.text(max_size=60), st.integers(2, 40))
    def test_is_never_longer_than_allowed(self, text: str, limit: int) -> None:
        assert len(summary(text, limit)) <= limit

    def test_needs_some_room(self) -> None:
        with pytest.raises(ValueError, match="room"):
            summary("Fest", 1)
