"""Feeds of real papers: every dialect is read, and says the same in ours."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from news.feeds import FeedDocument, FeedItem, NotAFeed, parse

pytestmark = pytest.mark.once
FEEDS = Path(__file__).parent.parent / "data" / "feeds"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SHARED = os.environ.get("VILLAGE_SHARED_DATA", "")


def read(
    name: str, content_type: str | None = None, base_url: str = "https://paper.example/feed"
) -> FeedDocument:
    body = (FEEDS / name).read_bytes()
    return parse(body, content_type=content_type, base_url=base_url, now=NOW)


def only(document: FeedDocument) -> FeedItem:
    (item,) = document.items
    return item


class TestDialects:
    def test_rss_of_lindental(self) -> None:
        document = read("lindental.rss.xml")
        assert document.title == "Lindentaler Bote"
        assert document.link == "https://bote.lindental.example/"
        assert (document.language, document.ttl_minutes) == ("de-de", 45)
        assert (document.damaged, document.cut) == (False, False)
        bridge, apples = document.items
        assert bridge.key == "bote-2026-0117"
        assert bridge.url == "https://bote.lindental.example/2026/bruecke?von=feed&nr=7"
        assert bridge.title == "Brücke an der Mühle ab Montag gesperrt"
        assert bridge.summary == "Der Bus hält in dieser Woche am Feuerwehrhaus."
        assert "<strong>Mühlbrücke</strong>" in bridge.html
        assert 'href="https://bote.lindental.example/haltestellen#feuerwehr"' in bridge.html
        assert "<img" not in bridge.html
        assert bridge.author == "Mia Brandt"
        assert bridge.published_at == datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
        assert bridge.updated_at is None
        assert bridge.language == "de-de"
        assert apples.key == apples.url == "https://bote.lindental.example/2026/aepfel"
        assert apples.title == "Äpfel & Birnen: wer hilft Edda beim Pflücken?"
        assert apples.html == "<p>Am Samstag um 10 Uhr, Leitern sind da.</p>"
        assert apples.author == "Redaktion"

    def test_atom_of_bergheim(self) -> None:
        document = read("bergheim.atom.xml")
        assert (document.title, document.language) == ("Bergheim Weekly", "en")
        assert document.link == "https://bergheim.example/news/"
        choir, pans = document.items
        assert choir.key == "tag:bergheim.example,2026:choir"
        assert choir.url == "https://bergheim.example/news/choir"
        assert choir.summary == "Rehearsals are on Wednesdays."
        assert "Come <b>as you are</b>" in choir.html
        assert 'href="https://bergheim.example/news/choir#songs"' in choir.html
        assert choir.author == "Otto Lang"
        assert choir.published_at == datetime(2026, 11, 18, 18, 30, tzinfo=UTC)
        assert choir.updated_at == datetime(2026, 11, 21, 10, tzinfo=UTC)
        assert pans.title == "1 < 2 Pfannen fürs Fest"
        assert pans.html == (
            "<p>Erste Zeile<br>zweite Zeile</p><p>Neuer Absatz mit &lt;Klammern&gt;.</p>"
        )
        assert pans.language == "de-at"
        assert pans.published_at == pans.updated_at == datetime(2026, 11, 20, 8, tzinfo=UTC)

    def test_rdf_of_tanigawa(self) -> None:
        document = read("tanigawa.rdf.xml")
        assert (document.title, document.language) == ("谷川村だより", "ja")
        fireworks, bus = document.items
        assert fireworks.key == "https://tanigawa.example/hanabi"
        assert fireworks.title == "花火大会 八月十日に開催"
        assert fireworks.summary == "雨の場合は翌日に延期します。"
        assert fireworks.author == "村役場"
        assert fireworks.published_at == datetime(2026, 8, 1, tzinfo=UTC)
        assert (bus.html, bus.summary) == ("", "")

    def test_a_quiet_paper_has_no_items(self) -> None:
        document = read("no_items.xml")
        assert (document.title, document.items) == ("Still", ())

    def test_prefixes_that_nobody_declared(self) -> None:
        item = only(read("undeclared_prefixes.xml"))
        assert (item.title, item.author, item.html) == ("Eins", "Vera", "<p>Ganz</p>")


class TestTitles:
    @pytest.mark.parametrize(
        ("feed", "title"),
        [
            ("<rss><item><title>{}</title></item></rss>", "Wozu dient das?"),
            (
                "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title type='text'>{}</title>"
                "</entry></feed>",
                "Wozu <blink>dient</blink> das?",
            ),
        ],
        ids=["rss", "atom"],
    )
    def test_are_markup_unless_the_feed_says_they_are_not(self, feed: str, title: str) -> None:
        body = feed.format("Wozu &lt;blink>dient&lt;/blink> das?").encode()
        assert only(parse(body, content_type=None, base_url="", now=NOW)).title == title


class TestEncodings:
    @pytest.mark.parametrize(
        ("name", "title"),
        [
            ("shift_jis.xml", "谷川村だより: 髙橋さんの柿①を配ります"),
            ("euc_jp.xml", "谷川村だより: 柿を配ります"),
            ("iso_2022_jp.xml", "谷川村だより: 柿を配ります"),
            ("latin_1.xml", "Lindentaler Bote: Glühwein für 3 € – schön"),
            ("utf_16.xml", "Lindentaler Bote: Glühwein für 3 €"),
        ],
    )
    def test_are_known(self, name: str, title: str) -> None:
        document = read(name, "application/rss+xml")
        assert only(document).title == title
        assert not document.damaged

    @pytest.mark.parametrize("claim", ["text/xml", "text/xml; charset=iso-8859-1", "text/html"])
    def test_claimed_wrongly_by_the_server_do_no_harm(self, claim: str) -> None:
        assert "Brücke an der Mühle" in read("lindental.rss.xml", claim).items[0].title

    def test_told_by_the_server_alone_are_believed(self) -> None:
        body = (FEEDS / "shift_jis.xml").read_bytes().replace(b' encoding="Shift_JIS"', b"")
        document = parse(body, content_type='text/xml; charset="Shift_JIS"', base_url="", now=NOW)
        assert document.title == "谷川村だより"

    @pytest.mark.parametrize("claim", [b"zip", b"idna", b"unicode_escape", b"utf-7", b"x" * 40])
    def test_that_are_none_are_not_tried(self, claim: bytes) -> None:
        body = (FEEDS / "latin_1.xml").read_bytes().replace(b"ISO-8859-1", claim)
        assert "Glühwein" in only(parse(body, content_type=None, base_url="", now=NOW)).title

    def test_cut_within_a_letter_are_still_read(self) -> None:
        body = (FEEDS / "lindental.rss.xml").read_bytes()
        last = body.rindex("ü".encode()) + 1
        document = parse(body[:last], content_type=None, base_url="", now=NOW)
        assert document.damaged
        assert only(document).title == "Brücke an der Mühle ab Montag gesperrt"

    def test_with_a_broken_letter_lose_only_that(self) -> None:
        body = (FEEDS / "shift_jis.xml").read_bytes().replace(b"\x8a\x60", b"\x8a\xff")
        document = parse(body, content_type=None, base_url="", now=NOW)
        assert document.damaged
        assert document.title == "谷川村だより"


class TestNamesOfItems:
    def test_are_their_guid_their_link_or_what_they_say(self) -> None:
        linked, titled, texted = read("no_dates_no_guids.xml").items
        assert linked.key == "https://paper.example/a"
        assert titled.key.startswith("sha256:")
        assert texted.key.startswith("sha256:")
        assert titled.key != texted.key
        assert texted.title == ""

    def test_outlive_a_correction_of_the_text(self) -> None:
        body = (FEEDS / "no_dates_no_guids.xml").read_bytes()
        corrected = body.replace(b"zwei", b"drei")
        (_, before, _), (_, after, _) = (
            parse(one, content_type=None, base_url="", now=NOW).items for one in (body, corrected)
        )
        assert before.key == after.key
        assert before.content_hash != after.content_hash

    def test_given_twice_are_one_item_the_newest_or_the_first(self) -> None:
        titles = {item.key: item.title for item in read("same_guids.xml").items}
        assert titles == {"a": "Neu ohne Datum", "b": "Berichtigung", "c": "Anderes"}

    def test_stay_the_same_when_the_feed_moves(self) -> None:
        first = read("relative_links.xml", base_url="https://paper.example/feed")
        moved = read("relative_links.xml", base_url="https://elsewhere.example/feed")
        assert [item.key for item in first.items] == [item.key for item in moved.items]

    def test_hash_only_what_a_reader_sees(self) -> None:
        body = (FEEDS / "lindental.rss.xml").read_bytes()
        redated = body.replace(b"20 Nov 2026", b"21 Nov 2026")
        before, after = (
            parse(one, content_type=None, base_url="", now=NOW).items[0] for one in (body, redated)
        )
        assert before.content_hash == after.content_hash
        assert before.published_at != after.published_at


class TestDates:
    def test_are_aware_and_in_utc_or_none(self) -> None:
        dates = {item.title: item.published_at for item in read("strange_dates.xml").items}
        eight = datetime(2026, 11, 20, 8, tzinfo=UTC)
        assert dates == {
            "morgen früh": datetime(2026, 11, 23, 6, tzinfo=UTC),
            "nächstes Jahr": None,
            "leer": None,
            "Unsinn": None,
            "32. Tag": None,
            "Jahr 99999": None,
            "ohne Zone": eight,
            "amerikanisch": eight,
            "nur geändert": eight,
        }

    def test_of_tomorrow_are_tolerated_for_a_day(self) -> None:
        body = (FEEDS / "strange_dates.xml").read_bytes()
        edge = datetime(2026, 11, 23, 6, tzinfo=UTC) - timedelta(days=1)
        at_edge = parse(body, content_type=None, base_url="", now=edge)
        before = parse(body, content_type=None, base_url="", now=edge - timedelta(seconds=1))
        assert at_edge.items[0].published_at is not None
        assert before.items[0].published_at is None


class TestLinks:
    def test_are_resolved_against_the_feeds_address(self) -> None:
        document = read("relative_links.xml", base_url="https://paper.example/rss/feed.xml")
        assert document.link == "https://paper.example/bote/"
        one, two = document.items
        assert one.url == "https://paper.example/rss/eins.html"
        assert 'href="https://paper.example/rss/bild.html"' in one.html
        assert 'href="https://paper.example/oben"' in one.html
        assert 'href="https://andere.example/c"' in one.html
        assert two.url == "https://andere.example/zwei%20mit%20platz"

    @pytest.mark.parametrize("base_url", ["", "https://[", "https://a b/", "ftp://paper.example/"])
    def test_without_a_usable_address_are_dropped(self, base_url: str) -> None:
        document = read("relative_links.xml", base_url=base_url)
        assert document.items[0].url == ""
        assert "bild.html" not in document.items[0].html


class TestDamage:
    def test_after_the_first_item_keeps_that(self) -> None:
        document = read("truncated.xml")
        assert document.damaged
        assert only(document).key == "bote-2026-0117"
        assert document.title == "Lindentaler Bote"

    def test_at_any_byte_keeps_whole_items_or_says_so(self) -> None:
        body = (FEEDS / "lindental.rss.xml").read_bytes()
        ends = [body.index(b"</item>") + 7, body.rindex(b"</item>") + 7]
        for end in range(0, len(body), 13):
            whole = sum(end >= one for one in ends)
            try:
                document = parse(body[:end], content_type=None, base_url="", now=NOW)
            except NotAFeed:
                assert whole == 0
            else:
                assert document.damaged
                assert len(document.items) == whole

    def test_by_ampersands_and_entities_is_mended(self) -> None:
        document = read("stray_ampersands.xml")
        item = only(document)
        assert document.damaged
        assert document.title == "Obst & Gemüse"
        assert item.title == "Äpfel & Birnen frisch ä&bogus; <b>"
        assert item.html == "Kaffee &amp; Kuchen &amp; Milch"
        assert item.url == "https://paper.example/?a=1&b=2&copy=3"

    def test_around_the_document_is_ignored(self) -> None:
        document = read("warning_before.xml")
        assert only(document).title == "Da"

    def test_by_control_characters_is_removed(self) -> None:
        document = read("control_characters.xml")
        item = only(document)
        assert (document.title, item.title, item.key) == ("Zeichen", "Rot [31mgpj.exe", "ab")
        assert item.html == "Text"


@pytest.mark.skipif(not SHARED, reason="VILLAGE_SHARED_DATA does not name a folder of real feeds")
class TestRealFeeds:
    @pytest.mark.parametrize("path", sorted(Path(SHARED).glob("feeds/*.xml")), ids=lambda p: p.name)
    def test_are_read_whole_and_fast(self, path: Path) -> None:
        begun = time.perf_counter()
        document = parse(
            path.read_bytes(), content_type=None, base_url="https://paper.example/", now=NOW
        )
        assert time.perf_counter() - begun < 2
        assert document.items
        assert (document.damaged, document.cut) == (False, False)
        for item in document.items:
            assert item.title
            assert item.url
            assert item.html
            assert item.published_at
