"""Every page that somebody can reach by links: readable on the smallest phone, and by everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import Window

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SMALLEST = {"width": 320, "height": 640}
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Not pages: calendars and feeds, and what leads away from the web.
NOT_PAGES = re.compile(r"\.(ics|atom|rss|json|webp|pdf|cap)$|^(geo|mailto|tel):")
# What a page of somebody else may lead to: the way out, the demo's letters, and what is public.
OUTSIDE = (
    "/helping",
    "/outbox",
    "/villages/lindental/events.ics",
    "/villages/lindental/news.atom",
    "/villages/lindental/alerts.atom",
)
GRAVE = ("serious", "critical")
# One question for all links of a page, because each takes its time.
HREFS = "(all) => all.map((each) => each.getAttribute('href'))"
# A stranger, and everybody whose pages are not those of somebody else here.
PEOPLE = ["", "edda", "vera", "tom", "nora", "mia", "otto", "carla", "stella", "strang"]

# What links must lead to, so that it is looked at.
LEADS_TO = {
    "nora": {"/me/contact"},
    "mia": {"/mandates/*/answer"},
    "carla": {"/villages/lindental/assisted"},
    "stella": {"/villages/lindental/assisted"},
}


class TestEveryPage:
    @pytest.mark.parametrize("name", PEOPLE)
    def test_can_be_read_by_everybody(self, window: Window, name: str) -> None:
        page = window(name, size=SMALLEST, dark=name in ("vera", "otto", "strang"))
        seen, kinds = 0, set()
        for address in crawl(page):
            seen += 1
            kinds.add(kind_of(address))
            assert page.locator("h1").count() == 1, address
            assert page.title(), address
            assert overflow(page) == 0, f"{address} scrolls sideways"
            assert grave_violations(page) == [], address
        assert seen >= (2 if name == "" else 6)
        assert LEADS_TO.get(name, set()) - kinds == set()

    def test_of_somebody_else_says_so_and_leads_nowhere_else(self, window: Window) -> None:
        page = window("vera", size=SMALLEST)
        page.goto("/helping")
        page.get_by_role("link", name="Act for Edda").click()
        page.wait_for_url("**/for/**")
        prefix = "/for/" + urlsplit(page.url).path.split("/")[2]
        seen = 0
        for address in crawl(page):
            if not urlsplit(address).path.startswith(prefix):
                continue
            seen += 1
            assert page.locator(".acting-for").is_visible(), address
            assert overflow(page) == 0, f"{address} scrolls sideways"
            assert grave_violations(page) == [], address
            for target in addresses(page):
                assert target.startswith((prefix, *OUTSIDE)), f"{address} leads to {target}"
        assert seen >= 8

    @pytest.mark.parametrize("dark", [False, True])
    def test_refuses_so_that_everybody_can_read_it(self, window: Window, dark: bool) -> None:
        page = window("nora", size=SMALLEST, dark=dark)
        for address in ("/villages/bergheim/events", "/villages/lindental/news/new"):
            page.goto(address)
            assert overflow(page) == 0
            assert grave_violations(page) == [], address


def crawl(page: Page) -> Iterator[str]:
    """Visit one page of each kind that links lead to, beginning where the window is."""
    waiting, kinds = [page.url], set()
    while waiting:
        address = waiting.pop(0)
        parts = urlsplit(address)
        kind = kind_of(address)
        if kind in kinds:
            continue
        kinds.add(kind)
        answer = page.goto(address)
        assert answer is not None and answer.status == 200, f"{address}: {answer}"
        yield address
        for link in page.eval_on_selector_all("a[href]", HREFS):
            target = urljoin(page.url, link)
            is_ours = urlsplit(target).netloc == parts.netloc
            if is_ours and not NOT_PAGES.search(urlsplit(target).path):
                waiting.append(target.partition("#")[0])


def kind_of(address: str) -> str:
    """Name the kind of page that an address is of: its path without what it is about."""
    return ID.sub("*", urlsplit(address).path)


def addresses(page: Page) -> set[str]:
    """Give the path of every link and form of a page, and of what it fetches by itself."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("a[href], form, [data-src], [hx-post], [hx-get]")]
          .flatMap((each) => [each.getAttribute("href"), each.getAttribute("action"),
            each.dataset.src, each.getAttribute("hx-post"), each.getAttribute("hx-get")])
          .filter((address) => address !== null && address !== undefined)"""
    )
    return {
        urlsplit(urljoin(page.url, each)).path
        for each in found
        if not each.startswith(("http:", "https:", "geo:", "mailto:", "tel:"))
    }


def overflow(page: Page) -> int:
    """Give by how many pixels the page is wider than its window."""
    wider: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return max(0, wider)


def grave_violations(page: Page) -> list[str]:
    """Give what axe finds that keeps somebody from using the page."""
    answer = Axe().run(page).response
    assert answer["passes"], "axe has looked at nothing"
    return [
        f"{each['id']}: {node['html'][:160]}"
        for each in answer["violations"]
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]
