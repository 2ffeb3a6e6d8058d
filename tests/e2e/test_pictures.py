"""The pictures of the README, taken from the village as it is."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, Window
from tests.e2e.landscape import paint
from tests.e2e.test_main_job import wait_until_live
from tests.support.server import VillageServer

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).resolve().parent.parent.parent / "docs" / "pictures"
SMALL = 150_000  # bytes
COLOURS = 160


@pytest.fixture(scope="module")
def village(chromium: str) -> Iterator[VillageServer]:
    """Serve a village in which no other test has lived."""
    with VillageServer() as server:
        yield server


class TestPictures:
    def test_show_the_village(self, window: Window, tmp_path: Path) -> None:
        mia = window("mia")
        mia.goto("/villages/lindental/news/new")
        mia.get_by_label("Published by").select_option("Lindentaler Bote")
        mia.get_by_label("Headline").fill("Die Linde hat den Sturm gut überstanden")
        mia.get_by_label("Text").fill(
            "Ein Ast ist gebrochen, sonst nichts. Der Bauhof sagt: Sie steht noch hundert Jahre."
        )
        mia.get_by_label("Picture").set_input_files(paint(tmp_path / "village.jpg"))
        mia.get_by_label("What can be seen on it?").fill("Das Dorf und die alte Linde")
        mia.get_by_role("button", name="Publish").click()
        expect(mia.get_by_role("img")).to_be_visible(timeout=20_000)

        nora = window("nora", size=PHONE)
        nora.goto("/villages/lindental/news")
        keep(nora, "news-on-a-phone")
        stella = window("stella")
        keep(stella, "front-page")
        tom = window("tom", dark=True)
        tom.goto("/villages/lindental/rides")
        keep(tom, "rides-in-the-dark")
        vera = window("vera", size=PHONE)
        vera.goto("/helping")
        vera.get_by_role("link", name="Act for Edda").click()
        vera.get_by_role("link", name="Singkreis").click()
        vera.get_by_role("button", name="I cannot come").scroll_into_view_if_needed()
        keep(vera, "acting-for-edda")
        otto = window("otto", size=PHONE)
        otto.goto("/villages/lindental/cases")
        otto.get_by_role("link", name="Bauhof").click()
        otto.get_by_role("link", name="Laterne").click()
        keep(otto, "a-case")

        for picture in PICTURES.glob("*.png"):
            assert picture.stat().st_size < SMALL, picture


def keep(page: Page, name: str) -> None:
    """Take a picture of what somebody sees, and make it small."""
    wait_until_live(page)
    page.wait_for_load_state("networkidle")
    shot = Image.open(BytesIO(page.screenshot()))
    PICTURES.mkdir(parents=True, exist_ok=True)
    drawn = shot.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    drawn.save(PICTURES / f"{name}.png", optimize=True)
