"""Whose language an answer, a page, a letter has."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pypdfium2
import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from notifications.actions import tell
from notifications.models import Notification
from tests.auth.app import APP, App
from tests.support.cast import Cast, sit
from village.acting.slip import slip_of
from village.assist.facts import MandateGranted
from village.core.actor import SYSTEM, Actor
from village.journal.actions import record
from village.journal.models import Entry
from village.messaging.facts import CaseOpened
from village.residents.models import Resident, Village

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
JSON = "application/json"


@pytest.fixture
def speaks(cast: Cast) -> Callable[[Resident, str], None]:
    """Let somebody have a language."""

    def speak(person: Resident, language: str) -> None:
        person.language = language
        person.save(update_fields=["language"])

    return speak


Speaks = Callable[[Resident, str], None]


def window(person: Resident | None = None, **headers: str) -> Client:
    client = Client(headers=headers)
    if person is not None:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


class TestPages:
    def test_speak_german_with_whoever_speaks_german(self, nora: Resident, speaks: Speaks) -> None:
        speaks(nora, "de")
        answer = window(nora).get("/villages/lindental/rides")
        page = answer.content.decode()

        assert '<html lang="de"' in page and answer["Content-Language"] == "de"
        assert "Zurzeit bietet niemand eine Fahrt an." in page
        assert "Veranstaltungen" in page and "Events" not in page

    def test_keep_to_her_language_in_somebody_elses_browser(
        self, nora: Resident, speaks: Speaks
    ) -> None:
        speaks(nora, "de")
        page = window(nora, **{"Accept-Language": "ja,en;q=0.5"}).get("/me").content.decode()

        assert '<html lang="de"' in page and "Abmelden" in page

    def test_are_in_the_helpers_language_while_she_acts_for_somebody(
        self, cast: Cast, speaks: Speaks
    ) -> None:
        speaks(cast.edda, "ja")
        speaks(cast.vera, "de")
        page = window(cast.vera).get(f"/for/{cast.mandate.pk}/villages/lindental/events")

        assert "Sie handeln für <strong>Edda</strong>" in page.content.decode()
        assert page["Content-Language"] == "de"

    @pytest.mark.parametrize(
        ("asked", "language", "words"),
        [
            ("de-AT,de;q=0.9,en;q=0.8", "de", "Willkommen"),
            ("ja", "ja", 'lang="ja"'),
            ("fr", "en", "Welcome"),
            ("", "en", "Welcome"),
        ],
    )
    def test_before_sign_in_are_in_the_browsers(
        self, db: None, asked: str, language: str, words: str
    ) -> None:
        answer = window(**{"Accept-Language": asked}).get("/")
        page = answer.content.decode()

        assert answer["Content-Language"] == language and f'<html lang="{language}"' in page
        assert words in page

    def test_tell_of_a_page_that_is_not_there(self, nora: Resident, speaks: Speaks) -> None:
        speaks(nora, "de")
        assert "Hier ist nichts" in window(nora).get("/nowhere").content.decode()

    def test_speak_japanese(self, nora: Resident, speaks: Speaks) -> None:
        speaks(nora, "ja")
        assert 'lang="ja"' in window(nora).get("/me").content.decode()


class TestTheApi:
    def test_says_no_in_her_language(self, api: Api, nora: Resident, speaks: Speaks) -> None:
        speaks(nora, "de")
        answer = api(nora).get(f"/api/v1/events/{uuid4()}")

        assert (answer.status_code, answer["Content-Language"]) == (404, "de")
        assert answer.json()["detail"] == "Hier ist nichts."

    def test_says_no_in_the_language_that_is_asked_for(
        self, api: Api, nora: Resident, speaks: Speaks
    ) -> None:
        speaks(nora, "en")
        answer = api(nora, **{"Accept-Language": "de"}).get(f"/api/v1/events/{uuid4()}")
        assert answer.json()["detail"] == "Hier ist nichts."

    @pytest.mark.parametrize("asked", ["*", "fr;q=0.9", "de;q=0", "so sprechen wir nicht"])
    def test_falls_back_on_hers(self, api: Api, nora: Resident, speaks: Speaks, asked: str) -> None:
        speaks(nora, "ja")
        answer = api(nora, **{"Accept-Language": asked}).get(f"/api/v1/events/{uuid4()}")
        assert answer["Content-Language"] == "ja"

    def test_says_in_german_what_django_itself_refuses(self, api: Api, db: None) -> None:
        answer = api(**{"Accept-Language": "de"}).get("/api/v1/nowhere")

        assert answer.json()["detail"] == "Hier ist nichts."
        assert answer["Content-Language"] == "de" and "Accept-Language" in answer["Vary"]


class TestChooseALanguage:
    def test_in_the_app(self, api: Api, nora: Resident) -> None:
        chosen = {"language": "ja"}
        for _time in range(2):
            answer = api(nora).put("/api/v1/me/language", chosen, content_type=JSON)
            assert (answer.status_code, answer.json()) == (200, chosen)

        assert api(nora).get("/api/v1/me").json()["language"] == "ja"
        assert Entry.objects.filter(kind="residents.language_chosen").count() == 1

    def test_on_the_page_of_oneself(self, nora: Resident) -> None:
        mine = window(nora)
        assert "My language" in mine.get("/me").content.decode()
        assert mine.post("/me/language", {"language": "de"})["Location"] == "/me"

        page = mine.get("/me").content.decode()
        assert "Meine Sprache" in page and '<option value="de" lang="de" selected>' in page

    @pytest.mark.parametrize(
        ("asked", "language"), [("fr, ja;q=0.8, en;q=0.5", "ja"), ("fr", "de"), ("*", "de")]
    )
    def test_by_coming_in_with_it(self, db: None, asked: str, language: str) -> None:
        App().call(
            "post",
            f"{APP}/auth/signup",
            {"email": "ida@village.example"},
            **{"Accept-Language": asked},
        )
        assert Resident.objects.get(email="ida@village.example").language == language

    def test_that_the_village_does_not_speak_is_refused(self, api: Api, nora: Resident) -> None:
        answer = api(nora).put("/api/v1/me/language", {"language": "fr"}, content_type=JSON)
        page = window(nora).post("/me/language", {"language": "fr"})

        assert answer.status_code == page.status_code == 422
        assert "one of the languages shown" in page.content.decode()
        assert Resident.objects.get(pk=nora.pk).language == "en"

    def test_in_somebody_elses_name_is_refused(self, api: Api, cast: Cast) -> None:
        acting = {"X-Acting-For": str(cast.mandate.pk)}
        answer = api(cast.vera, **acting).put(
            "/api/v1/me/language", {"language": "ja"}, content_type=JSON
        )

        assert answer.status_code == 403
        assert not Resident.objects.filter(language="ja").exists()


class TestWhatReachesSomebody:
    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("de", "Alte Schule darf jetzt für Sie handeln."),
            ("en", "Alte Schule may now act for you."),
        ],
    )
    def test_is_told_in_her_language(
        self, cast: Cast, speaks: Speaks, at: datetime, language: str, words: str
    ) -> None:
        speaks(cast.edda, language)
        fact = MandateGranted(
            village="lindental",
            mandate=cast.mandate.pk,
            centre=cast.centre.pk,
            person=cast.edda.pk,
        )
        tell(by=SYSTEM, recorded=record(fact, by=Actor(cast.carla.pk), at=at), at=at)

        told = Notification.objects.get(resident=cast.edda)
        assert (told.language, told.title) == (language, words)

    def test_is_a_code_by_mail_in_her_language(self, nora: Resident, speaks: Speaks) -> None:
        speaks(nora, "de")
        App(headers={"Accept-Language": "en"}).ask(email=str(nora.email))

        [letter] = mail.outbox
        assert "Anmeldecode" in letter.subject

    def test_is_printed_in_her_language(self, cast: Cast, speaks: Speaks, at: datetime) -> None:
        speaks(cast.edda, "de")
        session = sit(cast.vera, cast.mandate, begun=at)
        _vera_wrote(cast, at + timedelta(minutes=5))

        with pypdfium2.PdfDocument(io.BytesIO(slip_of(session))) as document:
            words = " ".join(document[0].get_textpage().get_text_bounded().split())
        assert "Ihre Zeit mit Alte Schule" in words
        assert "13:05: Vera hat an das Rathaus geschrieben." in words
        assert "22. November 2026" in words

    def test_stands_in_her_ledger_in_plain_german(
        self, cast: Cast, speaks: Speaks, api: Api
    ) -> None:
        speaks(cast.edda, "de")
        _vera_wrote(cast, timezone.now())

        [line] = api(cast.edda).get("/api/v1/me/ledger").json()["items"]
        assert line["words"] == "hat an das Rathaus geschrieben"
        page = window(cast.edda).get("/helping/ledger").content.decode()
        assert "Was in Ihrem Namen getan wurde" in page

    def test_hangs_on_the_wall_in_the_villages_language(
        self, cast: Cast, lindental: Village
    ) -> None:
        Village.objects.update(language="de")
        page = window(cast.nora).get("/villages/lindental/bulletin.pdf")

        with pypdfium2.PdfDocument(page.content) as document:
            assert "Diese Woche" in document[0].get_textpage().get_text_bounded()


def _vera_wrote(cast: Cast, at: datetime) -> None:
    ids = {name: uuid4() for name in ("case", "department", "message")}
    fact = CaseOpened(village="lindental", author=cast.edda.pk, **ids)
    record(fact, by=cast.vera_for_edda(), at=at)
