"""Workers that render pictures, and what is left when they die."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from news import actions, rendering, tasks
from news.actions.pictures import LEASE, MAX_TRIES
from news.models import Article
from tests.news.factories import attach, jpeg, render, stored
from village.core import images
from village.residents.models import Resident

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What happens to a worker that is killed: nothing after it is run."""


class TestKilledWorkers:
    def test_a_killed_render_is_begun_anew(
        self,
        mia: Resident,
        article: Article,
        at: datetime,
        media: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        picture = attach(mia, article, jpeg(), at=at)

        def killed_while_storing(**_: object) -> bool:
            raise Killed

        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(actions, "keep_rendered_picture", killed_while_storing)
            rendering.render_picture(picture.pk, at=at)
        picture.refresh_from_db()
        assert picture.status == "waiting"
        assert not rendering.render_picture(picture.pk, at=at)

        picture = render(picture, at + LEASE)

        assert picture.status == "ready"
        # What the killed worker had stored is gone with the original.
        assert stored(media) == [variant["name"] for variant in picture.variants]

    def test_a_picture_that_kills_three_workers_is_refused(
        self,
        mia: Resident,
        article: Article,
        at: datetime,
        media: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        picture = attach(mia, article, jpeg(), at=at)

        def kill(_: bytes) -> None:
            raise Killed

        monkeypatch.setattr(images, "render", kill)
        for tries in range(MAX_TRIES):
            with pytest.raises(Killed):
                rendering.render_picture(picture.pk, at=at + tries * LEASE)
        assert not rendering.render_picture(picture.pk, at=at + MAX_TRIES * LEASE)

        picture.refresh_from_db()
        assert (picture.status, picture.reason) == ("refused", "image.gave_up")
        rendering.delete_stray_originals(at=timezone.now() + timedelta(hours=2))
        assert not stored(media)

    def test_a_machine_that_is_too_busy_tries_again_later(
        self,
        mia: Resident,
        article: Article,
        at: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        picture = attach(mia, article, jpeg(), at=at)

        def too_busy(_: bytes) -> None:
            raise TimeoutError

        with monkeypatch.context() as patch:
            patch.setattr(images, "render", too_busy)
            assert render(picture, at).status == "waiting"
        assert render(picture, at + LEASE).status == "ready"

    def test_a_lost_original_is_said_to_be_lost(
        self, mia: Resident, article: Article, at: datetime
    ) -> None:
        picture = attach(mia, article, jpeg(), at=at)
        default_storage.delete(picture.original)

        assert render(picture, at).reason == "image.lost"

    def test_a_request_that_failed_leaves_no_original_for_long(
        self, mia: Resident, article: Article, at: datetime, media: Path
    ) -> None:
        waiting = attach(mia, article, jpeg(), at=at)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            attach(mia, article, jpeg(), at=at)
            raise ZeroDivisionError
        assert len(stored(media)) == 2

        assert rendering.delete_stray_originals(at=timezone.now()) == 0
        assert rendering.delete_stray_originals(at=timezone.now() + timedelta(hours=2)) == 1
        assert stored(media) == [waiting.original]


class TestSweep:
    def test_finds_what_no_nudge_has_led_to(self, mia: Resident, article: Article) -> None:
        picture = attach(mia, article, jpeg(), at=timezone.now())

        assert tasks.render_waiting_pictures() == 1
        assert tasks.render_waiting_pictures() == 0

        picture.refresh_from_db()
        assert picture.status == "ready"

    def test_a_nudge_renders_it(self, mia: Resident, article: Article) -> None:
        picture = attach(mia, article, jpeg(), at=timezone.now())
        tasks.render_picture(str(picture.pk))

        picture.refresh_from_db()
        assert picture.status == "ready"
