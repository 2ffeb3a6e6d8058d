"""The world reads a village's warnings, and another village can hear them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from xml.etree.ElementTree import fromstring

import pytest
from django.test import Client
from django.utils import timezone

from tests.alerts.factories import make_alert, make_draft, make_source
from tests.support.feed_server import FeedServer
from village.alerts import cap, indexes, pull
from village.alerts.actions import TakenIn, cancel_alert
from village.alerts.models import Alert
from village.core.actor import Actor
from village.residents.models import Resident, Village

CAP = "/villages/lindental/alerts.cap"
ATOM = "/villages/lindental/alerts.atom"
As = Callable[[Resident], Actor]


@pytest.fixture
def now() -> datetime:
    """Give the real moment: pages have the real clock."""
    return timezone.now()


@pytest.fixture
def anyone(client: Client) -> Client:
    return client


class TestTheDocument:
    def test_is_the_newest_that_is_in_force(self, anyone: Client, now: datetime) -> None:
        make_alert("lindental", at=now - timedelta(hours=1))
        newest = make_alert("lindental", at=now - timedelta(minutes=1))
        make_draft("lindental", at=now)
        make_alert("bergheim", at=now)
        answer = anyone.get(CAP)
        assert answer["Content-Type"] == "application/cap+xml"
        assert cap.read(answer.content).identifier == newest.identifier

    def test_is_not_sent_twice_to_whoever_has_it(self, anyone: Client, now: datetime) -> None:
        flood = make_alert("lindental", at=now)
        for address in (CAP, ATOM, f"/alerts/{flood.pk}.cap"):
            first = anyone.get(address)
            assert "public" in first["Cache-Control"]
            again = anyone.get(address, headers={"If-None-Match": first["ETag"]})
            assert again.status_code == 304

    def test_says_where_nothing_is_in_force(self, anyone: Client, now: datetime) -> None:
        Village.objects.filter(pk="lindental").update(created_at=now - timedelta(days=1))
        old = make_alert("lindental", at=now - timedelta(hours=7))
        answers = [anyone.get(CAP).content for _ in range(2)]
        assert answers[0] == answers[1], "as long as nothing changes"
        message = cap.read(answers[0])
        assert (message.status, message.infos) == (cap.Status.SYSTEM, ())
        assert message.sent == old.expires_at

    def test_tells_that_it_was_taken_back(
        self, anyone: Client, otto: Resident, as_: As, now: datetime
    ) -> None:
        flood = make_alert("lindental", at=now - timedelta(minutes=5))
        cancel_alert(by=as_(otto), alert_id=flood.pk, at=now)
        message = cap.read(anyone.get(CAP).content)
        assert message.msg_type is cap.MsgType.CANCEL
        assert message.references[0].identifier == flood.identifier

    def test_draws_the_village_where_no_area_is_said(
        self, anyone: Client, now: datetime, lindental: Village
    ) -> None:
        make_alert("lindental", at=now)
        [area] = cap.read(anyone.get(CAP).content).infos[0].areas
        [ring] = area.polygons
        assert min(lat for lat, _ in ring) < lindental.lat < max(lat for lat, _ in ring)

    @pytest.mark.parametrize("address", ["/villages/nowhere/alerts.cap", "/villages/x/alerts.atom"])
    def test_of_no_village_is_not_there(self, anyone: Client, address: str) -> None:
        assert anyone.get(address).status_code == 404

    def test_of_a_draft_is_not_there(self, anyone: Client, now: datetime) -> None:
        draft = make_draft("lindental", at=now)
        assert anyone.get(f"/alerts/{draft.pk}.cap").status_code == 404


class TestTheFeed:
    def test_leads_to_every_document(self, anyone: Client, now: datetime) -> None:
        alerts = [make_alert("lindental", at=now - timedelta(hours=n)) for n in (9, 1)]
        answer = anyone.get(ATOM)
        assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
        index = indexes.read(answer.content, base_url="https://lindental.example/")
        addresses = [each.address for each in index.pointers]
        assert addresses == [
            f"http://127.0.0.1:8000/alerts/{each.pk}.cap" for each in reversed(alerts)
        ]
        titles = [each.text for each in fromstring(answer.content).iter(f"{indexes.ATOM}title")]
        assert titles[1:] == ["The water is rising."] * 2

    def test_is_heard_by_the_next_village(
        self, anyone: Client, feed_server: FeedServer, bergheim: Village, now: datetime
    ) -> None:
        everywhere = [[11.0, 49.0], [12.0, 49.0], [12.0, 51.0], [11.0, 51.0], [11.0, 49.0]]
        flood = make_alert("lindental", at=now, polygon=everywhere)
        site = b"http://127.0.0.1:8000"
        for path in (ATOM, f"/alerts/{flood.pk}.cap"):
            body = anyone.get(path).content.replace(site, feed_server.url("").encode())
            feed_server.publish(path, body)
        source = make_source(feed_server.url(ATOM), at=now, village="bergheim")
        assert pull.pull_source(source.pk, at=now, jitter=0) == [TakenIn.WAITS]
        there = Alert.objects.get(village=bergheim)
        assert there.identifier == flood.identifier
        assert there.text_for("ja")["headline"] == "水位が上がっています。"
