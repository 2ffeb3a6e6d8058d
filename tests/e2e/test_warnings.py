"""A drill, from the first word to the roll call, in real windows on the smallest phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Window
from tests.e2e.test_every_page import SMALLEST, grave_violations, overflow
from tests.e2e.test_main_job import WITHIN_A_SECOND, wait_until_live

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HEADLINE = "DRILL: The water is rising."


def check(page: Page) -> None:
    """Hold a page to what all pages are held to."""
    assert overflow(page) == 0, page.url
    assert grave_violations(page) == [], page.url


class TestADrill:
    def test_is_released_by_a_second_person_and_everybody_answers(self, window: Window) -> None:
        otto, stella, nora, vera = (
            window(name, size=SMALLEST) for name in ("otto", "stella", "nora", "vera")
        )
        otto.goto("/villages/lindental/alerts")
        otto.get_by_role("link", name="Flood", exact=True).click()
        check(otto)
        otto.get_by_label("This is only a drill").check()
        otto.get_by_role("button", name="Give it to a second person").click()
        otto.wait_for_url("**/alerts/*-*")
        expect(otto.get_by_role("heading", level=1)).to_have_text(HEADLINE)
        expect(otto.get_by_role("button", name="Release the drill")).to_have_count(0)
        check(otto)

        nora.goto("/villages/lindental")
        wait_until_live(nora)
        stella.goto(otto.url)
        check(stella)
        stella.get_by_role("button", name="Release the drill").click()
        shown = nora.get_by_role("link", name=HEADLINE)
        expect(shown).to_be_visible(timeout=WITHIN_A_SECOND)
        check(nora)

        otto.reload()
        otto.get_by_label("Where do people gather?").fill("Fire station\nOld school")
        otto.get_by_role("button", name="Begin the roll call").click()
        otto.wait_for_url("**/roll-calls/*-*")
        check(otto)
        vera.goto(otto.url)
        wait_until_live(vera)
        check(vera)
        expect(vera.locator("#roll li").first).to_contain_text("Edda")

        nora.goto(otto.url)
        check(nora)
        nora.get_by_label("I am at a shelter").check()
        nora.get_by_label("Which shelter?").select_option("Old school")
        nora.get_by_role("button", name="Send").click()
        expect(nora.get_by_text("We know: at a shelter")).to_be_visible()
        row = vera.get_by_role("button", name="Nora Weiß is safe")
        expect(row).to_have_count(0, timeout=WITHIN_A_SECOND)
        vera.get_by_role("button", name="Edda").first.click()
        expect(vera.locator("#roll li").first).not_to_contain_text("Edda")

        otto.get_by_role("button", name="Close the roll call").click()
        expect(otto.get_by_text("This roll call is closed.")).to_be_visible()
        stella.get_by_role("button", name="Take it back at once").click()
        nora.goto("/villages/lindental")
        expect(nora.get_by_text("There is no warning.")).to_be_visible()
