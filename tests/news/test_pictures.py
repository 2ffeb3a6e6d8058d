"""From an upload to clean copies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from news import actions, rendering
from news.actions.pictures import LEASE, PER_ARTICLE
from news.models import Article, Outlet, Picture
from news.topics import news
from tests.core.pictures import MARKER, flat_png, marked_jpeg
from tests.news.factories import attach, jpeg, kinds, render, stored, write
from village.core import images
from village.core.actor import SYSTEM, Actor
from village.core.errors import Forbidden, NotFound
from village.journal.queries import frames_after
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Commit = Callable[..., Any]


class TestAttachPicture:
    def test_waits_for_its_copies(self, mia: Resident, article: Article, at: datetime) -> None:
        picture = attach(mia, article, jpeg(), at=at)

        assert picture.status == "waiting"
        assert default_storage.exists(picture.original)
        assert kinds() == ["article_published"]

    def test_wakes_a_worker_after_the_commit(
        self,
        mia: Resident,
        article: Article,
        at: datetime,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Commit,
    ) -> None:
        woken: list[Any] = []
        monkeypatch.setattr(actions.pictures, "wakers", [woken.append])
        with django_capture_on_commit_callbacks(execute=True):
            picture = attach(mia, article, jpeg(), at=at)
            assert not woken

        assert woken == [picture.pk]

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "image.broken"),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image.not_supported"),
            (b"<html><script>alert(1)</script>", "image.not_supported"),
            (b"GIF89a" + bytes(100), "image.not_supported"),
            (b"\xff\xd8\xff", "image.broken"),
            (flat_png(12_000, 12_000), "image.too_many_pixels"),
            (jpeg()[:-20] + bytes(images.MAX_BYTES), "image.too_large"),
        ],
        ids=["empty", "svg", "page", "gif", "cut off", "too many pixels", "too large"],
    )
    def test_refuses_what_is_no_picture(
        self, mia: Resident, article: Article, at: datetime, media: Path, data: bytes, code: str
    ) -> None:
        with pytest.raises(actions.PictureRefused) as refused:
            attach(mia, article, data, at=at)

        assert refused.value.code == code
        assert refused.value.detail
        assert not stored(media)

    def test_is_for_the_editors_of_the_outlet(
        self, tom: Resident, strang: Resident, article: Article, at: datetime
    ) -> None:
        with pytest.raises(Forbidden):
            attach(tom, article, jpeg(), at=at)
        with pytest.raises(NotFound):
            attach(strang, article, jpeg(), at=at)

    def test_an_article_has_room_for_so_many(
        self, mia: Resident, article: Article, at: datetime
    ) -> None:
        Picture.objects.bulk_create(
            Picture(village_id="lindental", article=article, due_at=at, created_at=at)
            for _ in range(PER_ARTICLE)
        )
        with pytest.raises(actions.TooManyPictures):
            attach(mia, article, jpeg(), at=at)


class TestRender:
    def test_shows_clean_copies_and_forgets_the_original(
        self, mia: Resident, article: Article, at: datetime, media: Path
    ) -> None:
        picture = render(attach(mia, article, marked_jpeg(), at=at), at)

        assert (picture.status, picture.width, picture.height) == ("ready", 200, 150)
        assert picture.thumbhash
        assert stored(media) == [variant["name"] for variant in picture.variants]
        for name in stored(media):
            copy = (media / name).read_bytes()
            assert copy[8:12] == b"WEBP"
            assert MARKER not in copy

    def test_follows_the_article_in_a_fact_of_its_own(
        self, mia: Resident, article: Article, at: datetime
    ) -> None:
        picture = render(attach(mia, article, jpeg(), at=at), at)

        assert kinds() == ["article_published", "article_pictured"]
        told = frames_after(news, "villages/lindental/news", 1, limit=10)
        (shown,) = told[0].data["pictures"]
        assert shown["alt"] == "Two cars"
        assert shown["copies"][0] == {
            "width": 320,
            "height": 240,
            "url": f"/media/pictures/{picture.pk}/320.webp",
        }

    def test_is_told_with_the_article_when_it_was_a_draft(
        self, mia: Resident, bote: Outlet, at: datetime
    ) -> None:
        draft = write(mia, bote, at=at, publish=False)
        render(attach(mia, draft, jpeg(), at=at), at)
        assert not kinds()
        actions.publish_article(by=Actor(mia.pk), article_id=draft.pk, at=at)

        (frame,) = frames_after(news, "villages/lindental/news", 0, limit=10)
        assert len(frame.data["pictures"]) == 1

    def test_tells_nobody_when_the_article_was_taken_back(
        self, mia: Resident, article: Article, at: datetime
    ) -> None:
        picture = attach(mia, article, jpeg(), at=at)
        actions.retract_article(by=Actor(mia.pk), article_id=article.pk, at=at)
        render(picture, at)

        assert kinds() == ["article_published", "article_retracted"]

    def test_refuses_what_only_the_decoder_finds_out(
        self, mia: Resident, article: Article, at: datetime, media: Path
    ) -> None:
        picture = render(attach(mia, article, jpeg()[:400], at=at), at)

        assert (picture.status, picture.reason) == ("refused", "image.broken")
        assert picture.reason_words
        assert not stored(media)

    def test_refuses_what_kills_its_decoder(
        self,
        mia: Resident,
        article: Article,
        at: datetime,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        worker = tmp_path / "worker.py"
        worker.write_text(
            "import os, signal, sys\nsys.stdin.buffer.read()\nprint('ready', flush=True)\n"
            "os.kill(os.getpid(), signal.SIGKILL)\n"
        )
        monkeypatch.setattr(images, "_WORKER", worker)
        picture = render(attach(mia, article, jpeg(), at=at), at)

        assert (picture.status, picture.reason) == ("refused", "image.too_large")

    def test_is_done_by_one_worker_at_a_time(
        self, mia: Resident, article: Article, at: datetime
    ) -> None:
        picture = attach(mia, article, jpeg(), at=at)
        assert actions.claim_picture(by=SYSTEM, picture_id=picture.pk, at=at) is not None

        assert actions.claim_picture(by=SYSTEM, picture_id=picture.pk, at=at) is None
        assert not rendering.render_picture(picture.pk, at=at)

    def test_a_worker_that_comes_too_late_changes_nothing(
        self, mia: Resident, article: Article, at: datetime, media: Path
    ) -> None:
        picture = attach(mia, article, jpeg(), at=at)
        late = actions.claim_picture(by=SYSTEM, picture_id=picture.pk, at=at)
        assert late is not None
        done = render(picture, at + LEASE)
        before = stored(media)

        rendered = images.render(jpeg())
        names = [variant["name"] for variant in done.variants]
        kept = actions.keep_rendered_picture(
            by=SYSTEM, claim=late, rendered=rendered, names=names, at=at
        )

        assert not kept
        assert stored(media) == before
        assert kinds().count("article_pictured") == 1


class TestRemovePicture:
    def test_takes_its_files_along(
        self,
        mia: Resident,
        article: Article,
        at: datetime,
        media: Path,
        django_capture_on_commit_callbacks: Commit,
    ) -> None:
        picture = render(attach(mia, article, jpeg(), at=at), at)
        with django_capture_on_commit_callbacks(execute=True):
            actions.remove_picture(by=Actor(mia.pk), picture_id=picture.pk, at=at)

        assert not stored(media)
        assert kinds()[-1] == "article_corrected"
        told = frames_after(news, "villages/lindental/news", 0, limit=10)
        assert [frame.data["pictures"] for frame in told] == [[], [], []]

    def test_is_for_the_editors_of_the_outlet(
        self, mia: Resident, tom: Resident, article: Article, at: datetime
    ) -> None:
        picture = attach(mia, article, jpeg(), at=at)
        with pytest.raises(NotFound):
            actions.remove_picture(by=Actor(tom.pk), picture_id=picture.pk, at=at)
        render(picture, at)
        with pytest.raises(Forbidden):
            actions.remove_picture(by=Actor(tom.pk), picture_id=picture.pk, at=at)
