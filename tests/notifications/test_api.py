"""Inbox, devices and preferences over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from notifications import actions, queries
from notifications.models import Device, Notification, Preference
from tests.support.cast import Cast
from tests.support.push_crypto import Browser
from village.core.actor import SYSTEM, Actor, Scope
from village.journal.models import Entry
from village.journal.notices import Importance, Notice
from village.journal.queries import top
from village.journal.readers import Recorded
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
INBOX = "/api/v1/me/notifications"
DEVICES = "/api/v1/me/devices"
PREFERENCES = "/api/v1/me/preferences"
PAPER = {"notice": "news.article", "way": "print", "timing": "now"}
PHONE = {"kind": "fcm_fid", "address": "a-phone"}
BROWSER = Browser("https://push.example/x")
BAD_KEYS = BROWSER.keys | {"p256dh": "A" * 87}


def post(client: Client, path: str, body: Any = None, **headers: str) -> Any:
    return client.post(path, body or {}, content_type="application/json", headers=headers)


def is_emergency(notice: str) -> bool:
    return Notice.declared[notice].importance is Importance.EMERGENCY


def put(client: Client, path: str, body: Any, **headers: str) -> Any:
    return client.put(path, body, content_type="application/json", headers=headers)


@pytest.fixture
def told(granted: Callable[..., Recorded], now: datetime) -> Notification:
    """Tell edda of her mandate."""
    actions.tell(by=SYSTEM, recorded=granted(), at=now)
    return Notification.objects.get()


class TestInbox:
    def test_shows_what_i_was_told(self, api: Api, edda: Resident, told: Notification) -> None:
        body = api(edda).get(INBOX).json()

        [shown] = body["items"]
        assert shown["id"] == str(told.pk)
        assert (shown["village"], shown["notice"]) == ("lindental", "assist.mandate_granted")
        assert shown["title"] and shown["body"] and shown["link"].startswith("/mandates/")
        assert shown["created_at"] and shown["read_at"] is None
        assert body["next"] is None

    def test_can_be_followed_from_where_it_stands(
        self, api: Api, edda: Resident, told: Notification
    ) -> None:
        body = api(edda).get(f"{INBOX}?position=1").json()

        stands = top(f"residents/{edda.pk}")
        assert body["position"] == {"epoch": stands.epoch, "seq": stands.seq}
        assert stands.seq >= 1

    def test_is_nobody_elses(self, api: Api, tom: Resident, told: Notification) -> None:
        assert api(tom).get(INBOX).json()["items"] == []

    def test_is_asked_for_in_as_many_queries_as_an_empty_one(
        self,
        api: Api,
        edda: Resident,
        told: Notification,
        django_assert_num_queries: Any,
    ) -> None:
        for number in range(5):
            told.pk, told.entry_id = uuid4(), told.entry_id + 1 + number
            told._state.adding = True
            told.save()
        client = api(edda)

        # The session, who it is, the stream's position, the notifications.
        with django_assert_num_queries(4):
            listed = client.get(f"{INBOX}?position=1").json()["items"]
        assert len(listed) == 6

    def test_is_not_read_by_a_helper(
        self, api: Api, vera: Resident, vera_for_edda: Actor, told: Notification
    ) -> None:
        acting = {"X-Acting-For": str(vera_for_edda.mandate_id)}
        for answer in (
            api(vera).get(INBOX, headers=acting),
            post(api(vera), f"{INBOX}/{told.pk}/read", **acting),
            post(api(vera), f"{INBOX}/read", **acting),
        ):
            assert answer.status_code == 403
            assert answer.json()["code"] == "assist.out_of_scope"
        assert queries.inbox(vera_for_edda).count() == 0


class TestMarkingAsRead:
    def test_marks_one(self, api: Api, edda: Resident, told: Notification) -> None:
        client = api(edda)
        first = post(client, f"{INBOX}/{told.pk}/read")
        again = post(client, f"{INBOX}/{told.pk}/read")

        assert first.status_code == 200 and first.json()["read_at"]
        assert again.json() == first.json()
        assert Entry.objects.filter(kind="notifications.notification_read").count() == 1
        assert queries.unread_count(Actor(edda.pk)) == 0

    def test_marks_all(self, api: Api, edda: Resident, told: Notification) -> None:
        client = api(edda)

        assert post(client, f"{INBOX}/read").json() == {"read": 1}
        assert post(client, f"{INBOX}/read").json() == {"read": 0}
        assert Entry.objects.filter(kind="notifications.inbox_read").count() == 1

    def test_finds_nothing_in_somebody_elses_inbox(
        self, api: Api, tom: Resident, told: Notification
    ) -> None:
        foreign = post(api(tom), f"{INBOX}/{told.pk}/read")
        absent = post(api(tom), f"{INBOX}/{uuid4()}/read")

        assert foreign.status_code == absent.status_code == 404
        assert foreign.content == absent.content
        told.refresh_from_db()
        assert told.read_at is None


class TestDevices:
    def test_are_registered_listed_and_forgotten(self, api: Api, nora: Resident) -> None:
        client = api(nora)
        made = post(client, DEVICES, PHONE)

        assert made.status_code == 201
        assert "address" not in made.json()
        [listed] = client.get(DEVICES).json()["items"]
        assert listed == made.json()
        assert client.delete(f"{DEVICES}/{listed['id']}").status_code == 204
        assert client.delete(f"{DEVICES}/{listed['id']}").status_code == 404
        assert client.get(DEVICES).json()["items"] == []

    def test_are_one_however_often_the_app_starts(self, api: Api, nora: Resident) -> None:
        answers = [post(api(nora), DEVICES, PHONE).json()["id"] for _ in range(3)]

        assert len(set(answers)) == Device.objects.count() == 1

    def test_are_forgotten_with_the_session(self, api: Api, nora: Resident) -> None:
        client = api(nora)
        post(client, DEVICES, PHONE)
        client.logout()

        assert api(nora).get(DEVICES).json()["items"] == []

    def test_are_nobody_elses(self, api: Api, nora: Resident, tom: Resident) -> None:
        device = post(api(nora), DEVICES, PHONE).json()

        assert api(tom).delete(f"{DEVICES}/{device['id']}").status_code == 404
        assert api(tom).get(DEVICES).json()["items"] == []

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"kind": "pigeon", "address": "x"},
            {"kind": "webpush", "address": "https://push.example/x"},
            {"kind": "webpush"},
            {"kind": "webpush", "subscription": {"endpoint": "https://push.example/x"}},
            {"kind": "webpush", "subscription": BROWSER.subscription | {"endpoint": "http://x.y"}},
            {"kind": "webpush", "subscription": BROWSER.subscription | {"keys": BAD_KEYS}},
            {"kind": "fcm_fid", "subscription": BROWSER.subscription},
            {"kind": "fcm_fid", "address": "x", "subscription": BROWSER.subscription},
            {"kind": "fcm_fid", "address": ""},
            {"kind": "fcm_fid", "address": "two words"},
            {"kind": "fcm_fid", "address": "x" * 1001},
            {"kind": "fcm_fid", "address": "x", "resident": "edda"},
        ],
    )
    def test_refuse_what_is_no_address(
        self, api: Api, nora: Resident, body: dict[str, str]
    ) -> None:
        assert post(api(nora), DEVICES, body).status_code == 422

    def test_are_never_a_helpers_business(
        self, api: Api, vera: Resident, vera_for_edda: Actor
    ) -> None:
        acting = {"X-Acting-For": str(vera_for_edda.mandate_id)}

        assert post(api(vera), DEVICES, PHONE, **acting).status_code == 403
        assert not Device.objects.exists()

    def test_are_refused_where_nobody_carries_pushes(
        self, api: Api, nora: Resident, settings: Any
    ) -> None:
        settings.VILLAGE_DEMO = False
        answer = post(api(nora), DEVICES, PHONE)

        assert answer.status_code == 409
        assert answer.json()["code"] == "notifications.way_not_here"


class TestPreferences:
    def test_show_every_notice_with_what_comes_of_it(self, api: Api, nora: Resident) -> None:
        body = api(nora).get(PREFERENCES).json()

        items = {item["notice"]: item["ways"] for item in body["items"]}
        assert items["messaging.answer"] == {
            "inbox": "now",
            "push": "now",
            "email": "none",
            "print": "none",
            "sms": "none",
            "voice": "none",
        }
        assert set(items["news.article"].values()) == {"none"}
        assert body["everything"] == {}

    def test_answer_with_what_comes_of_a_choice(self, api: Api, nora: Resident) -> None:
        client = api(nora)
        choice = {"notice": "*", "way": "email", "timing": "now"}
        body = put(client, PREFERENCES, choice).json()

        assert body == client.get(PREFERENCES).json()
        assert body["everything"] == {"email": "now"}
        # An emergency goes its own ways, whatever is chosen for everything else.
        others = [each for each in body["items"] if not is_emergency(each["notice"])]
        assert {each["ways"]["email"] for each in others} == {"now"}

    @pytest.mark.parametrize(
        "change",
        [
            {"notice": "no.such"},
            {"notice": ""},
            {"way": "pigeon"},
            {"timing": "later"},
            {"resident": "edda"},
        ],
    )
    def test_refuse_what_makes_no_sense(
        self, api: Api, nora: Resident, change: dict[str, str]
    ) -> None:
        assert put(api(nora), PREFERENCES, PAPER | change).status_code == 422
        assert not Preference.objects.exists()

    def test_are_set_by_a_helper_in_her_principals_name(
        self, api: Api, vera: Resident, edda: Resident, vera_for_edda: Actor
    ) -> None:
        acting = {"X-Acting-For": str(vera_for_edda.mandate_id)}
        answer = put(api(vera), PREFERENCES, PAPER, **acting)

        assert answer.status_code == 200
        preference = Preference.objects.get()
        assert (preference.resident_id, preference.way) == (edda.pk, "print")
        entry = Entry.objects.get(kind="notifications.preference_set")
        assert entry.principal_id == edda.pk
        assert entry.helper_id == vera.pk
        assert entry.mandate_id == vera_for_edda.mandate_id
        shown = api(vera).get(PREFERENCES, headers=acting).json()["items"]
        assert {item["notice"]: item["ways"]["print"] for item in shown}["news.article"] == "now"

    @pytest.mark.parametrize("scope", [Scope.NOTIFICATION_SETTINGS, Scope.NEWS_READ])
    def test_are_refused_to_a_helper_whose_mandate_lacks_a_scope(
        self, api: Api, cast: Cast, scope: Scope
    ) -> None:
        cast.mandate.scopes = [each for each in cast.mandate.scopes if each != scope]
        cast.mandate.save()
        acting = {"X-Acting-For": str(cast.mandate.pk)}
        answer = put(api(cast.vera), PREFERENCES, PAPER, **acting)

        assert answer.status_code == 403
        assert answer.json()["code"] == "assist.out_of_scope"
        assert not Preference.objects.exists()

    @pytest.mark.parametrize("notice", ["*", "assist.mandate_granted"])
    def test_leave_what_no_mandate_covers_to_the_person_herself(
        self, api: Api, vera: Resident, vera_for_edda: Actor, notice: str
    ) -> None:
        acting = {"X-Acting-For": str(vera_for_edda.mandate_id)}
        answer = put(api(vera), PREFERENCES, PAPER | {"notice": notice}, **acting)

        assert answer.json()["code"] == "assist.out_of_scope"

    @pytest.mark.parametrize(
        ("choice", "code"),
        [
            ({"notice": "messaging.answer", "way": "inbox", "timing": "none"}, "inbox_kept"),
            ({"notice": "news.article", "way": "email", "timing": "now"}, "no_address"),
            ({"notice": "news.article", "way": "voice", "timing": "now"}, "no_address"),
        ],
    )
    def test_say_why_a_choice_is_refused(
        self, api: Api, edda: Resident, choice: dict[str, str], code: str
    ) -> None:
        answer = put(api(edda), PREFERENCES, choice)

        assert answer.status_code == 409
        assert answer.json()["code"] == f"notifications.{code}"
        assert answer.json()["errors"]["way"]

    def test_offer_no_way_that_nobody_carries(
        self, api: Api, nora: Resident, settings: Any
    ) -> None:
        settings.VILLAGE_DEMO, settings.SMS_CARRIER = False, ""
        answer = put(api(nora), PREFERENCES, PAPER)

        assert answer.status_code == 409
        assert answer.json()["code"] == "notifications.way_not_here"
        [item, *_] = api(nora).get(PREFERENCES).json()["items"]
        assert set(item["ways"]) == {"inbox", "push", "email"}
