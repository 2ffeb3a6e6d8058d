"""What a person decides: when, about what, how often, and that it stops."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from notifications import actions, presence, preview, queries
from notifications.models import Delivery, Device, Notification, Preference, SentLetter, Timing, Way
from notifications.tasks import send_due
from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor
from village.journal.notices import Importance, Notice
from village.journal.readers import Recorded
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
Record = Callable[..., Recorded]
Prefers = Callable[..., None]
Phone = Callable[..., Device]


def tell(recorded: Recorded) -> None:
    actions.tell(by=SYSTEM, recorded=recorded, at=timezone.now())


def carry(way: Way, at: datetime) -> list[actions.Errand]:
    return actions.lease_deliveries(by=SYSTEM, way=way, at=at, at_most=50)


@pytest.fixture
def emergency(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the news be an emergency for everybody."""
    monkeypatch.setattr(Notice.declared["news.article"], "importance", Importance.EMERGENCY)


class TestDigests:
    def test_wait_for_their_time_and_come_as_one(
        self, published: Record, prefers: Prefers, nora: Resident, now: datetime
    ) -> None:
        prefers(nora, "email", "daily")
        for _ in range(3):
            tell(published())
        assert send_due() == 0 and not mail.outbox

        morning = Delivery.objects.first().due_at  # type: ignore[union-attr]
        assert now < morning <= now + timedelta(days=1)
        [errand] = carry(Way.EMAIL, morning)
        assert len(errand.deliveries) == 3
        assert errand.letter.body.count("News") == 3
        assert errand.letter.title.startswith("3 ")

    def test_of_one_thing_are_that_letter(
        self, published: Record, prefers: Prefers, nora: Resident
    ) -> None:
        prefers(nora, "email", "hourly")
        tell(published())
        Delivery.objects.update(due_at=timezone.now())

        assert send_due() == 1
        [letter] = mail.outbox
        assert letter.subject == "News"

    def test_leave_out_what_was_read_meanwhile(
        self, published: Record, prefers: Prefers, nora: Resident
    ) -> None:
        prefers(nora, "email", "weekly")
        prefers(nora, "inbox")
        for _ in range(3):
            tell(published())
        actions.mark_read(
            by=Actor(nora.pk), notification_id=Notification.objects.all()[0].pk, at=timezone.now()
        )
        Delivery.objects.update(due_at=timezone.now())

        assert send_due() == 2
        assert len(mail.outbox) == 1

    def test_are_not_mixed_with_those_of_others(
        self, published: Record, prefers: Prefers, nora: Resident, tom: Resident
    ) -> None:
        prefers(nora, "email", "daily")
        prefers(tom, "email", "daily")
        for _ in range(2):
            tell(published())
        Delivery.objects.update(due_at=timezone.now())
        send_due()

        assert sorted(each.to for each in mail.outbox) == [[nora.email], [tom.email]]

    @pytest.mark.parametrize("way", ["inbox", "voice"])
    def test_are_nothing_for_a_way_without_letters(
        self, api: Api, nora: Resident, way: str
    ) -> None:
        body = {"notice": "news.article", "way": way, "timing": "daily"}
        answer = api(nora).put("/api/v1/me/preferences", body, content_type="application/json")
        assert answer.status_code == 422
        assert not Preference.objects.exists()


class TestQuietHours:
    @pytest.fixture
    def asleep(self, edda: Resident, phone: Phone, now: datetime) -> datetime:
        """Let edda sleep for an hour from now on; give its end."""
        phone(edda)
        local = timezone.localtime(now, edda.memberships.get().village.tzinfo)
        ends = (local + timedelta(hours=1)).replace(second=0, microsecond=0)
        actions.set_habits(
            by=Actor(edda.pk),
            quiet_from=(local - timedelta(hours=1)).time().replace(second=0, microsecond=0),
            quiet_until=ends.time(),
            zone="",
            at=now,
        )
        return ends

    def test_hold_pushes_back_until_they_end(self, asleep: datetime, granted: Record) -> None:
        tell(granted())
        assert send_due() == 0

        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.tries, delivery.due_at) == ("waiting", 0, asleep)
        assert len(carry(Way.PUSH, asleep)) == 1

    def test_do_not_hold_letters_back(
        self, asleep: datetime, published: Record, prefers: Prefers, edda: Resident
    ) -> None:
        prefers(edda, "print")
        tell(published())
        assert send_due() == 1

    def test_give_way_to_an_emergency(
        self, asleep: datetime, published: Record, emergency: None
    ) -> None:
        tell(published())
        assert send_due() == 1

    @pytest.mark.parametrize(
        "body",
        [
            {"quiet_from": "22:00", "quiet_until": None},
            {"quiet_from": "25:00", "quiet_until": "07:00"},
            {"quiet_from": "22:00", "quiet_until": "07:00", "zone": "Europe/Nowhere"},
            {"quiet_from": "22:00", "quiet_until": "07:00", "zone": "../../etc/passwd"},
            {"quiet_from": "22:00", "quiet_until": "07:00", "zone": "/etc/passwd"},
        ],
    )
    def test_are_refused_when_they_make_no_sense(
        self, api: Api, nora: Resident, body: dict[str, Any]
    ) -> None:
        answer = api(nora).put("/api/v1/me/habits", body, content_type="application/json")
        assert answer.status_code == 422

    def test_are_shown_as_they_were_set(self, api: Api, nora: Resident) -> None:
        client, body = (
            api(nora),
            {"quiet_from": "22:00", "quiet_until": "07:00", "zone": "Asia/Tokyo"},
        )
        assert client.get("/api/v1/me/habits").json()["quiet_from"] is None
        answer = client.put("/api/v1/me/habits", body, content_type="application/json")
        assert answer.json() == client.get("/api/v1/me/habits").json() == body


class TestMutes:
    def test_of_a_matter_leave_it_in_the_inbox_alone(
        self,
        api: Api,
        granted: Record,
        phone: Phone,
        edda: Resident,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        # What goes her own way can be muted by nobody.
        monkeypatch.setattr(Notice.declared["assist.mandate_granted"], "goes_her_way", False)
        phone(edda)
        tell(granted())
        [shown] = api(edda).get("/api/v1/me/notifications").json()["items"]
        path, body = "/api/v1/villages/lindental/mutes", {"thread": shown["thread"]}
        made = api(edda).post(path, body, content_type="application/json").json()
        tell(granted())

        assert Notification.objects.count() == 2
        assert Delivery.objects.count() == 1
        assert api(edda).delete(f"/api/v1/me/mutes/{made['id']}").status_code == 204
        tell(granted())
        assert Delivery.objects.count() == 2

    def test_of_a_village_silence_its_news(
        self, published: Record, prefers: Prefers, nora: Resident, now: datetime
    ) -> None:
        prefers(nora, "inbox")
        actions.mute(by=Actor(nora.pk), village="lindental", thread="", at=now)
        actions.mute(by=Actor(nora.pk), village="lindental", thread="", at=now)
        tell(published())

        assert not Notification.objects.exists()
        assert queries.mutes_of(Actor(nora.pk)).count() == 1

    def test_do_not_silence_an_emergency(
        self, published: Record, emergency: None, phone: Phone, nora: Resident, now: datetime
    ) -> None:
        phone(nora)
        actions.mute(by=Actor(nora.pk), village="lindental", thread="", at=now)
        tell(published())

        assert Delivery.objects.filter(device__resident=nora).count() == 1

    def test_silence_a_drill(
        self,
        published: Record,
        phone: Phone,
        nora: Resident,
        now: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(Notice.declared["news.article"], "importance", Importance.DRILL)
        phone(nora)
        tell(published())
        assert Delivery.objects.filter(device__resident=nora).count() == 1

        actions.mute(by=Actor(nora.pk), village="lindental", thread="", at=now)
        tell(published())
        assert Delivery.objects.filter(device__resident=nora).count() == 1

    def test_of_a_village_of_others_find_nothing(self, api: Api, nora: Resident) -> None:
        for village in ("bergheim", "nowhere"):
            path = f"/api/v1/villages/{village}/mutes"
            answer = api(nora).post(path, {}, content_type="application/json")
            assert answer.status_code == 404

    def test_are_set_where_one_reads(self, client: Client, told_edda: Notification) -> None:
        client.force_login(told_edda.resident)
        client.post("/me/preferences/mutes", {"of": told_edda.pk})
        [mute] = queries.mutes_of(Actor(told_edda.resident_id))
        assert mute.thread == told_edda.thread
        assert b"one matter" in client.get("/me/preferences", headers=ENGLISH).content
        client.post("/me/preferences/mutes", {"lift": mute.pk})
        assert not queries.mutes_of(Actor(told_edda.resident_id)).exists()


ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def told_edda(granted: Record, edda: Resident) -> Notification:
    tell(granted())
    return Notification.objects.select_related("resident").get()


class TestEmergencies:
    @pytest.mark.parametrize(
        ("way", "timing"), [("push", "none"), ("push", "daily"), ("inbox", "none")]
    )
    def test_cannot_be_silenced(
        self, api: Api, emergency: None, nora: Resident, way: str, timing: str
    ) -> None:
        body = {"notice": "news.article", "way": way, "timing": timing}
        answer = api(nora).put("/api/v1/me/preferences", body, content_type="application/json")

        assert answer.status_code == 409
        assert answer.json()["code"] == "notifications.cannot_be_muted"

    def test_are_told_by_more_ways_on_request(
        self, emergency: None, prefers: Prefers, nora: Resident
    ) -> None:
        prefers(nora, "email")
        plan = queries.plan_of(
            Notice.declared["news.article"], queries.choices_of([nora.pk])[nora.pk]
        )
        assert plan == {Way.INBOX: Timing.NOW, Way.PUSH: Timing.NOW, Way.EMAIL: Timing.NOW}


class TestTheDay:
    def test_has_twenty_pushes_and_no_more(
        self, granted: Record, phone: Phone, edda: Resident, cast: Cast
    ) -> None:
        phone(edda, "one")
        phone(edda, "two")
        for _ in range(22):
            tell(granted())
        sent = send_due()

        assert sent == 40  # twenty, on both of her phones
        assert Delivery.objects.filter(error_code="ENOUGH_FOR_TODAY").count() == 4
        Delivery.objects.filter(state="sent").update(sent_at=timezone.now() - timedelta(days=2))
        tell(granted())
        assert send_due() == 2

    def test_has_room_for_any_emergency(
        self, granted: Record, published: Record, emergency: None, phone: Phone, edda: Resident
    ) -> None:
        phone(edda)
        for _ in range(20):
            tell(granted())
        assert send_due() == 20
        tell(published())
        assert send_due() == 1


class TestPresence:
    def test_holds_a_push_back_until_she_had_time_to_see(
        self, api: Api, granted: Record, phone: Phone, edda: Resident
    ) -> None:
        phone(edda)
        assert api(edda).post("/api/v1/me/presence").status_code == 204
        tell(granted())
        assert send_due() == 0

        told = Notification.objects.get()
        later = told.created_at + timedelta(seconds=61)
        assert len(carry(Way.PUSH, later)) == 1

    def test_needs_no_push_for_what_she_has_read(
        self, granted: Record, phone: Phone, edda: Resident
    ) -> None:
        phone(edda)
        presence.note(edda.pk)
        tell(granted())
        send_due()
        actions.mark_all_read(by=Actor(edda.pk), at=timezone.now())

        assert carry(Way.PUSH, timezone.now() + timedelta(minutes=2)) == []
        assert Delivery.objects.get().error_code == "READ"

    def test_of_somebody_else_changes_nothing(
        self, granted: Record, phone: Phone, edda: Resident, tom: Resident
    ) -> None:
        phone(edda)
        presence.note(tom.pk)
        tell(granted())
        assert send_due() == 1


class TestUnsubscribing:
    @pytest.fixture
    def link(self, published: Record, prefers: Prefers, nora: Resident) -> str:
        """Give the link of a mail that nora was sent."""
        prefers(nora, "email")
        tell(published())
        assert send_due() == 1
        [letter] = mail.outbox
        headers = letter.extra_headers
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        found = re.fullmatch(r"<https?://[^/]+(/[^>]+)>", headers["List-Unsubscribe"])
        assert found is not None
        assert found[1] in letter.body
        return found[1]

    def test_takes_one_tap_without_signing_in(
        self, link: str, published: Record, nora: Resident
    ) -> None:
        stranger = Client(enforce_csrf_checks=True)
        answer = stranger.post(link, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200

        tell(published())
        assert send_due() == 0 and len(mail.outbox) == 1

    def test_is_not_done_by_looking(self, link: str, published: Record, client: Client) -> None:
        assert client.get(link).status_code == 200
        tell(published())
        assert send_due() == 1

    def test_can_be_taken_back(
        self, link: str, client: Client, prefers: Prefers, published: Record, nora: Resident
    ) -> None:
        client.post(link)
        prefers(nora, "email")
        tell(published())
        assert send_due() == 1

    def test_needs_a_link_of_ours(self, link: str, client: Client) -> None:
        for token in ("nonsense", link.rsplit("/", 1)[-1][:-1] + "x"):
            assert client.post(f"/unsubscribe/{token}").status_code == 404
        assert Preference.objects.get().timing == "now"


class TestPreview:
    def test_counts_what_would_have_come(
        self, api: Api, published: Record, phone: Phone, nora: Resident
    ) -> None:
        phone(nora)
        for _ in range(3):
            published()
        client = api(nora)

        def preview_of(timing: str) -> Any:
            body = {"notice": "news.article", "way": "push", "timing": timing}
            path = "/api/v1/me/preferences/preview"
            return client.post(path, body, content_type="application/json").json()

        assert preview_of("now")["ways"]["push"] == 3
        assert preview_of("daily")["ways"]["push"] == 1
        assert preview_of("none")["ways"]["push"] == 0
        assert preview_of("now")["is_whole"]
        assert not Preference.objects.exists() and not SentLetter.objects.exists()

    def test_leaves_out_what_she_did_and_what_is_older(
        self, published: Record, granted: Record, cast: Cast, now: datetime
    ) -> None:
        granted()
        published()
        chosen = {("*", Way.INBOX): Timing.NOW}

        def count(person: Resident, at: datetime = now) -> int:
            later = at + timedelta(seconds=1)
            return preview.last_week(Actor(person.pk), chosen, at=later).counts[Way.INBOX]

        assert (count(cast.nora), count(cast.mia), count(cast.edda)) == (1, 0, 2)
        assert count(cast.nora, now + timedelta(days=8)) == 0


class TestExpiry:
    def test_ends_what_nobody_needs_to_know_any_more(
        self, granted: Record, phone: Phone, edda: Resident, now: datetime
    ) -> None:
        phone(edda)
        tell(granted())
        assert queries.unread_count(Actor(edda.pk)) == 1
        Notification.objects.update(expires_at=now)

        assert send_due() == 0
        assert Delivery.objects.get().error_code == "TOO_OLD"
        assert queries.unread_count(Actor(edda.pk)) == 0


def test_a_muted_thread_of_nobody_is_not_found(client: Client, edda: Resident) -> None:
    client.force_login(edda)
    for body in ({"of": uuid4()}, {"of": "x"}, {"lift": "x"}, {"lift": uuid4()}):
        assert client.post("/me/preferences/mutes", body).status_code == 404
    answer = client.post("/me/preferences/quiet", {"from": "soon", "until": "07:00"})
    assert answer.status_code == 422
    assert (
        client.post("/me/preferences/quiet", {"from": "22:00", "until": "07:00"}).status_code == 302
    )
    assert queries.habits_of([edda.pk])[edda.pk].quiet_until == time(7)
