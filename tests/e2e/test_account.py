"""One's own ways in, in a real browser: keys with a virtual authenticator, a phone by its code."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Window
from tests.e2e.test_every_page import SMALLEST, grave_violations, overflow
from tests.e2e.test_sign_in import code_for
from tests.support.server import VillageServer

NUMBER = re.compile("Your (new )?number")
pytestmark = [pytest.mark.browser, pytest.mark.slow]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_keys(page: Page) -> Page:
    """Let the browser's device keep keys, as WebAuthn's own test interface does."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page


class TestAKey:
    def test_is_made_named_used_and_removed(self, window: Window, village: VillageServer) -> None:
        # A key is of a name, not of a number.
        site = village.url.replace("127.0.0.1", "localhost")
        page = with_keys(window())
        page.goto(site)
        page.locator('button[name=name][value="nora"]').click()
        page.wait_for_url("**/villages/*")
        page.goto(f"{site}/me/passkeys")
        expect(page.get_by_text("You have no key yet.")).to_be_visible()
        page.get_by_label("How you call this device").fill("Telefon")
        page.get_by_role("button", name="Make a key").click()
        name = page.get_by_label("Name of key 1")
        expect(name).to_have_value("Telefon")
        assert grave_violations(page) == []
        name.fill("Rotes Telefon")
        with page.expect_navigation():
            page.get_by_role("button", name="Keep this name").click()
        expect(name).to_have_value("Rotes Telefon")

        page.goto(f"{site}/me")
        page.get_by_role("button", name="Sign out").click()
        page.goto(f"{site}/sign-in?next=/me/passkeys")
        page.get_by_role("button", name="Sign in with a key").click()
        page.wait_for_url("**/me/passkeys")
        page.get_by_role("button", name="Remove it").click()
        expect(page.get_by_text("You have no key yet.")).to_be_visible()

    def test_is_not_offered_where_the_address_is_a_number(self, window: Window) -> None:
        page = window("nora", size=SMALLEST)
        page.goto("/me/passkeys")
        expect(page.get_by_text("cannot keep a key")).to_be_visible()
        assert overflow(page) == 0


class TestAPhone:
    def test_is_kept_once_its_code_was_said(self, window: Window) -> None:
        page = window("tom", size=SMALLEST)
        page.goto("/me/phone")
        page.get_by_label(NUMBER).fill("0151")
        page.get_by_role("button", name="Send me a code").click()
        expect(page.get_by_text("This is not a phone number")).to_be_visible()
        page.get_by_label(NUMBER).fill("0151 5550 4321")
        page.get_by_role("button", name="Send me a code").click()
        expect(page.get_by_role("heading", name="Look at your phone")).to_be_focused()
        assert overflow(page) == 0
        assert grave_violations(page) == []
        code = code_for(page, "+4915155504321")
        other = "000000" if code != "000000" else "111111"
        page.get_by_label("The six digits", exact=True).fill(other)
        page.get_by_role("button", name="Keep this number").click()
        expect(page.get_by_text("This code is not right.")).to_be_visible()
        page.get_by_label("The six digits", exact=True).fill(code)
        page.get_by_role("button", name="Keep this number").click()
        expect(page.get_by_text("a code that is sent to +4915155504321")).to_be_visible()


class TestAnInvitation:
    def test_is_made_shown_and_taken_by_somebody_new(self, window: Window) -> None:
        page = window("nora", size=SMALLEST)
        page.goto("/villages/lindental/invitations")
        page.get_by_label("How many people may come in by it").fill("1")
        page.get_by_role("button", name="Make an invitation").click()
        expect(page.get_by_role("heading", name="Show this")).to_be_visible()
        assert overflow(page) == 0
        assert grave_violations(page) == []
        code = re.search(r"\d{4} \d{4} \d{4}", page.locator("main").inner_text())
        assert code is not None
        guest = window(size=SMALLEST)
        guest.goto(f"/invitation#{code[0].replace(' ', '')}")
        guest.get_by_role("link", name="I am new here").click()
        guest.wait_for_url("**/sign-up*")
        guest.get_by_label("Your first name and surname").fill("Ida Fuchs")
        guest.get_by_label("Your e-mail address or phone number").fill("ida.fuchs@mail.example")
        guest.get_by_role("button", name="Send me a code").click()
        expect(guest.get_by_role("heading", name="Look into your letters")).to_be_focused()
        said = code_for(guest, "ida.fuchs@mail.example")
        guest.get_by_label("The six digits", exact=True).fill(said)
        guest.keyboard.press("Enter")
        expect(guest.get_by_label("The code of your letter")).to_have_value(code[0])
        guest.get_by_role("button", name="Come in").click()
        guest.wait_for_url("**/villages/lindental")
        page.goto("/villages/lindental/invitations")
        expect(page.get_by_text("1 of 1 came").first).to_be_visible()
