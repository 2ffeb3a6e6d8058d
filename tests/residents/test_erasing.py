# ruff: noqa: F811 - fixtures that come from another file
"""Somebody is erased: nothing of her is left anywhere, and every stream keeps its numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from django.core.management import CommandError, call_command
from django.db import models
from django.test import Client
from django.utils import timezone

from carpool.models import Booking, BookingStatus
from events.models import Attendance, AttendanceStatus
from news.models import Article
from notifications.models import Notification
from tests.realtime.test_socket import nerves, people, signed_in  # noqa: F401
from tests.residents.planting import MARK, Village, columns_for_words, name_her, plant, work_off
from tests.support.cast import OUTLET, Cast
from tests.support.remains import remains
from village.core.actor import Actor
from village.core.errors import OutOfScope
from village.journal.holdings import ERASED
from village.journal.models import Stream, StreamEntry
from village.journal.queries import frames_after
from village.journal.topics import find
from village.messaging.models import Case, Defect, Message
from village.residents import erasing
from village.residents.models import Erasure, Resident

Api = Callable[..., Client]


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> Path:
    """Keep pictures and the ledger in a folder of the test's own."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.ERASURE_LEDGER = str(tmp_path / "ledger" / "erasures.jsonl")
    return tmp_path


def finish() -> None:
    """Let the second step happen, when its time has come."""
    work_off()
    assert erasing.finish_due_erasures(at=timezone.now() + timedelta(minutes=1)) == 1
    work_off()


def signed_in_browser(resident: Resident) -> Client:
    """Give a browser in which somebody is signed in."""
    browser = Client()
    browser.force_login(resident, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def frames(address: str) -> list[Any]:
    followed = find(address)
    assert followed is not None
    return frames_after(followed.topic, address, 0, limit=200)


@pytest.mark.django_db(transaction=True)
class TestErase:
    def test_leaves_nothing_of_her_anywhere_and_no_gap(
        self, api: Api, cast: Cast, places: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        name_her(cast.nora)
        village = Village(api, cast)
        made = plant(village)
        tops = dict(Stream.objects.values_list("address", "last_seq"))
        # Without this the test could not fail.
        planted = {place.partition(":")[0] for place in remains(MARK)}
        assert sorted(columns_for_words() - planted) == [], (
            "Nobody knows whether erasing somebody empties these columns: plant them, or say why"
            " they hold nothing of hers, in tests/residents/planting.py"
        )
        assert any((places / "media").rglob("*"))
        assert any(MARK in str(frame.data) for frame in frames("villages/lindental/carpool"))

        assert village.clients["nora"].delete("/api/v1/me").status_code == 204
        assert village.clients["nora"].get("/api/v1/me").status_code == 401
        # Her name is gone at once; what others are told of is told without it.
        shown = village.clients["tom"].get(f"/api/v1/carpool/offers/{made['offer']['id']}")
        assert shown.json()["driver"]["display_name"] == ERASED
        finish()

        assert remains(MARK) == []
        written = capfd.readouterr()
        assert MARK not in written.out + written.err
        for stream in Stream.objects.all():
            numbers = StreamEntry.objects.filter(stream=stream).order_by("seq")
            assert list(numbers.values_list("seq", flat=True)) == list(
                range(1, stream.last_seq + 1)
            )
            assert stream.last_seq >= tops.get(stream.address, 0)
            assert not any(MARK in str(frame.data) for frame in frames(stream.address))
        board = frames("villages/lindental/carpool")
        assert board[0].data == {"gone": True}
        assert {"id": made["offer"]["id"], "gone": True} in [frame.data for frame in board]
        absent = village.clients["tom"].get(f"/api/v1/events/{uuid4()}")
        gone = village.clients["tom"].get(f"/api/v1/events/{made['event']['id']}")
        assert (gone.status_code, gone.content) == (404, absent.content)


@pytest.mark.django_db
class TestWhatStays:
    def test_is_that_others_are_told_what_ended_with_her(self, api: Api, cast: Cast) -> None:
        village = Village(api, cast)
        plant(village)
        erasing.erase_resident(by=Actor(cast.nora.pk), resident_id=cast.nora.pk, at=timezone.now())
        work_off()
        told = Notification.objects.filter(resident=cast.tom)
        assert Booking.objects.get().status == BookingStatus.CANCELLED
        assert {"events.cancelled", "carpool.ride_cancelled"} <= set(
            told.values_list("notice", flat=True)
        )
        # Before they are told, nothing goes.
        assert erasing.finish_due_erasures(at=timezone.now()) == 0
        before = told.count()
        finish()
        assert told.count() == before
        assert not any(MARK in each.title for each in told)

    def test_is_a_case_without_its_words(self, api: Api, cast: Cast) -> None:
        village = Village(api, cast)
        made = plant(village)
        erasing.erase_resident(by=Actor(cast.nora.pk), resident_id=cast.nora.pk, at=timezone.now())
        finish()
        kept = village.clients["otto"].get(f"/api/v1/cases/{made['case']['id']}").json()
        assert (kept["title"], kept["author_name"]) == (ERASED, ERASED)
        assert set(Message.objects.values_list("text", flat=True)) == {""}
        # Of a defect it is not even known where it was.
        assert Case.objects.count() == 2 and not Defect.objects.exists()

    def test_are_the_articles_of_her_outlet_without_her_name(self, api: Api, cast: Cast) -> None:
        village = Village(api, cast)
        plant(village)
        article = village.post(
            "nora",
            "villages/lindental/articles",
            {"outlet": str(OUTLET), "title": "Bread", "text": "On Sundays.", "publish": True},
        )
        erasing.erase_resident(by=Actor(cast.nora.pk), resident_id=cast.nora.pk, at=timezone.now())
        finish()
        assert Article.objects.get().pk == UUID(article["id"])
        shown = village.clients["tom"].get(f"/api/v1/articles/{article['id']}").json()
        assert shown["byline"] == ""

    def test_is_the_key_of_an_answer_so_that_nothing_is_repeated(
        self, api: Api, cast: Cast
    ) -> None:
        village = Village(api, cast)
        made = plant(village)
        key = {"Idempotency-Key": "tom-comes"}
        path = f"/api/v1/occurrences/{made['date']}/attendance"
        tom = village.clients["tom"]
        tom.put(path, {"party_size": 2}, content_type="application/json", headers=key)
        erasing.erase_resident(by=Actor(cast.nora.pk), resident_id=cast.nora.pk, at=timezone.now())
        finish()
        again = tom.put(path, {"party_size": 2}, content_type="application/json", headers=key)
        assert (again.status_code, again.json()["code"]) == (410, "idempotency.answer_erased")
        assert not Attendance.objects.filter(status=AttendanceStatus.CONFIRMED).exists()


@pytest.mark.django_db
class TestWho:
    def test_is_never_erased_by_a_helper(self, vera_for_edda: Actor, edda: Resident) -> None:
        with pytest.raises(OutOfScope):
            erasing.erase_resident(by=vera_for_edda, resident_id=edda.pk, at=timezone.now())

    def test_is_refused_to_a_helper_over_the_api(self, api: Api, cast: Cast) -> None:
        helper = api(cast.vera, **{"X-Acting-For": str(cast.mandate.pk)})
        assert helper.delete("/api/v1/me").status_code == 403
        assert Resident.objects.get(pk=cast.edda.pk).erased_at is None

    def test_lives_nowhere_is_erased_as_well(self) -> None:
        person = Resident.objects.create_user("Passer-by", email="by@village.example")
        erasing.erase_resident(by=Actor(person.pk), resident_id=person.pk, at=timezone.now())
        finish()
        assert remains("Passer-by") == [] and remains("by@village.example") == []


@pytest.mark.django_db(transaction=True)
class TestTheLedger:
    def test_erases_again_whom_a_restore_brought_back(
        self, cast: Cast, places: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        name_her(cast.nora)
        kept = {field.attname: getattr(cast.nora, field.attname) for field in _fields(Resident)}
        erasing.erase_resident(by=Actor(cast.nora.pk), resident_id=cast.nora.pk, at=timezone.now())
        finish()
        ledger = places / "ledger" / "erasures.jsonl"
        assert [json.loads(line)["resident"] for line in ledger.read_text().splitlines()] == [
            str(cast.nora.pk)
        ]
        # A backup of before brings her back, and knows nothing of her erasure.
        Resident.objects.filter(pk=cast.nora.pk).update(**kept)
        Erasure.objects.all().delete()
        assert remains(MARK)

        call_command("erasures", "replay")
        assert "1 had come back" in capsys.readouterr().out
        assert remains(MARK) == []
        call_command("erasures", "replay")
        assert "0 had come back" in capsys.readouterr().out

    def test_says_what_is_wrong_with_it(self, cast: Cast, places: Path) -> None:
        with pytest.raises(CommandError, match="no ledger"):
            call_command("erasures", "replay", str(places / "nowhere"))
        wrong = places / "wrong"
        wrong.write_text("{}\n")
        with pytest.raises(CommandError, match="none of a ledger"):
            call_command("erasures", "replay", str(wrong))


@pytest.mark.django_db(transaction=True)
class TestSockets:
    async def test_show_tombstones_and_what_to_take_away(
        self, people: Cast, signed_in: Any
    ) -> None:
        await sync_to_async(name_her)(people.nora)
        made = await sync_to_async(lambda: plant(Village(signed_in_browser, people)))()
        tom = await signed_in(people.tom)
        topic = "villages/lindental/carpool"
        await tom.say(type="subscribe", topic=topic)
        subscribed = await tom.hear()

        await sync_to_async(erasing.erase_resident)(
            by=Actor(people.nora.pk), resident_id=people.nora.pk, at=timezone.now()
        )
        await sync_to_async(finish)()
        heard = []
        while {"id": made["offer"]["id"], "gone": True} not in [each["data"] for each in heard]:
            heard.append(await tom.hear())
        assert [each["seq"] for each in heard] == list(
            range(subscribed["seq"] + 1, subscribed["seq"] + 1 + len(heard))
        )
        # Whoever resumes from before is shown the same numbers, and nothing of her.
        late = await signed_in(people.mia)
        await late.say(
            type="subscribe", topic=topic, since={"epoch": subscribed["epoch"], "seq": 0}
        )
        assert (await late.hear())["recovered"]
        resumed = [await late.hear() for _ in range(subscribed["seq"])]
        assert [each["seq"] for each in resumed] == list(range(1, subscribed["seq"] + 1))
        assert not any(MARK in str(each) for each in resumed)


def _fields(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]
