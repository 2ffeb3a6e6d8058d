"""A village in a process of its own, and windows of a real browser in front of it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.support.server import VillageServer

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]
DESKTOP = {"width": 1180, "height": 860}
PHONE = {"width": 390, "height": 780}
# Chromium complains of every answer that says no; pages tell that to the person themselves.
SAID_NO = re.compile(r"the server responded with a status of 4\d\d ")
# A page that is left while it connects.
LEFT = "WebSocket is closed before the connection is established"
Window = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of Chromium; without it these tests cannot run, which CI does not accept."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        words = "There is no Chromium here; `python -m tools.browser` installs one where it can."
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    return found


@pytest.fixture(scope="session")
def village(chromium: str) -> Iterator[VillageServer]:
    with VillageServer() as server:
        yield server


# No longer than a module: while Playwright runs, this thread has an event loop, in which other
# tests could ask no database.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def window(village: VillageServer, browser: Browser) -> Iterator[Window]:
    """
    Open a window as somebody: ``window("nora")``; ``window()`` is a stranger's.

    Whatever a page complains about in its console fails the test that opened it.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        is_file = "/static/" in message.location["url"] or "/media/" in message.location["url"]
        if LEFT in message.text:
            return
        if message.type in ("error", "warning") and (is_file or not SAID_NO.search(message.text)):
            complaints.append(f"{message.type}: {message.text} ({message.location['url']})")

    def open_window(name: str = "", *, size: dict[str, int] = DESKTOP, dark: bool = False) -> Page:
        context = browser.new_context(
            base_url=village.url,
            viewport=size,
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/")
        if name:
            page.locator(f'button[name=name][value="{name}"]').click()
            page.wait_for_url("**/villages/*")
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []
