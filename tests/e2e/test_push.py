"""
Web Push in a real browser, as far as that goes on a machine which no push service reaches.

The page asks the browser with the village's key; the browser says no for want of a push service.
What a push service would hand over is then given to the service worker by the debugger's protocol.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from notifications.transports.webpush import payload
from tests.e2e.conftest import DESKTOP, FLAGS
from tests.e2e.test_warnings import check
from tests.support.letters import make_letter
from tests.support.server import VillageServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# Notes what the page asks the browser for, and asks it nonetheless.
LISTEN = """
const subscribe = PushManager.prototype.subscribe;
PushManager.prototype.subscribe = async function (options) {
  const key = btoa(String.fromCharCode(...new Uint8Array(options.applicationServerKey)));
  window.asked = { visible: options.userVisibleOnly, key };
  try {
    return await subscribe.call(this, options);
  } catch (error) {
    window.refused = error.name;
    throw error;
  }
};
"""
FORGET = """
async () => {
  const worker = await navigator.serviceWorker.ready;
  for (const each of await worker.getNotifications()) each.close();
}
"""
SHOWN = """
async () => {
  const worker = await navigator.serviceWorker.ready;
  return (await worker.getNotifications()).map((each) => ({
    title: each.title, body: each.body, tag: each.tag, lang: each.lang, link: each.data.link,
  }));
}
"""


@pytest.fixture(scope="module")
def profile(
    chromium: str, village: VillageServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """Open a browser that keeps what it learns: a window in private may tell nobody anything."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=chromium,
            args=FLAGS,
            base_url=village.url,
            viewport=DESKTOP,
            locale="en-GB",
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.goto("/")
        page.locator("button[name=name][value=nora]").click()
        page.wait_for_url("**/villages/*")
        yield context
        context.close()


@pytest.fixture
def preferences(profile: BrowserContext, village: VillageServer) -> Iterator[Callable[[str], Page]]:
    """Open nora's page of how she is told, where she has said yes or no to notifications."""
    pages = []

    def open_page(said: str) -> Page:
        page = profile.new_page()
        pages.append(page)
        answer = {"permission": {"name": "notifications"}, "setting": said, "origin": village.url}
        profile.new_cdp_session(page).send("Browser.setPermission", answer)
        page.add_init_script(LISTEN)
        page.goto("/me/preferences")
        page.evaluate(FORGET)
        assert page.evaluate("Notification.permission") == said
        return page

    yield open_page
    for page in pages:
        page.close()


class Worker:
    """Speak to a page's service worker as a push service does, by way of the browser."""

    def __init__(self, page: Page, origin: str) -> None:
        self._page = page
        self._session = page.context.new_cdp_session(page)
        self._origin = origin
        self._registered: list[dict[str, Any]] = []
        self._session.on("ServiceWorker.workerRegistrationUpdated", self._note)
        self._session.send("ServiceWorker.enable")

    def push(self, data: bytes) -> None:
        """Hand over a message."""
        message = {
            "origin": self._origin,
            "registrationId": self._registration(),
            "data": data.decode(),
        }
        self._session.send("ServiceWorker.deliverPushMessage", message)

    def _registration(self) -> str:
        """Give what the browser calls the village's worker, as soon as it says so."""
        for _ in range(100):
            for each in self._registered:
                if each["scopeURL"] == f"{self._origin}/":
                    return str(each["registrationId"])
            self._page.wait_for_timeout(50)
        raise AssertionError("the browser knows no worker of the village")

    def _note(self, event: dict[str, Any]) -> None:
        known = {each["registrationId"]: each for each in self._registered}
        known |= {each["registrationId"]: each for each in event["registrations"]}
        self._registered = [each for each in known.values() if not each["isDeleted"]]


class TestABrowser:
    def test_is_asked_with_the_villages_key_and_says_kindly_that_it_cannot(
        self, preferences: Callable[[str], Page], village: VillageServer
    ) -> None:
        nora = preferences("granted")
        here = nora.get_by_role("region", name="This browser")
        expect(here.get_by_role("status")).to_contain_text("This browser can tell you")
        here.get_by_role("button", name="Tell me here").click()

        expect(here.get_by_role("status")).to_have_text(
            "That did not work. Please try again later.", timeout=20_000
        )
        asked = nora.evaluate("window.asked")
        key = nora.evaluate(
            "async () => (await (await fetch('/api/v1/me/devices/web-push-key')).json()).public_key"
        )
        plain = key.replace("-", "+").replace("_", "/")
        assert asked == {"visible": True, "key": plain + "=" * (-len(plain) % 4)}
        # Some say no at once, others wait for a service that never comes.
        assert nora.evaluate("window.refused ?? null") in (None, "AbortError")
        expect(here.get_by_role("button", name="Tell me here")).to_be_visible()
        check(nora)

    def test_that_may_not_tell_anything_says_where_to_change_that(
        self, preferences: Callable[[str], Page]
    ) -> None:
        nora = preferences("denied")
        here = nora.get_by_role("region", name="This browser")
        here.get_by_role("button", name="Tell me here").click()

        expect(here.get_by_role("status")).to_contain_text("You can change that in its settings.")
        assert nora.evaluate("window.refused") == "NotAllowedError"

    def test_shows_what_it_is_told_also_when_it_is_told_again(
        self, preferences: Callable[[str], Page], village: VillageServer
    ) -> None:
        nora = preferences("granted")
        expect(nora.get_by_role("button", name="Tell me here")).to_be_visible()
        nora.evaluate("async () => { await navigator.serviceWorker.ready; }")
        worker = Worker(nora, village.url)
        first = make_letter(title="Grüß Gott, 山田さん")
        worker.push(payload(first))
        shown = until_shown(nora, first.title)
        assert shown == [
            {
                "title": first.title,
                "body": first.body,
                "tag": first.collapse_key,
                "lang": first.language,
                "link": first.link,
            }
        ]

        # A later telling of the same matter takes its place; of another, it stands beside it.
        worker.push(payload(make_letter(title="At ten")))
        assert [each["title"] for each in until_shown(nora, "At ten")] == ["At ten"]
        worker.push(payload(make_letter(title="Bread", collapse_key="news:1")))
        assert len(until_shown(nora, "Bread")) == 2

    def test_survives_what_is_no_message_of_ours(
        self, preferences: Callable[[str], Page], village: VillageServer
    ) -> None:
        nora = preferences("granted")
        nora.evaluate("async () => { await navigator.serviceWorker.ready; }")
        worker = Worker(nora, village.url)
        for data in (b"no JSON", json.dumps({"body": "without a title"}).encode()):
            worker.push(data)
        # Somebody who subscribed is owed a sign that something came.
        assert {each["title"] for each in until_shown(nora, "127.0.0.1")} == {"127.0.0.1"}


def until_shown(page: Page, title: str) -> list[dict[str, Any]]:
    """Wait until the browser shows a notification of this title; give all that it shows."""
    for _ in range(100):
        shown: list[dict[str, Any]] = page.evaluate(SHOWN)
        if title in {each["title"] for each in shown}:
            return shown
        page.wait_for_timeout(50)
    raise AssertionError(f"{title!r} was never shown; what is shown: {shown}")
