"""Other authorities warn, and the village hears each of their words once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.alerts.factories import make_source
from tests.alerts.test_cap import FLOOD
from tests.support.feed_server import FeedServer, failing, gone, web_page
from village.alerts import actions, cap, pull, queries
from village.alerts.actions import TakenIn
from village.alerts.models import Alert, AlertFeed, Heard, Stage
from village.core.actor import SYSTEM, Actor
from village.residents.models import Resident

As = Callable[[Resident], Actor]
HOUR = timedelta(hours=1)
SENT = "2026-11-22T11:45:00+01:00"
THE_FIRST = f"warnung@hnd.example,hnd-4711,{SENT}"


def said(identifier: str = "hnd-4711", kind: str = "Alert", **changes: str) -> bytes:
    """Give a message of the flood service; ``about`` names an earlier one."""
    text = FLOOD.decode().replace("hnd-4711", identifier)
    text = text.replace("<msgType>Alert", f"<msgType>{kind}")
    if about := changes.get("about"):
        text = text.replace("<info>", f"<references>{about}</references><info>", 1)
    for name in ("status", "scope", "severity", "sent"):
        if name in changes:
            before, _, rest = text.partition(f"<{name}>")
            text = f"{before}<{name}>{changes[name]}</{rest.partition('</')[2]}"
    if where := changes.get("polygon"):
        text = text.replace("50.00,11.48 50.00,11.53 50.03,11.53 50.03,11.48 50.00,11.48", where)
        text = text.replace("<circle>50.015,11.508 4.5</circle>", "")
        text = text.replace("09477000", "09000000")
    return text.encode()


UPDATE = said("hnd-4712", "Update", about=THE_FIRST, sent="2026-11-22T12:30:00+01:00")
CANCEL = said("hnd-4713", "Cancel", about=THE_FIRST, sent="2026-11-22T12:40:00+01:00")
FAR = "52,11 52,12 53,12 53,11 52,11"


@pytest.fixture
def source(feed_server: FeedServer, at: datetime) -> AlertFeed:
    return make_source(feed_server.url("/cap"), at=at)


def heard(source: AlertFeed, at: datetime) -> list[TakenIn] | None:
    """Pull a source that is due again."""
    AlertFeed.objects.update(due_at=at)
    taken = pull.pull_source(source.pk, at=at, jitter=0)
    source.refresh_from_db()
    return taken


def take(source: AlertFeed, document: bytes, at: datetime) -> TakenIn:
    source.refresh_from_db()
    return actions.take_in(by=SYSTEM, feed=source, message=cap.read(document), at=at)


def stages() -> list[str]:
    return list(Alert.objects.order_by("sent_at").values_list("stage", flat=True))


class TestHearing:
    def test_makes_a_draft_that_one_person_releases(
        self, source: AlertFeed, feed_server: FeedServer, stella: Resident, as_: As, at: datetime
    ) -> None:
        feed_server.publish("/cap", said(), content_type=cap.MEDIA_TYPE, etag='"1"')
        assert heard(source, at) == [TakenIn.WAITS]
        draft = queries.drafts_in("lindental").get()
        assert draft.text_for("de")["headline"] == "Die Linde steigt"
        assert draft.area_name == "Lindental"
        assert draft.is_grave
        actions.release_alert(by=as_(stella), alert_id=draft.pk, at=at)
        flood = queries.in_force("lindental", at).get()
        assert cap.read(flood.document.encode()) == cap.read(said()), "what it said is untouched"

    def test_asks_again_only_for_what_is_new(
        self, source: AlertFeed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.publish("/cap", said(), content_type=cap.MEDIA_TYPE, etag='"1"')
        heard(source, at)
        assert source.due_at == at + timedelta(minutes=5)
        assert heard(source, at + HOUR) == []
        assert feed_server.asked[1].headers["if-none-match"] == '"1"'
        assert Alert.objects.count() == 1

    def test_takes_a_message_once_whoever_brings_it(
        self, source: AlertFeed, feed_server: FeedServer, at: datetime
    ) -> None:
        other = make_source(feed_server.url("/other"), at=at)
        for each in (source, other, source):
            take(each, said(), at)
        assert Alert.objects.count() == 1

    def test_tells_at_once_what_a_trusted_source_says(
        self, source: AlertFeed, feed_server: FeedServer, at: datetime
    ) -> None:
        AlertFeed.objects.update(is_trusted=True)
        feed_server.publish("/cap", said(), content_type=cap.MEDIA_TYPE)
        assert heard(source, at) == [TakenIn.RELEASED]
        assert queries.in_force("lindental", at).get().released_by is None

    @pytest.mark.parametrize(
        "document",
        [
            said(status="Test"),
            said(status="System"),
            said(kind="Ack", about=THE_FIRST),
            said(polygon=FAR),
            said(sent="2025-01-01T00:00:00+01:00").replace(b"2026-11-23T06", b"2025-01-02T06"),
        ],
    )
    def test_passes_by_what_is_not_for_the_village(
        self, source: AlertFeed, at: datetime, document: bytes
    ) -> None:
        assert take(source, document, at) is TakenIn.NOT_FOR_US
        assert not Alert.objects.exists()

    def test_says_of_an_exercise_that_it_is_one(self, source: AlertFeed, at: datetime) -> None:
        take(source, said(status="Exercise"), at)
        drill = Alert.objects.get()
        assert drill.is_drill
        assert drill.texts[0]["headline"] == "ÜBUNG: Die Linde steigt"


class TestFollowing:
    def test_puts_an_update_in_the_place_of_a_draft(self, source: AlertFeed, at: datetime) -> None:
        take(source, said(), at)
        take(source, UPDATE, at)
        assert stages() == [Stage.DISCARDED, Stage.DRAFT]

    def test_puts_an_update_in_the_place_of_what_was_told(
        self, source: AlertFeed, at: datetime
    ) -> None:
        AlertFeed.objects.update(is_trusted=True)
        take(source, said(), at)
        assert take(source, UPDATE, at) is TakenIn.RELEASED
        assert stages() == [Stage.REPLACED, Stage.RELEASED]
        first, update = Alert.objects.order_by("sent_at")
        assert update.first_id == first.pk

    def test_takes_a_draft_back_quietly(self, source: AlertFeed, at: datetime) -> None:
        take(source, said(), at)
        assert take(source, CANCEL, at) is TakenIn.SETTLED
        assert stages() == [Stage.DISCARDED]

    def test_asks_before_it_takes_back_what_was_told(
        self, source: AlertFeed, stella: Resident, as_: As, at: datetime
    ) -> None:
        take(source, said(), at)
        flood = Alert.objects.get()
        actions.release_alert(by=as_(stella), alert_id=flood.pk, at=at)
        assert take(source, CANCEL, at) is TakenIn.WAITS
        cancel = queries.drafts_in("lindental").get()
        actions.release_alert(by=as_(stella), alert_id=cancel.pk, at=at)
        assert not queries.in_force("lindental", at).exists()

    def test_does_not_go_back_to_what_comes_late(self, source: AlertFeed, at: datetime) -> None:
        AlertFeed.objects.update(is_trusted=True)
        take(source, UPDATE, at)
        assert take(source, said(), at) is TakenIn.KNOWN
        assert queries.in_force("lindental", at).get().identifier == "hnd-4712"

    def test_never_tells_what_was_taken_back_before_it_came(
        self, source: AlertFeed, at: datetime
    ) -> None:
        AlertFeed.objects.update(is_trusted=True)
        assert take(source, CANCEL, at) is TakenIn.SETTLED
        assert take(source, said(), at) is TakenIn.KNOWN
        assert not Alert.objects.exists()

    def test_leaves_it_to_a_person_after_one_has_taken_it_back(
        self, source: AlertFeed, otto: Resident, as_: As, at: datetime
    ) -> None:
        AlertFeed.objects.update(is_trusted=True)
        take(source, said(), at)
        flood = queries.in_force("lindental", at).get()
        actions.cancel_alert(by=as_(otto), alert_id=flood.pk, at=at)
        take(source, UPDATE, at)
        assert not queries.in_force("lindental", at).filter(feed=None).exists()


class TestAFloodOfWarnings:
    def test_does_not_hide_the_newest(self, source: AlertFeed, at: datetime) -> None:
        for minute in range(40):
            sent = f"2026-11-22T10:{minute:02}:00+01:00"
            take(source, said(f"hnd-{minute}", sent=sent), at)
        waiting = queries.drafts_in("lindental")
        assert waiting.count() == 30
        assert waiting.filter(identifier="hnd-39").exists()
        assert not waiting.filter(identifier="hnd-9").exists()


class TestIndexes:
    ENTRY = (
        '<entry><id>{0}</id><updated>{1}</updated><link rel="alternate" href="/page/{0}"/>'
        '<link rel="alternate" type="application/cap+xml" href="/docs/{0}"/></entry>'
    )

    def index(self, *entries: tuple[str, str]) -> bytes:
        found = "".join(self.ENTRY.format(*entry) for entry in entries)
        return f'<feed xmlns="http://www.w3.org/2005/Atom">{found}</feed>'.encode()

    def test_lead_to_messages_that_are_fetched_once(
        self, source: AlertFeed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.publish("/docs/1", said())
        feed_server.publish("/docs/2", said("hnd-5000"))
        feed_server.publish("/cap", self.index(("1", "a"), ("2", "a")))
        assert heard(source, at) == [TakenIn.WAITS] * 2
        assert heard(source, at + HOUR) == []
        fetched = [each.path for each in feed_server.asked if each.path.startswith("/docs")]
        assert fetched == ["/docs/1", "/docs/2"]

    def test_are_read_anew_where_an_entry_has_changed(
        self, source: AlertFeed, feed_server: FeedServer, at: datetime
    ) -> None:
        AlertFeed.objects.update(is_trusted=True)
        feed_server.publish("/docs/1", said())
        feed_server.publish("/cap", self.index(("1", "a")))
        heard(source, at)
        feed_server.publish("/docs/1", UPDATE)
        feed_server.publish("/cap", self.index(("1", "b")))
        assert heard(source, at + HOUR) == [TakenIn.RELEASED]

    def test_are_asked_for_the_rest_where_one_message_is_away(
        self, source: AlertFeed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.publish("/cap", self.index(("1", "a")), etag='"1"')
        feed_server.answer("/docs/1", failing())
        assert heard(source, at) == []
        assert source.etag == "", "or nobody would ever ask for it again"
        feed_server.publish("/docs/1", said())
        assert heard(source, at + HOUR) == [TakenIn.WAITS]
        assert source.etag == '"1"'

    def test_may_hold_the_messages_themselves(
        self, source: AlertFeed, feed_server: FeedServer, at: datetime
    ) -> None:
        held = said().partition(b"?>")[2]
        feed_server.publish(
            "/cap",
            b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><content>'
            + held
            + b"</content></entry><entry><content>"
            + held.replace(b"<sender>", b"<sender>a b")
            + b"</content></entry></feed>",
        )
        assert heard(source, at) == [TakenIn.WAITS], "one that makes no sense hides no other"

    def test_may_be_written_in_rss(
        self, source: AlertFeed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.publish("/docs/1", said())
        address = feed_server.url("/docs/1")
        feed_server.publish(
            "/cap", f"<rss><channel><item><link>{address}</link></item></channel></rss>".encode()
        )
        assert heard(source, at) == [TakenIn.WAITS]


class TestUnhealthySources:
    @pytest.mark.parametrize(("body", "error"), [(b"<alert", "cap.refused"), (b"", "cap.refused")])
    def test_are_asked_again_later(
        self, source: AlertFeed, feed_server: FeedServer, at: datetime, body: bytes, error: str
    ) -> None:
        feed_server.publish("/cap", body)
        assert heard(source, at) == []
        assert (source.status, source.last_error, source.failures) == ("failing", error, 1)
        assert at + timedelta(minutes=5) < source.due_at <= at + HOUR

    def test_are_not_given_up_for_long(
        self, source: AlertFeed, feed_server: FeedServer, at: datetime
    ) -> None:
        AlertFeed.objects.update(failures=30)
        feed_server.answer("/cap", failing(503, retry_after="86400"))
        heard(source, at)
        assert source.due_at == at + HOUR

    def test_are_asked_no_more_once_they_are_gone(
        self, source: AlertFeed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.answer("/cap", gone())
        heard(source, at)
        assert source.status == "gone"
        assert heard(source, at + HOUR) is None

    def test_that_answer_with_a_page_are_heard_again_when_they_are_well(
        self, source: AlertFeed, feed_server: FeedServer, at: datetime
    ) -> None:
        feed_server.answer("/cap", web_page())
        heard(source, at)
        feed_server.publish("/cap", said())
        assert heard(source, at + HOUR) == [TakenIn.WAITS]
        assert (source.status, source.failures) == ("ok", 0)

    def test_are_asked_by_one_worker_at_a_time(self, source: AlertFeed, at: datetime) -> None:
        assert actions.claim_source(by=SYSTEM, feed_id=source.pk, at=at) is not None
        assert pull.pull_source(source.pk, at=at, jitter=0) is None

    def test_are_forgotten_without_what_they_brought(
        self, source: AlertFeed, feed_server: FeedServer, stella: Resident, as_: As, at: datetime
    ) -> None:
        feed_server.publish("/cap", said())
        heard(source, at)
        actions.forget_source(by=as_(stella), feed_id=source.pk, at=at)
        assert Alert.objects.get().feed is None
        assert not Heard.objects.exists()


class TestChoosingSources:
    def test_is_for_addresses_on_the_public_web(
        self, stella: Resident, as_: As, at: datetime
    ) -> None:
        for url in ("http://127.0.0.1:6379/", "http://169.254.169.254/x", "file:///etc/passwd"):
            with pytest.raises(actions.AlertFeedNotOpened):
                self.hear(as_(stella), url, at)

    def test_is_done_once_for_each(self, stella: Resident, as_: As, at: datetime) -> None:
        self.hear(as_(stella), "https://warnings.example/cap", at)
        with pytest.raises(actions.AlertFeedKnown):
            self.hear(as_(stella), "https://warnings.example/cap#top", at)

    def hear(self, by: Actor, url: str, at: datetime) -> AlertFeed:
        return actions.hear_source(
            by=by,
            village="lindental",
            name="Flood service",
            url=url,
            codes=[],
            is_trusted=False,
            at=at,
        )
