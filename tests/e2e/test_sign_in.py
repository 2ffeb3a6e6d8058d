"""Coming in by oneself, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Window

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def code_for(page: Page, address: str) -> str:
    """Read the newest code that was sent to an address."""
    letters = page.context.new_page()
    letters.goto("/outbox")
    letter = letters.locator("article", has_text=address).first
    # A worker sends it, a moment after it was asked for.
    for _ in range(40):
        if letter.count():
            break
        letters.wait_for_timeout(250)
        letters.reload()
    found = re.search(r"\b\d{6}\b", letter.inner_text())
    letters.close()
    assert found is not None
    return found[0]


class TestWhoIsNew:
    @pytest.mark.parametrize("by", ["0151 5550 1234", "frieda@mail.example"])
    def test_comes_in_by_phone_or_by_e_mail(self, window: Window, by: str) -> None:
        page = window()
        page.get_by_role("link", name="I am new here").click()
        page.wait_for_url("**/sign-up*")
        page.get_by_role("button", name="Send me a code").click()
        expect(page.get_by_text("Please tell us how you are called.")).to_be_visible()
        page.get_by_label("Your first name and surname").fill("Frieda Fuchs")
        page.get_by_label("Your e-mail address or phone number").fill(by)
        page.get_by_role("button", name="Send me a code").click()
        expect(page.get_by_role("heading", name="Look into your letters")).to_be_focused()
        code = code_for(page, "+4915155501234" if by.startswith("0") else by)
        page.get_by_label("The six digits", exact=True).fill(code)
        page.keyboard.press("Enter")
        page.wait_for_url("**/invitation")
        expect(page.get_by_role("link", name="Frieda Fuchs")).to_be_visible()

    def test_takes_the_code_of_her_letter_along(self, window: Window) -> None:
        page = window()
        page.goto("/invitation#471108152342")
        page.get_by_role("link", name="I am new here").click()
        page.wait_for_url("**/sign-up*")
        page.get_by_label("Your first name and surname").fill("Paul Fuchs")
        page.get_by_label("Your e-mail address or phone number").fill("paul.fuchs@mail.example")
        page.get_by_role("button", name="Send me a code").click()
        expect(page.get_by_role("heading", name="Look into your letters")).to_be_focused()
        code = code_for(page, "paul.fuchs@mail.example")
        page.get_by_label("The six digits", exact=True).fill(code)
        page.keyboard.press("Enter")
        page.wait_for_url("**/invitation")
        expect(page.get_by_label("The code of your letter")).to_have_value("4711 0815 2342")
