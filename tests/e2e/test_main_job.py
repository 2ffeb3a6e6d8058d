"""The main job, done by people in real windows."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.conftest import Window
from tests.support.server import VillageServer

pytestmark = pytest.mark.browser
# What somebody does in one window is seen in another within this time.
WITHIN_A_SECOND = 1_000
LIVE = re.compile("^live$")


def wait_until_live(*pages: Page) -> None:
    for page in pages:
        expect(page.locator("#live")).to_have_text(LIVE)


class TestTheNews:
    def test_arrives_in_the_other_window_within_a_second(
        self, window: Window, tmp_path: Path
    ) -> None:
        mia, nora = window("mia"), window("nora")
        nora.goto("/villages/lindental/news")
        wait_until_live(nora)
        photo = tmp_path / "snow.png"
        Image.new("RGB", (640, 360), "#cfe3ef").save(photo)
        mia.goto("/villages/lindental/news")
        mia.get_by_role("link", name="Write an article").click()
        mia.get_by_label("Headline").fill("It snows")
        mia.get_by_label("Text").fill("Since six o'clock.\n\nThe children are out.")
        mia.get_by_label("Picture").set_input_files(photo)
        mia.get_by_label("What can be seen on it?").fill("The meadow, all white")
        mia.get_by_role("button", name="Publish").click()
        mia.wait_for_url("**/news/*-*")

        article = nora.get_by_role("article").filter(has_text="It snows")
        expect(article).to_be_visible(timeout=WITHIN_A_SECOND)
        # The picture is made by a job and follows in a frame of its own.
        expect(article.get_by_role("img", name="The meadow, all white")).to_be_visible(
            timeout=20_000
        )
        expect(mia.get_by_role("img", name="The meadow, all white")).to_be_visible()
        article.get_by_role("link", name="It snows").click()
        wait_until_live(nora)
        mia.get_by_role("link", name="Take it back").click()
        mia.get_by_role("button", name="Yes, take it back").click()

        expect(nora.get_by_text("This is no longer here.")).to_be_visible(timeout=WITHIN_A_SECOND)

    def test_stays_right_through_a_cut(self, window: Window) -> None:
        mia, nora = window("mia"), window("nora")
        line = Line(nora)
        nora.goto("/villages/lindental/news")
        wait_until_live(nora)
        line.cut()
        expect(nora.locator("#live")).to_have_text("reconnecting…")
        mia.goto("/villages/lindental/news/new")
        mia.get_by_label("Headline").fill("While you were away")
        mia.get_by_label("Text").fill("Nothing is lost.")
        mia.get_by_role("button", name="Publish").click()
        mia.wait_for_url("**/news/*-*")
        expect(nora.get_by_role("link", name="While you were away")).to_have_count(0)
        line.mend()

        expect(nora.get_by_role("link", name="While you were away")).to_be_visible(timeout=30_000)
        wait_until_live(nora)


class Line:
    """Stand between a window and the village's socket, and cut it."""

    def __init__(self, page: Page) -> None:
        self._is_cut = False
        self._open: list[WebSocketRoute] = []
        page.route_web_socket("**/ws", self._connect)

    def cut(self) -> None:
        self._is_cut = True
        for route in self._open:
            route.close()

    def mend(self) -> None:
        self._is_cut = False

    def _connect(self, route: WebSocketRoute) -> None:
        if self._is_cut:
            route.close()
        else:
            route.connect_to_server()
            self._open.append(route)


class TestTheEventBoard:
    def test_moves_the_seats_in_every_window(self, window: Window) -> None:
        nora, tom = window("nora"), window("tom")
        for page in (nora, tom):
            page.goto("/villages/lindental/events")
            page.get_by_role("link", name="Reparier-Café").click()
            page.wait_for_url("**/events/*")
        wait_until_live(nora, tom)
        before = tom.locator(".counter").inner_text()
        nora.get_by_role("button", name="I come").click()

        expect(tom.locator(".counter")).not_to_have_text(before, timeout=WITHIN_A_SECOND)
        expect(nora.locator(".counter")).to_contain_text("You have a place.")
        # The button that was pressed is gone, but not the reader's place in the page.
        assert "/events/" in nora.url
        nora.get_by_role("button", name="I cannot come").click()
        expect(tom.locator(".counter")).to_have_text(before, timeout=WITHIN_A_SECOND)

    def test_shows_what_is_announced_to_everybody(self, window: Window) -> None:
        tom, nora = window("tom"), window("nora")
        nora.goto("/villages/lindental/events")
        wait_until_live(nora)
        tom.goto("/villages/lindental/events/new")
        tom.get_by_label("What is it?").fill("Apple picking")
        tom.get_by_label("Tell a little more").fill("Bring a basket.")
        tomorrow = time.strftime("%Y-%m-%d", time.localtime(time.time() + 86_400))
        tom.get_by_label("On which day?").fill(tomorrow)
        tom.get_by_label("From").fill("10:00")
        tom.get_by_label("Until").fill("12:00")
        tom.get_by_label("Where?").fill("Mill meadow")
        tom.get_by_role("button", name="Put it on the board").click()
        tom.wait_for_url("**/events/*")

        expect(nora.get_by_role("link", name="Apple picking")).to_be_visible(
            timeout=WITHIN_A_SECOND
        )
        expect(nora.locator("#said")).to_have_text("There is something new.")


class TestTheTownHall:
    def test_answers_while_one_looks(self, window: Window) -> None:
        nora, otto = window("nora"), window("otto")
        nora.goto("/villages/lindental/cases/new")
        nora.get_by_label("What is it about?").select_option(index=1)
        nora.get_by_label("In a few words").fill("The bench is broken")
        nora.get_by_label("What would you like to tell us?").fill("One board is missing.")
        nora.get_by_role("button", name="Send").click()
        nora.wait_for_url("**/cases/*")
        wait_until_live(nora)
        # Half a message is not lost when an answer comes in.
        nora.get_by_label("Your message").fill("And there is")
        otto.goto(nora.url)
        otto.get_by_label("Your message").fill("We will look on Monday.")
        otto.get_by_role("button", name="Send").click()

        expect(nora.get_by_text("We will look on Monday.")).to_be_visible(timeout=WITHIN_A_SECOND)
        expect(nora.get_by_label("Your message")).to_have_value("And there is")
        expect(nora.get_by_label("Your message")).to_be_focused()


class TestActingForSomebody:
    def test_says_so_all_the_time_and_never_mixes_two_tabs(self, window: Window) -> None:
        vera = window("vera")
        vera.goto("/helping")
        vera.get_by_role("link", name="Act for Edda").click()
        vera.wait_for_url("**/for/**")
        banner = vera.get_by_role("complementary", name="Acting for somebody")
        expect(banner).to_contain_text("You act for Edda Lindner (81).")
        wait_until_live(vera)
        other_tab = vera.context.new_page()
        other_tab.goto("/villages/lindental/events")
        expect(other_tab.locator(".acting-for")).to_have_count(0)

        vera.get_by_role("link", name="Events").first.click()
        vera.get_by_role("link", name="Kaffee für Neue").click()
        expect(banner).to_be_in_viewport()
        wait_until_live(vera)
        vera.get_by_role("button", name="I come").click()
        expect(vera.locator(".counter")).to_contain_text("You have a place.")
        vera.mouse.wheel(0, 5_000)
        expect(banner).to_be_in_viewport()
        assert "/for/" in vera.url

        other_tab.goto(
            vera.url.partition("/for/")[0] + "/events" + vera.url.rpartition("/events")[2]
        )
        expect(other_tab.locator(".counter")).not_to_contain_text("You have a place.")
        banner.get_by_role("link", name="Stop").click()
        vera.wait_for_url("**/sessions/**")
        expect(vera.locator(".acting-for")).to_have_count(0)
        expect(vera.get_by_role("button", name="End it now")).to_be_visible()


class TestTheEndOfAMandate:
    @pytest.fixture
    def village(self, chromium: str) -> Iterator[VillageServer]:
        """Serve a village of one's own: what is ended here, others still need."""
        with VillageServer() as server:
            yield server

    def test_is_seen_on_the_screen(self, window: Window) -> None:
        carla, vera = window("carla"), window("vera")
        vera.goto("/helping")
        vera.get_by_role("link", name="Act for Edda").click()
        vera.wait_for_url("**/for/**")
        wait_until_live(vera)
        carla.goto("/helping")
        carla.get_by_role("link", name="Alte Schule").click()
        carla.get_by_role("link", name="Edda Lindner").first.click()
        carla.get_by_role("button", name="End this mandate now").click()

        # Within five seconds the socket is closed; the next page says why.
        expect(vera.locator("#live")).to_contain_text("Stopped.", timeout=6_000)
        vera.get_by_role("link", name="Events").first.click()
        expect(vera.get_by_text("This mandate has ended.")).to_be_visible()


class TestSigningIn:
    def test_needs_no_mouse(self, window: Window) -> None:
        page = window()
        letters = page.context.new_page()
        page.goto("/sign-in")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="To the content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_label("Your e-mail address")).to_be_focused()
        page.keyboard.type("not an address")
        page.keyboard.press("Enter")
        expect(
            page.get_by_text("This is neither an e-mail address nor a phone number.")
        ).to_be_visible()
        page.keyboard.press("Control+A")
        page.keyboard.type("nora@lindental.example")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Look into your letters")).to_be_focused()
        letters.goto("/outbox")
        code = re.search(r"\b\d{6}\b", letters.locator("main").inner_text())
        assert code is not None
        page.keyboard.press("Tab")
        page.keyboard.type("12 34")
        page.keyboard.press("Enter")
        expect(page.get_by_text("This code is not right.")).to_be_visible()
        page.keyboard.press("Control+A")
        page.keyboard.type("111111" if code[0] != "111111" else "222222")
        page.keyboard.press("Enter")
        expect(page.get_by_text("This code is not right.")).to_be_visible()
        expect(page.get_by_label("The six digits", exact=True)).to_be_focused()
        page.keyboard.press("Control+A")
        page.keyboard.type(f"{code[0][:3]} {code[0][3:]}")
        page.keyboard.press("Enter")

        page.wait_for_url("**/villages/lindental")
        expect(page.get_by_role("link", name="Nora Weiß")).to_be_visible()

    def test_comes_back_to_what_one_wanted(self, window: Window) -> None:
        page = window()
        page.goto("/villages/lindental/events")
        page.get_by_label("Your e-mail address").fill("tom@lindental.example")
        page.get_by_role("button", name="Send me a code").click()
        expect(page.get_by_label("The six digits", exact=True)).to_be_visible()
        letters = page.context.new_page()
        letters.goto("/outbox")
        text = letters.locator("article", has_text="tom@lindental.example").first.inner_text()
        code = re.search(r"\b\d{6}\b", text)
        assert code is not None
        page.get_by_label("The six digits", exact=True).fill(code[0])
        page.locator("#confirm button.button").first.click()

        page.wait_for_url("**/villages/lindental/events")
