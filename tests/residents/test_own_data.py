"""What somebody may do about what is kept of her: have it, agree to it, be found by it."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import timezone

from events.models import Attendance
from news.models import Article, Outlet, Picture, PictureStatus
from notifications.models import Notification
from tests.carpool.factories import book, make_offer
from tests.events.factories import make_date, sign_up
from tests.support.cast import OUTLET, Cast
from village.core.actor import SYSTEM, Actor
from village.core.errors import NotFound, OutOfScope
from village.journal.holdings import Holding, retentions
from village.journal.tasks import sweep
from village.residents import actions, consents, erasing, exporting
from village.residents.models import Consent, Export, ExportStatus, Resident
from village.residents.retaining import let_go

Api = Callable[..., Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """Keep files in a folder of the test's own."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.ERASURE_LEDGER = str(tmp_path / "erasures.jsonl")
    return tmp_path / "media"


def fetched(client: Client) -> ZipFile:
    answer: Any = client.get("/api/v1/me/export/file")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    return ZipFile(BytesIO(b"".join(answer.streaming_content)))


class TestExport:
    def test_holds_what_is_hers_and_nobody_elses_name(
        self, api: Api, cast: Cast, media: Path
    ) -> None:
        now = timezone.now()
        offer = make_offer(cast.nora, at=now)
        book(cast.tom, offer)
        sign_up(cast.nora, make_date(cast.tom, at=now), at=now)
        bote = Outlet.objects.create(
            id=OUTLET, village=cast.lindental, name="Bote", slug="bote", created_at=now
        )
        (media / "news").mkdir(parents=True)
        (media / "news" / "mill.webp").write_bytes(b"a picture")
        article = Article.objects.create(
            village=cast.lindental, outlet=bote, author=cast.nora, title="Mill", created_at=now
        )
        Picture.objects.create(
            village=cast.lindental,
            article=article,
            status=PictureStatus.READY,
            variants=[{"width": 320, "height": 200, "name": "news/mill.webp"}],
            due_at=now,
            created_at=now,
        )
        client = api(cast.nora)
        asked = client.post("/api/v1/me/export")
        assert (asked.status_code, asked.json()["status"]) == (202, "waiting")
        assert client.get("/api/v1/me/export/file").status_code == 404

        assert exporting.write_due_exports(at=timezone.now()) == 1
        shown = client.get("/api/v1/me/export").json()
        assert (shown["status"], shown["parts_done"]) == ("ready", shown["parts"])
        archive = fetched(client)
        assert archive.testzip() is None
        held = {
            name: json.loads(archive.read(name))
            for name in archive.namelist()
            if name.endswith(".json")
        }
        assert held["residents.person.json"][0]["display_name"] == "Nora"
        assert held["carpool.offers.json"][0]["id"] == str(offer.pk)
        assert len(held["events.attendances.json"]) == 1
        assert archive.read("files/news/mill.webp") == b"a picture"
        assert set(held) == {"about.json"} | {
            f"{each.key}.json" for each in Holding.declared.values() if each.shows
        }
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
        assert "Tom" not in everything and "tom@village.example" not in everything

    def test_asked_for_again_is_the_same_one(self, api: Api, nora: Resident) -> None:
        client = api(nora)
        first = client.post("/api/v1/me/export").json()
        assert client.post("/api/v1/me/export").json()["id"] == first["id"]
        exporting.write_due_exports(at=timezone.now())
        assert client.post("/api/v1/me/export").json()["id"] == first["id"]
        later = timezone.now() + timedelta(hours=2)
        assert exporting.ask_for_export(by=Actor(nora.pk), at=later).pk != first["id"]
        assert Export.objects.count() == 1

    def test_tells_her_where_it_is(self, nora: Resident) -> None:
        exporting.ask_for_export(by=Actor(nora.pk), at=timezone.now())
        exporting.write_due_exports(at=timezone.now())
        while sweep():
            pass
        told = Notification.objects.get(resident=nora)
        assert (told.notice, told.link) == ("residents.export_ready", "/me/data")

    def test_expires_together_with_its_file(
        self, nora: Resident, media: Path, django_capture_on_commit_callbacks: Any
    ) -> None:
        export = exporting.ask_for_export(by=Actor(nora.pk), at=timezone.now())
        exporting.write_due_exports(at=timezone.now())
        assert len(list(media.rglob("*.zip"))) == 1
        with pytest.raises(NotFound):
            exporting.open_file(by=Actor(nora.pk), at=export.expires_at)
        with django_capture_on_commit_callbacks(execute=True):
            let_go(at=export.expires_at)
        assert not list(media.rglob("*.zip")) and not Export.objects.exists()

    def test_is_nobody_elses(self, api: Api, cast: Cast, vera_for_edda: Actor) -> None:
        exporting.ask_for_export(by=Actor(cast.nora.pk), at=timezone.now())
        exporting.write_due_exports(at=timezone.now())
        assert api(cast.tom).get("/api/v1/me/export").status_code == 404
        assert api(cast.tom).get("/api/v1/me/export/file").status_code == 404
        helper = api(cast.vera, **{"X-Acting-For": str(cast.mandate.pk)})
        assert helper.post("/api/v1/me/export").status_code == 403
        with pytest.raises(OutOfScope):
            exporting.ask_for_export(by=vera_for_edda, at=timezone.now())

    def test_is_given_up_after_three_crashes(self, nora: Resident) -> None:
        export = exporting.ask_for_export(by=Actor(nora.pk), at=timezone.now())
        Export.objects.filter(pk=export.pk).update(tries=3)
        assert exporting.write_due_exports(at=timezone.now()) == 0
        assert Export.objects.get().status == ExportStatus.FAILED

    def test_is_not_kept_of_somebody_erased_meanwhile(
        self, nora: Resident, media: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        exporting.ask_for_export(by=Actor(nora.pk), at=timezone.now())
        write = exporting._write

        def erase_meanwhile(export: Export, file: Any) -> None:
            write(export, file)
            erasing.erase_resident(by=SYSTEM, resident_id=nora.pk, at=timezone.now())

        monkeypatch.setattr(exporting, "_write", erase_meanwhile)
        assert exporting.write_due_exports(at=timezone.now()) == 0
        assert not list(media.rglob("*.zip"))

    def test_needs_no_more_memory_for_more(self, nora: Resident, cast: Cast) -> None:
        now = timezone.now()
        exporting.ask_for_export(by=Actor(nora.pk), at=now)
        Notification.objects.bulk_create(
            Notification(
                village=cast.lindental,
                resident=nora,
                notice="news.article",
                kind="news.article_published",
                entry_id=number,
                language="en",
                title="Words",
                body="x" * 2000,
                in_inbox=True,
                created_at=now,
            )
            for number in range(8000)
        )
        tracemalloc.start()
        assert exporting.write_due_exports(at=now) == 1
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        # Sixteen million bytes of words, of which at most one batch is in the memory.
        assert peak < 8_000_000


class TestConsents:
    def test_are_recorded_word_for_word_and_taken_back(self, api: Api, nora: Resident) -> None:
        client = api(nora)
        [offered] = client.get("/api/v1/me/consents").json()
        assert offered["agreed"] is None
        path = "/api/v1/me/consents"
        body = {"subject": "directory", "version": offered["version"]}
        given = client.post(path, body, content_type="application/json")
        assert given.status_code == 201
        assert given.json()["agreed"]["text"] == offered["text"]
        withdrawn = {"subject": "directory"}
        for status in (204, 404):
            answer = client.post(f"{path}/withdraw", withdrawn, content_type="application/json")
            assert answer.status_code == status
        [record] = Consent.objects.all()
        assert record.withdrawn_at is not None and record.given_at <= record.withdrawn_at

    def test_to_other_words_than_are_shown_now_are_none(self, api: Api, nora: Resident) -> None:
        body = {"subject": "directory", "version": 7}
        answer = api(nora).post("/api/v1/me/consents", body, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (409, "consents.other_words")
        assert not Consent.objects.exists()

    def test_are_never_given_in_somebodys_name(self, vera_for_edda: Actor) -> None:
        with pytest.raises(OutOfScope):
            consents.give_consent(
                by=vera_for_edda, subject="directory", version=1, at=timezone.now()
            )


class TestBeingFound:
    def names(self, client: Client) -> set[str]:
        members = client.get("/api/v1/villages/lindental/members").json()["items"]
        return {each["display_name"] for each in members}

    def test_is_for_who_agreed_and_who_holds_an_office(self, api: Api, cast: Cast) -> None:
        assert self.names(api(cast.tom)) == {"Mia", "Otto", "Carla", "Max", "Stella"}
        consents.give_consent(
            by=Actor(cast.nora.pk), subject="directory", version=1, at=timezone.now()
        )
        assert "Nora" in self.names(api(cast.tom))
        assert api(cast.strang).get("/api/v1/villages/lindental/members").status_code == 404

    def test_ends_where_a_block_keeps_two_apart(self, api: Api, cast: Cast) -> None:
        consents.give_consent(
            by=Actor(cast.nora.pk), subject="directory", version=1, at=timezone.now()
        )
        for other in (cast.nora, cast.otto):
            actions.block(by=Actor(cast.tom.pk), resident_id=other.pk, at=timezone.now())
        assert "Nora" not in self.names(api(cast.tom))
        assert "Otto" in self.names(api(cast.tom))


class TestRetention:
    @pytest.mark.parametrize("key", sorted(retentions))
    def test_lets_nothing_go_too_early(self, key: str, cast: Cast) -> None:
        now = timezone.now()
        sign_up(cast.nora, make_date(cast.tom, at=now), at=now)
        book(cast.nora, make_offer(cast.tom, at=now))
        exporting.ask_for_export(by=Actor(cast.nora.pk), at=now)
        assert let_go(at=now + timedelta(days=min(retentions[key].days, 6)))[key] == 0

    def test_lets_go_of_what_is_old(self, cast: Cast) -> None:
        now = timezone.now()
        sign_up(cast.nora, make_date(cast.tom, at=now), at=now)
        book(cast.nora, make_offer(cast.tom, at=now))
        gone = let_go(at=now + timedelta(days=400))
        assert gone["events.attendances"] == 1 and gone["carpool.rides"] >= 1
        assert not Attendance.objects.exists()


class TestThePage:
    def test_shows_and_does_it_all(self, api: Api, nora: Resident, tom: Resident) -> None:
        actions.block(by=Actor(nora.pk), resident_id=tom.pk, at=timezone.now())
        client = api(nora)
        page = client.get("/me/data").content.decode()
        assert "Tom" in page
        assert client.post("/me/data/export").status_code == 302
        agree = {"agree": "yes", "version": "1"}
        assert client.post("/me/data/consents/directory", agree).status_code == 302
        assert client.post("/me/data/consents/directory", {"agree": "no"}).status_code == 302
        assert client.post("/me/data/unblock", {"block": "x"}).status_code == 404
        block = actions.queries.blocks_of(Actor(nora.pk)).get()
        assert client.post("/me/data/unblock", {"block": block.pk}).status_code == 302
        assert client.post("/me/data/erase").status_code == 422
        assert client.post("/me/data/erase", {"sure": "yes"}).status_code == 302
        assert client.get("/me/data").status_code == 302
        assert Resident.objects.get(pk=nora.pk).erased_at is not None

    def test_is_not_shown_for_somebody_else(self, api: Api, cast: Cast) -> None:
        assert api(cast.vera).get(f"/for/{cast.mandate.pk}/me/data").status_code == 403
