"""The news in a browser."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from news import actions, rendering
from news.models import Article, Outlet, Picture
from tests.support.cast import OUTLET
from village.core.actor import Actor
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
NEWS = "/villages/lindental/news"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def bote(cast: Any) -> Outlet:
    return Outlet.objects.create(
        id=OUTLET,
        village=cast.lindental,
        name="Lindentaler Bote",
        slug="bote",
        created_at=timezone.now(),
    )


@pytest.fixture
def bridge(bote: Outlet, mia: Resident) -> Article:
    return published(mia, "The bridge is open again")


def published(by: Resident, title: str, *, publish: bool = True) -> Article:
    return actions.write_article(
        by=Actor(by.pk),
        village="lindental",
        outlet_id=OUTLET,
        title=title,
        text="Since noon cars may cross again.\n\n<script>alert(1)</script>",
        publish=publish,
        at=timezone.now(),
    )


def photo() -> SimpleUploadedFile:
    data = BytesIO()
    Image.new("RGB", (640, 360), "#2c6e4f").save(data, "PNG")
    return SimpleUploadedFile("bridge.png", data.getvalue(), content_type="image/png")


class TestReading:
    def test_shows_the_news(self, browser: Browser, nora: Resident, bridge: Article) -> None:
        page = browser(nora).get(NEWS).content.decode()

        assert "The bridge is open again" in page and "Lindentaler Bote" in page
        assert 'data-live="villages/lindental/news"' in page
        assert "Write an article" not in page

    def test_opens_where_notices_lead(
        self, browser: Browser, nora: Resident, bridge: Article
    ) -> None:
        page = browser(nora).get(bridge.path)

        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()

    def test_is_the_villages_own(self, browser: Browser, strang: Resident, bridge: Article) -> None:
        window = browser(strang)
        for path in (NEWS, bridge.path, f"/articles/{bridge.pk}/card", f"{NEWS}/new"):
            assert window.get(path).status_code == 404, path
        wrong_village = bridge.path.replace("lindental", "bergheim")
        assert window.get(wrong_village).status_code == 404

    def test_shows_no_draft_to_a_reader(
        self, browser: Browser, nora: Resident, mia: Resident, bote: Outlet
    ) -> None:
        draft = published(mia, "Not yet", publish=False)

        assert browser(nora).get(draft.path).status_code == 404
        assert "Not yet" in browser(mia).get(f"{NEWS}/drafts").content.decode()
        assert browser(mia).get(f"/articles/{draft.pk}/card").status_code == 404
        assert browser(nora).get(f"{NEWS}/drafts").status_code == 403

    def test_does_not_ask_more_for_more_news(
        self,
        browser: Browser,
        nora: Resident,
        mia: Resident,
        bote: Outlet,
        django_assert_max_num_queries: Any,
    ) -> None:
        for number in range(7):
            published(mia, f"News {number}")
        window = browser(nora)
        window.get(NEWS)
        with django_assert_max_num_queries(15):
            assert "News 6" in window.get(NEWS).content.decode()

    def test_gives_its_parts_alone(self, browser: Browser, nora: Resident, bridge: Article) -> None:
        window = browser(nora)
        for path in (f"/articles/{bridge.pk}/card", "/villages/lindental/front/news"):
            part = window.get(path).content.decode()
            assert "The bridge is open again" in part and "<html" not in part


class TestWriting:
    def filled(self, **changed: Any) -> dict[str, Any]:
        return {
            "outlet": str(OUTLET),
            "title": "Snow!",
            "text": "It snows since six.",
            "alt": "",
            "then": "publish",
            **changed,
        }

    def test_publishes_at_once(
        self, browser: Browser, mia: Resident, nora: Resident, bote: Outlet
    ) -> None:
        answer = browser(mia).post(f"{NEWS}/new", self.filled())

        article = Article.objects.get()
        assert answer["Location"] == article.path
        assert "Snow!" in browser(nora).get(NEWS).content.decode()

    def test_keeps_a_draft(self, browser: Browser, mia: Resident, bote: Outlet) -> None:
        window = browser(mia)
        window.post(f"{NEWS}/new", self.filled(then="keep"))
        draft = Article.objects.get()
        assert draft.status == "draft"

        window.post(f"/articles/{draft.pk}/publish")
        draft.refresh_from_db()
        assert draft.status == "published"

    def test_comes_with_a_picture(
        self, browser: Browser, mia: Resident, nora: Resident, bote: Outlet
    ) -> None:
        window = browser(mia)
        answer = window.post(f"{NEWS}/new", self.filled(picture=photo(), alt="Green"))
        picture = Picture.objects.get()
        assert "Your picture follows in a moment" in window.get(answer["Location"]).content.decode()
        rendering.render_picture(picture.pk, at=timezone.now())

        page = browser(nora).get(NEWS).content.decode()
        assert f"/media/pictures/{picture.pk}/" in page and 'alt="Green"' in page
        window.post(f"/pictures/{picture.pk}/remove")
        assert not Picture.objects.exists()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"title": ""},
            {"text": ""},
            {"outlet": "x"},
            {"picture": SimpleUploadedFile("a.png", b"no picture")},
            {"picture": SimpleUploadedFile("a.svg", b"<svg/>")},
        ],
    )
    def test_keeps_nothing_of_what_is_wrong(
        self, browser: Browser, mia: Resident, bote: Outlet, wrong: dict[str, Any]
    ) -> None:
        answer = browser(mia).post(f"{NEWS}/new", self.filled(**wrong))

        assert answer.status_code == 422
        assert "Please look again." in answer.content.decode()
        assert not Article.objects.exists()

    def test_is_for_editors(
        self, browser: Browser, nora: Resident, vera: Resident, bote: Outlet, mandate: str
    ) -> None:
        assert browser(nora).get(f"{NEWS}/new").status_code == 403
        assert browser(nora).post(f"{NEWS}/new", self.filled()).status_code == 403
        assert browser(vera).get(f"{mandate}{NEWS}/new").status_code == 403


class TestTheEditorsDesk:
    def test_corrects(self, browser: Browser, mia: Resident, bridge: Article) -> None:
        window = browser(mia)
        window.post(
            f"/articles/{bridge.pk}/correct",
            {"title": "The bridge is half open", "text": "One at a time.", "version": "1"},
        )

        assert "The bridge is half open" in window.get(bridge.path).content.decode()
        late = window.post(
            f"/articles/{bridge.pk}/correct", {"title": "x", "text": "y", "version": "1"}
        )
        assert late.status_code == 422
        assert "Please look again" in late.content.decode()

    def test_takes_back_after_a_question(
        self, browser: Browser, mia: Resident, nora: Resident, bridge: Article
    ) -> None:
        address = f"/articles/{bridge.pk}/retract"

        assert browser(nora).post(address).status_code == 403
        assert "Really" in browser(mia).get(address).content.decode()
        browser(mia).post(address)
        assert browser(nora).get(bridge.path).status_code == 404

    def test_adds_a_picture_later(self, browser: Browser, mia: Resident, bridge: Article) -> None:
        window = browser(mia)
        address = f"/articles/{bridge.pk}/pictures"

        assert window.post(address, {"alt": "none"}).status_code == 422
        assert window.post(address, {"picture": photo(), "alt": ""}).status_code == 302
        assert Picture.objects.count() == 1

    def test_is_the_editors_alone(self, browser: Browser, nora: Resident, bridge: Article) -> None:
        window = browser(nora)
        for verb in ("correct", "pictures", "retract"):
            assert window.get(f"/articles/{bridge.pk}/{verb}").status_code == 403, verb
        assert window.post(f"/articles/{bridge.pk}/publish").status_code == 403


class TestActingForSomebody:
    def test_reads_aloud(
        self, browser: Browser, vera: Resident, edda: Resident, bridge: Article, mandate: str
    ) -> None:
        window = browser(vera)
        page = window.get(mandate + bridge.path).content.decode()
        assert "I have read it aloud" in page and "You act for <strong>Edda</strong>" in page
        answer = window.post(f"{mandate}/articles/{bridge.pk}/read")

        assert answer["Location"] == mandate + NEWS
