"""The airlock: what a feed parser never gets to see."""

from __future__ import annotations

from xml.parsers import expat

import pytest

from news.feeds.airlock import Admitted, admit

pytestmark = pytest.mark.once


def admitted(item: str, *, encoding: str = "utf-8") -> str:
    """Send an item through, and return what another XML parser makes of the copy."""
    return copied(item, encoding=encoding).xml.decode()


def copied(item: str, *, encoding: str = "utf-8") -> Admitted:
    body = f"<rss version='2.0'><channel><item>{item}</item></channel></rss>"
    copy = admit(body.encode(encoding), f"text/xml; charset={encoding}")
    expat.ParserCreate(namespace_separator=" ").Parse(copy.xml, True)
    return copy


class TestWhatAParserNeverSees:
    @pytest.mark.parametrize(
        "item",
        [
            "<category>Verkehr</category><geo:point/><comments>3</comments>",
            "<media:title>Bild</media:title><media:description>Bild</media:description>",
            "<itunes:summary>Ton</itunes:summary><itunes:author>Ton</itunes:author>",
            "<source><title>Andere</title></source><contributor><name>x</name></contributor>",
            "<name>Tom</name><email>tom@lindental.example</email>",
            "<item><title>innen</title></item><channel/><rss/><feed/>",
            "<published_parsed a='b'/><links a='b'/>",
            "<!-- comment --><?instruction x?>",
        ],
    )
    def test_is_what_no_feed_needs(self, item: str) -> None:
        xml = admitted(item + "<title>Bus</title>")
        expected = "<item><title>Bus</title></item>"
        assert xml.endswith(f"<channel>{expected}</channel></rss>")

    def test_are_elements_within_a_plain_one(self) -> None:
        assert "<guid>ac</guid>" in admitted("<guid>a<link>b</link>c</guid>")
        assert "<author><name>Tom</name></author>" in admitted(
            "<author><link/><name>Tom</name></author>"
        )

    def test_are_attributes_that_act(self) -> None:
        xml = admitted("<link href='x' onclick='y' style='z' rel='self' x:y='z' XML:lang='de'/>")
        assert '<link href="x" rel="self">' in xml


class TestBounds:
    def test_of_namesakes_are_of_each_item(self) -> None:
        links = "<link>x</link>" * 20
        xml = admitted(f"{links}</item><item>{links}")
        assert xml.count("<link>") == 16

    def test_of_elements_end_the_copy_with_a_whole_item(self) -> None:
        copy = copied("<title>eins</title></item><item><description>" + "<b/>" * 100_000)
        assert (copy.items, copy.cut, copy.damaged) == (1, True, False)
        assert copy.xml.endswith(b"<title>eins</title></item></channel></rss>")

    def test_of_attributes_are_of_each_element(self) -> None:
        spellings = [f"{'HREF'[:n]}{'href'[n:]}" for n in range(5)]
        spellings += [f"{'COLSPAN'[:n]}{'colspan'[n:]}" for n in range(1, 8)]
        spellings += [f"{'VERSION'[:n]}{'version'[n:]}" for n in range(1, 8)]
        xml = admitted("<link " + " ".join(f"{name}='x'" for name in spellings) + "/>")
        assert xml.count('="x"') == 16

    def test_of_prefixes_are_of_the_document(self) -> None:
        declared = " ".join(f"xmlns:p{number}='u:{number}'" for number in range(40))
        xml = admitted(f"<title {declared}/><p39:link>x</p39:link><p1:guid>y</p1:guid>")
        assert xml.count("xmlns:") == 24

    def test_of_depth_drop_tags_and_keep_words(self) -> None:
        xml = admitted("<description>" + "<ul>" * 500 + "Wort" + "</ul>" * 500 + "</description>")
        assert 30 < xml.count("<ul>") == xml.count("</ul>") < 70
        assert "Wort" in xml

    @pytest.mark.parametrize(
        ("element", "room"),
        [("author", 150), ("pubDate", 150), ("link", 2_000), ("title", 2_000), ("body", 200_000)],
    )
    def test_of_text_are_of_each_element(self, element: str, room: int) -> None:
        # Every line reaches the copy by itself.
        xml = admitted(f"<{element}>" + "x\n" * room + f"</{element}>")
        assert len(xml.partition(f"<{element}>")[2].partition("</")[0]) == room


class TestTheCopy:
    @pytest.mark.parametrize(
        "item",
        [
            "<dc:creator>undeclared</dc:creator>",
            "<dc:creator xmlns:dc='http:// x/'>space</dc:creator>",
            "<dc:creator xmlns:dc=''>empty</dc:creator>",
            "<dc:creator xmlns:dc='http://www.w3.org/2000/xmlns/'>reserved</dc:creator>",
            "<dc:creator xmlns:dc='http://www.w3.org/XML/1998/namespace'>reserved</dc:creator>",
            "<creator xmlns='http://www.w3.org/2000/xmlns/'>reserved</creator>",
            "<creator xmlns:xml='http://example.org/'>rebound</creator>",
            "<creator xmlns:xmlns='http://example.org/'>rebound</creator>",
            "<creator xmlns:a:b='http://example.org/'>two colons</creator>",
            "<a:b:creator xmlns:a='http://example.org/'>two colons</a:b:creator>",
            "<creator rdf:about='x' a:href='y'>attributes</creator>",
            "<creator>]]&gt;]]&gt;&lt;&amp;</creator>",
            "<title>]]&gt;]]&gt;&lt;&amp;</title>",
            "<description>a]]&gt;<b>]]&gt;</b><x:y/><z:z z:z='z'/>]]&gt;</description>",
            "<link href='&quot;&lt;&amp;&#10;'>quotes</link>",
            "<title>\U0001f33b &#x1F33B; &#9; \u00a0</title>",
        ],
    )
    def test_is_well_formed_with_every_prefix_declared(self, item: str) -> None:
        assert copied(item).items == 1

    def test_keeps_the_brackets_of_a_text(self) -> None:
        texts: list[str] = []
        parser = expat.ParserCreate()
        parser.CharacterDataHandler = texts.append
        parser.Parse(copied("<title>]]&gt; &lt;b&gt; &amp;amp; ]]&gt;</title>").xml, True)
        assert "".join(texts) == "]]> <b> &amp; ]]>"

    def test_mends_entities_in_attributes(self) -> None:
        xml = admitted('<link href="?a=1&b=2&QUOT;&apos;&auml;&#34;&#x0;"/>')
        assert """<link href="?a=1&amp;b=2&quot;'ä&quot;">""" in xml

    def test_knows_the_letters_a_superset_adds(self) -> None:
        body = "<?xml version='1.0' encoding='gb2312'?><rss><item><title>镕</title></item></rss>"
        assert "镕" in admit(body.encode("gb18030"), None).xml.decode()

    def test_takes_a_letter_cut_in_half_for_utf_8_whoever_claims_what(self) -> None:
        body = "<rss><item><title>Brücke</title></item><item><title>Mü".encode()[:-1]
        copy = admit(body, "text/xml; charset=iso-8859-1")
        assert "Brücke" in copy.xml.decode()
        assert copy.damaged
