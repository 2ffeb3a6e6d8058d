"""CAP 1.2 read and written: nothing is lost on the way, and nothing hostile gets in."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from village.alerts import cap

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))
# Written after the shape of the standard's own examples, about a village of ours.
FLOOD = b"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>hnd-4711</identifier><sender>warnung@hnd.example</sender>
  <sent>2026-11-22T11:45:00+01:00</sent><status>Actual</status><msgType>Alert</msgType>
  <scope>Public</scope>
  <info>
    <language>de-DE</language><category>Met</category><event>Hochwasser</event>
    <responseType>Prepare</responseType><urgency>Expected</urgency><severity>Severe</severity>
    <certainty>Likely</certainty>
    <eventCode><valueName>PROFILE:CAP-DE</valueName><value>flood</value></eventCode>
    <expires>2026-11-23T06:00:00+01:00</expires><headline>Die Linde steigt</headline>
    <description>Bis Mitternacht steigt die Linde auf 2,40 m.</description>
    <instruction>Bitte gehen Sie nicht ans Ufer.</instruction>
    <area>
      <areaDesc>Lindental</areaDesc>
      <polygon>50.00,11.48 50.00,11.53 50.03,11.53 50.03,11.48 50.00,11.48</polygon>
      <circle>50.015,11.508 4.5</circle>
      <geocode><valueName>AGS</valueName><value>09477000</value></geocode>
    </area>
  </info>
</alert>"""

texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=40
).map(str.strip)
lines = texts.filter(bool)
names = st.text("abcdefghijkXYZ0123456789.@:_-äß", min_size=1, max_size=20)
moments = st.integers(946_684_800, 4_102_444_800).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)
degrees = st.integers(-89_999_999, 89_999_999).map(lambda number: number / 1_000_000)
points = st.tuples(degrees, degrees)
polygons = st.lists(points, min_size=3, max_size=6).map(lambda ring: (*ring, ring[0]))
named = st.builds(cap.Named, lines, texts)


def many(values: st.SearchStrategy, *, least: int = 0) -> st.SearchStrategy:  # type: ignore[type-arg]
    return st.lists(values, min_size=least, max_size=3).map(tuple)


heights = st.one_of(
    st.just((None, None)),
    st.tuples(st.integers(0, 9000).map(float), st.one_of(st.none(), st.just(9000.0))),
)
areas = st.builds(
    lambda height, **given: cap.Area(altitude=height[0], ceiling=height[1], **given),
    heights,
    description=lines,
    polygons=many(polygons),
    circles=many(st.builds(cap.Circle, points, degrees.map(abs))),
    geocodes=many(named),
)
resources = st.builds(
    cap.Resource,
    lines,
    lines,
    size=st.none() | st.integers(0, 10**8),
    uri=texts,
    deref_uri=texts,
    digest=texts,
)
infos = st.builds(
    cap.Info,
    categories=many(st.sampled_from(cap.Category), least=1),
    event=lines,
    urgency=st.sampled_from(cap.Urgency),
    severity=st.sampled_from(cap.Severity),
    certainty=st.sampled_from(cap.Certainty),
    language=st.sampled_from(["de", "de-DE", "en-US", "ja"]),
    responses=many(st.sampled_from(cap.ResponseType)),
    audience=texts,
    event_codes=many(named),
    effective=st.none() | moments,
    onset=st.none() | moments,
    expires=st.none() | moments,
    sender_name=texts,
    headline=texts,
    description=texts,
    instruction=texts,
    web=texts,
    contact=texts,
    parameters=many(named),
    resources=many(resources),
    areas=many(areas),
)
messages = st.builds(
    cap.Message,
    identifier=names,
    sender=names,
    sent=moments,
    status=st.sampled_from(cap.Status),
    msg_type=st.sampled_from(cap.MsgType),
    scope=st.sampled_from(cap.Scope),
    source=texts,
    restriction=lines,
    addresses=lines,
    codes=many(lines),
    note=texts,
    references=many(st.builds(cap.Reference, names, names, moments), least=1),
    incidents=texts,
    infos=many(infos),
)


def said(old: str, new: str = "") -> bytes:
    """Give the flood with something said otherwise."""
    assert old.encode() in FLOOD
    return FLOOD.replace(old.encode(), new.encode())


class TestReading:
    def test_understands_a_warning(self) -> None:
        flood = cap.read(FLOOD)
        assert (flood.identifier, flood.sender) == ("hnd-4711", "warnung@hnd.example")
        assert flood.sent == datetime(2026, 11, 22, 10, 45, tzinfo=UTC)
        assert flood.status is cap.Status.ACTUAL
        [info] = flood.infos
        assert (info.severity, info.urgency) == (cap.Severity.SEVERE, cap.Urgency.EXPECTED)
        assert info.headline == "Die Linde steigt"
        assert info.areas[0].circles == (cap.Circle((50.015, 11.508), 4.5),)
        assert info.areas[0].geocodes == (cap.Named("AGS", "09477000"),)

    def test_takes_a_moment_with_z_and_fractions_as_it_is_meant(self) -> None:
        at = cap.read(said("2026-11-22T11:45:00+01:00", "2026-11-22T10:45:00.123Z")).sent
        assert at == datetime(2026, 11, 22, 10, 45, tzinfo=UTC)

    def test_passes_over_a_signature(self) -> None:
        signed = said(
            "</alert>",
            '<s:Signature xmlns:s="http://www.w3.org/2000/09/xmldsig#"><s:A/></s:Signature></alert>',
        )
        assert cap.read(signed) == cap.read(FLOOD)

    @pytest.mark.parametrize(
        ("old", "new", "where"),
        [
            ("<identifier>hnd-4711</identifier>", "", "identifier"),
            ("hnd-4711", "hnd 4711", "identifier"),
            ("hnd-4711", "hnd,4711", "identifier"),
            ("warnung@hnd.example", "a&lt;b", "sender"),
            ("2026-11-22T11:45:00+01:00", "yesterday", "sent"),
            ("2026-11-22T11:45:00+01:00", "2026-11-22T11:45:00", "sent"),
            ("2026-11-22T11:45:00+01:00", "2026-02-30T11:45:00+01:00", "sent"),
            ("<status>Actual</status>", "<status>Real</status>", "status"),
            ("<scope>Public</scope>", "", "scope"),
            ("<scope>Public</scope>", "<scope>Restricted</scope>", "restriction"),
            ("<scope>Public</scope>", "<scope>Private</scope>", "addresses"),
            ("<msgType>Alert</msgType>", "<msgType>Update</msgType>", "references"),
            ("<scope>", "<references>a,b</references><scope>", "references"),
            ("<scope>", "<sender>twice@example</sender><scope>", "sender"),
            ("<scope>", "<colour>red</colour><scope>", "colour"),
            ("<category>Met</category>", "", "category"),
            ("<event>Hochwasser</event>", "", "event"),
            ("<event>Hochwasser</event>", "<event><b>Hochwasser</b></event>", "event"),
            ("de-DE", "Deutsch!", "language"),
            ("<areaDesc>Lindental</areaDesc>", "", "areaDesc"),
            ("50.03,11.48 50.00,11.48", "50.03,11.48", "polygon"),
            ("50.00,11.53 50.03,11.53 50.03,11.48 ", "", "polygon"),
            ("50.00,11.53", "50.00,211.53", "polygon"),
            ("50.00,11.53", "nan,11.53", "polygon"),
            ("50.015,11.508 4.5", "50.015,11.508 -1", "circle"),
            ("50.015,11.508 4.5", "50.015 11.508 4.5", "circle"),
            ("</circle>", "</circle><ceiling>100</ceiling>", "ceiling"),
            ("cap:1.2", "cap:9.9", "alert"),
        ],
    )
    def test_refuses_what_breaks_the_standard(self, old: str, new: str, where: str) -> None:
        with pytest.raises(cap.CapRefused) as refused:
            cap.read(said(old, new))
        assert refused.value.where == where


class TestHostileDocuments:
    @pytest.mark.parametrize(
        "document",
        [
            b"",
            b"<alert",
            b"\x00" * 100,
            b"<html><body>Not found</body></html>",
            b'<!DOCTYPE a [<!ENTITY x "y">]>' + FLOOD.partition(b"?>")[2],
            b'<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><a>&b;</a>',
            b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
            b'<?xml version="1.0" encoding="klingon"?><a/>',
            b'<?xml version="1.0" encoding="utf-7"?><a/>',
            FLOOD[: len(FLOOD) // 2],
            FLOOD + b"<more/>",
            b"<a>" * 60_000,
        ],
    )
    def test_is_refused_with_words(self, document: bytes) -> None:
        with pytest.raises(cap.CapRefused):
            cap.read(document)

    def test_is_not_even_parsed_when_it_is_too_large(self) -> None:
        with pytest.raises(cap.CapRefused, match="more than"):
            cap.read(FLOOD + b" " * cap.MAX_BYTES)

    def test_is_refused_for_endless_points(self) -> None:
        with pytest.raises(cap.CapRefused, match="points"):
            cap.read(said("50.00,11.48 50.00,11.53", "50.00,11.48 " + "1,1 " * 25_000))

    @given(st.binary(max_size=300))
    @settings(max_examples=EXAMPLES)
    def test_of_any_bytes_is_an_answer(self, document: bytes) -> None:
        with pytest.raises(cap.CapRefused):
            cap.read(document)

    @given(st.integers(0, len(FLOOD) - 1), st.integers(0, 255))
    @settings(max_examples=EXAMPLES)
    def test_with_one_wrong_byte_is_read_or_refused(self, place: int, byte: int) -> None:
        try:
            cap.read(FLOOD[:place] + bytes([byte]) + FLOOD[place + 1 :])
        except cap.CapRefused:
            return


class TestRoundTrip:
    @given(messages)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    def test_loses_nothing(self, message: cap.Message) -> None:
        assert cap.read(cap.write(message)) == message

    def test_writes_moments_as_the_standard_asks(self) -> None:
        berlin = timezone(timedelta(hours=1))
        message = cap.read(FLOOD)
        assert b"<sent>2026-11-22T10:45:00-00:00</sent>" in cap.write(message)
        there = cap.Reference("a", "b", message.sent.astimezone(berlin))
        assert cap.reference_as_text(there) == "a,b,2026-11-22T11:45:00+01:00"

    def test_refuses_to_write_what_nobody_could_read(self) -> None:
        message = cap.read(FLOOD)
        object.__setattr__(message, "note", "a\x00b")
        with pytest.raises(cap.CapRefused):
            cap.write(message)


class TestTouching:
    VILLAGE = ((50.0, 11.4), (50.0, 11.6), (50.1, 11.6), (50.1, 11.4), (50.0, 11.4))

    def info(self, *areas: cap.Area) -> cap.Info:
        [info] = cap.read(FLOOD).infos
        object.__setattr__(info, "areas", areas)
        return info

    @pytest.mark.parametrize(
        ("ring", "touches"),
        [
            # Within the village, around it, across its border, and far from it.
            (((50.04, 11.5), (50.04, 11.51), (50.05, 11.5), (50.04, 11.5)), True),
            (((49.0, 10.0), (49.0, 13.0), (51.0, 13.0), (51.0, 10.0), (49.0, 10.0)), True),
            (((50.05, 11.0), (50.05, 12.0), (50.06, 12.0), (50.06, 11.0), (50.05, 11.0)), True),
            (((52.0, 11.4), (52.0, 11.6), (52.1, 11.6), (52.0, 11.4)), False),
        ],
    )
    def test_knows_polygons(self, ring: tuple[cap.Point, ...], touches: bool) -> None:
        info = self.info(cap.Area("there", polygons=(ring,)))
        assert cap.touches(info, self.VILLAGE, ()) is touches

    @pytest.mark.parametrize(("km", "touches"), [(5.0, False), (12.0, True)])
    def test_knows_circles_by_their_reach(self, km: float, touches: bool) -> None:
        circle = cap.Circle((50.2, 11.5), km)  # 11.1 km north of the border
        info = self.info(cap.Area("there", circles=(circle,)))
        assert cap.touches(info, self.VILLAGE, ()) is touches

    def test_knows_codes_where_there_is_no_shape(self) -> None:
        info = self.info(cap.Area("there", geocodes=(cap.Named("AGS", "09477000"),)))
        assert cap.touches(info, self.VILLAGE, ["09477000"])
        assert not cap.touches(info, self.VILLAGE, ["09478000"])
        assert cap.touches(info, self.VILLAGE, []), "in doubt somebody is in it"
