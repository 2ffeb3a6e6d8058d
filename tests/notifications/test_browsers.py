"""A browser is told: from its subscription over the journal to its push service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from notifications import actions
from notifications.checks import key_for_browsers
from notifications.models import Delivery, Device, Notification
from notifications.tasks import send_due
from tests.support.fcm_server import fcm
from tests.support.push_crypto import Browser
from tests.support.push_server import PushServer, answer, push_service
from village.core.actor import SYSTEM
from village.journal.readers import Recorded
from village.residents.models import Resident

__all__ = ["fcm", "push_service"]
pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
Record = Callable[..., Recorded]
DEVICES = "/api/v1/me/devices"


@pytest.fixture
def browser(push_service: PushServer, api: Api, edda: Resident) -> Browser:
    """Give edda's browser, which she has asked to tell her things."""
    client, browser = api(edda), push_service.subscribe()
    assert client.get(f"{DEVICES}/web-push-key").json() == {"public_key": push_service.key}
    body = {"kind": "webpush", "subscription": browser.subscription}
    made = client.post(DEVICES, body, content_type="application/json")
    assert made.status_code == 201, made.content
    return browser


@pytest.fixture
def told(browser: Browser, granted: Record) -> Notification:
    """Tell edda of her mandate."""
    actions.tell(by=SYSTEM, recorded=granted(), at=timezone.now())
    return Notification.objects.get()


class TestBrowsers:
    def test_are_told_where_to_look_and_nothing_private(
        self, push_service: PushServer, browser: Browser, told: Notification
    ) -> None:
        assert send_due() == 1

        [read] = push_service.read_by(browser)
        assert (read["link"], read["notification"]) == (told.link, str(told.pk))
        assert read["title"] and read["title"] != told.title
        assert told.title not in str(read) and told.body not in str(read)
        assert read["language"] == told.language
        delivery = Delivery.objects.get()
        assert delivery.state == "sent" and delivery.provider_id.startswith(push_service.origin)

    def test_are_given_up_when_their_service_knows_them_no_more(
        self, push_service: PushServer, browser: Browser, told: Notification
    ) -> None:
        push_service.script(answer(410))
        assert send_due() == 0

        assert Device.objects.get().retired_reason == "UNSUBSCRIBED"
        assert Delivery.objects.get().state == "failed"

    def test_are_told_whatever_becomes_of_the_phones(
        self,
        push_service: PushServer,
        browser: Browser,
        phone: Callable[..., Device],
        granted: Record,
        edda: Resident,
        settings: Any,
    ) -> None:
        settings.FCM_CREDENTIALS = "{no key"
        phone(edda)
        actions.tell(by=SYSTEM, recorded=granted(), at=timezone.now())

        assert send_due() == 1
        states = dict(Delivery.objects.values_list("device__kind", "state"))
        assert states == {"webpush": "sent", "fcm_fid": "waiting"}

    def test_are_one_device_however_often_their_keys_change(
        self, push_service: PushServer, browser: Browser, api: Api, edda: Resident
    ) -> None:
        changed = {**browser.subscription, "keys": Browser(browser.endpoint).keys}
        body = {"kind": "webpush", "subscription": changed}
        api(edda).post(DEVICES, body, content_type="application/json")

        assert Device.objects.get().auth == changed["keys"]["auth"]


class TestTheOperator:
    def test_hears_of_a_key_that_no_browser_would_take(self, settings: Any) -> None:
        assert key_for_browsers(None) == []
        settings.VAPID_PRIVATE_KEY = "nonsense"
        [error] = key_for_browsers(None)
        assert error.id == "notifications.E001"


def test_the_worker_is_served_at_the_root(client: Client) -> None:
    answer = client.get("/service-worker.js")

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert b"showNotification" in answer.content
