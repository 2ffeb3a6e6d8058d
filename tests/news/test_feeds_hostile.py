"""Documents that are no feeds, or that want more than to be read."""

from __future__ import annotations

import contextlib
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from xml.parsers import expat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.feeds import (
    MAX_BYTES,
    MAX_ITEMS,
    FeedDocument,
    FeedError,
    FeedRefused,
    FeedTooLarge,
    NotAFeed,
    parse,
)
from news.feeds.airlock import admit
from tests.core.test_html import judge
from village.core.html import clean, fold

pytestmark = pytest.mark.once
FEEDS = Path(__file__).parent.parent / "data" / "feeds"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def parsed(body: bytes) -> FeedDocument:
    return parse(body, content_type=None, base_url="https://paper.example/feed", now=NOW)


def read(name: str) -> FeedDocument:
    return parsed((FEEDS / name).read_bytes())


def rss(item: str) -> bytes:
    head = "<rss version='2.0'><channel><title>Bote</title><item>"
    return f"{head}{item}</item></channel></rss>".encode()


def filled(piece: str, size: int) -> str:
    return piece * (size // len(piece))


class TestOtherDocuments:
    @pytest.mark.parametrize(
        "name",
        ["page.html", "page.xhtml", "feed.json", "outline.opml.xml", "empty.xml", "blank.xml"],
    )
    def test_are_not_feeds(self, name: str) -> None:
        with pytest.raises(NotAFeed) as refused:
            read(name)
        assert refused.value.code == "news.not_a_feed"

    @pytest.mark.parametrize(
        "body",
        [
            b"\x00" * 100,
            b"\xff\xfe",
            b"\x89PNG\r\n\x1a\n",
            b"<",
            b"<rss",
            b"<rss/",
            b"<rss></rss><rss>",
            b"<channel><item/></channel>",
            b"<rss><item><title>half",
            b"<!doctype rss><rss><item/></rss>",
            b"<![CDATA[<rss><item/></rss>]]>",
            b"/etc/passwd",
            b"https://paper.example/feed",
        ],
    )
    def test_of_a_few_bytes_are_not_feeds(self, body: bytes) -> None:
        with pytest.raises(NotAFeed):
            parsed(body)

    def test_are_told_in_words(self) -> None:
        kinds = (NotAFeed, FeedTooLarge, FeedRefused)
        assert all(issubclass(kind, FeedError) and kind.words for kind in kinds)
        assert issubclass(FeedError, ValueError)
        assert len({kind.code for kind in kinds}) == len(kinds)


class TestEntities:
    @pytest.mark.parametrize(
        "name",
        ["entity_bomb.xml", "entity_bomb.utf_16.xml", "doctype.xml", "external_entity.xml"],
    )
    def test_are_refused_where_they_are_declared(self, name: str) -> None:
        with pytest.raises(FeedRefused) as refused:
            read(name)
        assert refused.value.code == "news.feed_refused"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
    def test_are_refused_in_any_encoding(self, encoding: str) -> None:
        text = (FEEDS / "external_entity.xml").read_text()
        with pytest.raises(FeedRefused):
            parsed(f"<?xml version='1.0'?>{text}".encode(encoding))

    def test_that_an_article_is_about_are_its_text(self) -> None:
        (item,) = read("doctype_in_text.xml").items
        assert item.title == "Wie beginnt eine Seite?"
        assert "<code>&lt;!DOCTYPE html&gt;</code>" in item.html


class TestScripts:
    def test_stay_outside(self) -> None:
        document = read("scripts.xml")
        assert (document.title, document.link) == ("Böse", "")
        evil, password = document.items
        assert evil.title == "Hallo Welt"
        assert evil.url == ""
        assert evil.author == "Mallory"
        assert evil.summary == "Text"
        assert "onclick" not in evil.html
        assert "style" not in evil.html
        assert "alert" not in evil.html
        assert "evil.example" not in evil.html
        assert 'href="https://paper.example/drei"' in evil.html
        assert password.url == ""


class TestSizes:
    def test_of_a_document_are_limited(self) -> None:
        with pytest.raises(FeedTooLarge) as refused:
            parsed(b"<" * (MAX_BYTES + 1))
        assert refused.value.code == "news.feed_too_large"

    def test_of_titles_keys_and_links_are_limited(self) -> None:
        document = read("giant_title.xml")
        (item,) = document.items
        assert (len(document.title), len(item.title)) == (300, 300)
        assert document.title.endswith("…")
        assert item.key.startswith("sha256:")
        assert len(item.author) <= 200
        assert item.url == "" or len(item.url) <= 2000

    def test_of_an_article_are_limited(self) -> None:
        (item,) = parsed(rss(f"<description>{filled('Wort ', 900_000)}</description>")).items
        assert 190_000 < len(item.html) <= 200_000
        assert len(item.summary) <= 400

    @pytest.mark.parametrize(("items", "cut"), [(MAX_ITEMS, False), (MAX_ITEMS + 1, True)])
    def test_in_items_are_limited(self, items: int, cut: bool) -> None:
        body = rss("</item><item>".join(f"<title>{number}</title>" for number in range(items)))
        document = parsed(body)
        assert (len(document.items), document.cut) == (MAX_ITEMS, cut)
        assert document.items[0].title == "0"
        assert not document.damaged

    def test_in_depth_are_limited(self) -> None:
        (item,) = read("deep_nesting.xml").items
        assert "Boden" in item.html
        assert item.html.count("<ul>") < 100


class TestStrangeShapes:
    @pytest.mark.parametrize(
        "item",
        [
            "<links a='b'/><link>x</link>",
            "<author><link>x</link></author>",
            "<title>a<title>b</title>c</title>",
            "<published_parsed a='b'/><title_detail a='b'/>",
            "<item><title>inner</title></item>",
            "<rss><channel><item/></channel></rss>",
            "<content type='application/octet-stream'>AAAA</content>",
            "<content type='base64'>%%%</content>",
            "<content mode='base64' type='text/html'>!</content>",
            "<content src='https://evil.example/'/>",
            "<source><title>other</title></source>",
            "<x:y/><a:b:c/><:/><_:_/>",
            "<dc:creator xmlns:dc='http:// x/'>Vera</dc:creator>",
            "<dc:creator xmlns:dc=''>Vera</dc:creator>",
            "<title xmlns:xml='x' xmlns:xmlns='y' xmlns:a='http://www.w3.org/2000/xmlns/'/>",
            "<link xml:base='http://[' href='x'/>",
            "<link HREF='x' href='y' Href='z'/>",
            "<description><div><p>not <b>escaped</b></p></div></description>",
            "<guid/><guid> </guid><pubDate/><author/>",
            "<title>]]&gt;</title><description>]]&gt;]]&gt;&lt;b&gt;</description>",
        ],
    )
    def test_are_read_or_left_out(self, item: str) -> None:
        document = parsed(rss(item))
        assert len(document.items) <= 1


# What each costs the parser behind, if it is let through: minutes, or the whole memory.
EXPENSIVE = {
    "mail addresses": "<author>" + "a" * 200_000 + "</author>",
    "mail addresses in many": ("<author>" + "a" * 150 + "</author>") * 1_300,
    "attributes": "<link " + " ".join(f"a{n}='1'" for n in range(20_000)) + "/>",
    "prefixes": "<title " + " ".join(f"xmlns:p{n}='u:{n}'" for n in range(10_000)) + "/>",
    "categories": "".join(f"<category>{n}</category>" for n in range(8_000)),
    "nested elements": "<a>" * 30_000 + "</a>" * 30_000,
    "nested markup": "<description>" + "<ul><li>" * 9_000 + "</li></ul>" * 9_000 + "</description>",
    "nested html": "<description>" + "&lt;ul>&lt;li>" * 14_000 + "</description>",
    "unclosed CDATA": "<title>x</title></item><item>" + "<![CDATA[" * 20_000 + "&nbsp;",
    "ampersands": "<title>x</title></item><item>" + "&a" * 100_000,
    "dates": ("<pubDate>" + "1 Jan 2003 " * 13 + "</pubDate>") * 1_300,
    "brackets": "<description>" + "&lt;" * 50_000 + "</description>",
    "numbers": "<ttl>" + "9" * 200_000 + "</ttl><title>&#" + "9" * 99_999 + ";</title>",
    "line breaks": "<content type='text'>" + "\n " * 100_000 + "</content>",
}


class TestCosts:
    @pytest.mark.parametrize("item", EXPENSIVE.values(), ids=EXPENSIVE.keys())
    def test_of_two_hundred_kilobytes_are_small(self, item: str) -> None:
        begun = time.perf_counter()
        with contextlib.suppress(NotAFeed):
            parsed(rss(item))
        assert time.perf_counter() - begun < 5

    def test_of_a_document_full_of_trees_are_bounded(self) -> None:
        tree = "<description>" + "&lt;ul>&lt;li>" * 999 + "Blatt</description>"
        items = [f"<title>{number}</title>{tree}" for number in range(60)]
        begun = time.perf_counter()
        document = parsed(rss("</item><item>".join(items)))
        assert time.perf_counter() - begun < 15
        assert "<ul>" in document.items[0].html
        assert [item.html for item in document.items[-20:]] == ["<p>Blatt</p>"] * 20

    def test_in_memory_are_bounded(self) -> None:
        body = rss("<description>" + "<b/>" * 3_000 + "</description>")
        tracemalloc.start()
        try:
            parsed(body)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 8 * 1024 * 1024


PIECES = [
    *("<rss version='2.0'>", "</rss>", "<channel>", "</channel>", "<item>", "</item>"),
    *("<feed xmlns='http://www.w3.org/2005/Atom'>", "</feed>", "<entry>", "</entry>"),
    *("<title>", "</title>", "<title type='xhtml'>", "<link>", "</link>", "<link href='/x'/>"),
    *("<guid>", "</guid>", "<id/>", "<pubDate>", "</pubDate>", "<updated>", "</updated>"),
    *("<author>", "</author>", "<name>", "</name>", "<dc:creator>", "</dc:creator>"),
    *("<description>", "</description>", "<content type='html'>", "</content>", "<body>"),
    *("<content:encoded>", "</content:encoded>", "<summary>", "</summary>", "<svg>", "<div>"),
    *("<a:b:c/>", "<x:title xmlns:x='u'/>", "<p xml:base='http://['>", "</p>", "<language>"),
    *("2003-12-31T23:59:60Z", "Mon, 32 Feb 2020", "99999-01-01", "de-AT", "Edda", "漢字", "5"),
    *("&auml;", "&", "&#0;", "&#xD800;", "&#99999999;", "&lt;b&gt;", "<![CDATA[", "]]>"),
    *("<!--", "-->", "<?x ?>", "\x00", "\x1b", "\u202e", "\ufffe", "<html>", "<", ">", "'"),
]


class TestAnything:
    @settings(max_examples=400, deadline=None)
    @given(
        st.sampled_from(["<rss><channel><item>", "<feed><entry>", "<rdf:RDF><item>", ""]),
        st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
        st.sampled_from(["</item></channel></rss>", "</entry></feed>", "</item></rdf:RDF>", ""]),
        st.sampled_from(["utf-8", "utf-16", "shift_jis"]),
    )
    def test_is_a_feed_or_a_clear_no(
        self, begin: str, middle: str, end: str, encoding: str
    ) -> None:
        body = (begin + middle + end).encode(encoding, "replace")
        try:
            document = parsed(body)
        except FeedError:
            return
        # What was handed on is well-formed, with all prefixes declared, for any other parser too.
        expat.ParserCreate(namespace_separator=" ").Parse(admit(body, None).xml, True)
        for item in document.items:
            judge(item.html)
            assert clean(item.html) == item.html
            assert item.title == fold(item.title)
            assert 0 < len(item.key) <= 255
            for text in (item.key, item.url, item.summary, item.author, item.html):
                text.encode()
            for moment in (item.published_at, item.updated_at):
                assert moment is None or moment.tzinfo is UTC

    @settings(max_examples=200, deadline=None)
    @given(
        st.sampled_from(sorted(path.name for path in FEEDS.iterdir())),
        st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4)), min_size=1, max_size=6),
    )
    def test_that_was_a_feed_once_is_one_or_a_clear_no(
        self, name: str, changes: list[tuple[float, bytes]]
    ) -> None:
        body = bytearray((FEEDS / name).read_bytes()[:4_000])
        for place, replacement in changes:
            begin = int(place * len(body))
            body[begin : begin + len(replacement)] = replacement
        try:
            parsed(bytes(body))
        except FeedError as refused:
            assert refused.code
