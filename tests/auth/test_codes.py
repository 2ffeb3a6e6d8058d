"""What is kept of a code that somebody is to say: a mark, and never the code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache, caches
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection
from django.test import Client

from tests.auth.app import APP, App, code_in_last_letter
from village.auth.codes import Code, as_marked
from village.core.sealing import unseal
from village.entrance.models import TextMessage
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
EMAIL, NEW, PHONE = "nora@village.example", "ida@village.example", "+4915112345678"


@pytest.fixture(autouse=True)
def nora_is_known(nora: Resident) -> None:
    """Give nora an address and a phone that she has shown to be hers."""
    Resident.objects.filter(pk=nora.pk).update(phone=PHONE)
    EmailAddress.objects.create(user=nora, email=EMAIL, verified=True, primary=True)


def code_in_last_text() -> str:
    """Read the code that waits to be sent, as the worker does."""
    said = json.loads(unseal("text-message", TextMessage.objects.latest("pk").sealed))
    found = re.search(r"#(\d{6})$", said["text"])
    assert found is not None, said
    return found[1]


def places_of(code: str) -> list[str]:
    """Name each place in sessions, tables and cache that holds a code as a word of its own."""
    alone = re.compile(rf"(?<![\w.]){code}(?!\w)")
    return [place for place, text in everything_kept() if alone.search(text)]


def everything_kept() -> Iterator[tuple[str, str]]:
    for session in Session.objects.all():
        yield "session", repr(session.get_decoded())
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield table, "\n".join(map(str, row))
    kept: Any = caches["default"]
    if isinstance(kept, LocMemCache):
        values: Any = kept
        for key, value in values._cache.items():
            yield "cache", f"{key}\n{value.decode('latin-1')}"
        return
    client = kept._cache.get_client()
    for key in client.scan_iter():
        if client.type(key) == b"string":
            yield "cache", f"{key.decode('latin-1')}\n{client.get(key).decode('latin-1')}"


def marks_kept() -> list[str]:
    """Give every text named ``code`` in a session."""
    found: list[str] = []

    def look(value: Any) -> None:
        if isinstance(value, dict):
            found.extend(each for name, each in value.items() if name == "code" and each)
            for each in value.values():
                look(each)

    for session in Session.objects.all():
        look(session.get_decoded())
    return found


class TestACodeThatWasSent:
    def test_by_letter_is_kept_nowhere_and_opens_the_door(self) -> None:
        app = App()
        app.ask(email=EMAIL)
        code = code_in_last_letter()
        assert places_of(code) == []
        [mark] = marks_kept()
        assert mark == as_marked(code, mark)
        assert app.say(code).status_code == 200

    def test_to_a_newcomers_address_is_kept_nowhere_and_opens_the_door(self) -> None:
        app = App()
        app.call("post", f"{APP}/auth/signup", {"email": NEW, "display_name": "Ida"})
        code = code_in_last_letter()
        assert places_of(code) == []
        assert len(marks_kept()) == 1
        wrong = f"{(int(code) + 1) % 1_000_000:06}"
        verify = f"{APP}/auth/email/verify"
        assert app.call("post", verify, {"key": wrong}).status_code == 400
        assert app.call("post", verify, {"key": code}).status_code == 200
        assert EmailAddress.objects.get(email=NEW).verified

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("auth/code/request", {"phone": PHONE}),
            ("auth/phone/signup", {"phone": "+4915112345679", "display_name": "Ida"}),
        ],
        ids=["of a neighbour", "of a newcomer"],
    )
    def test_to_a_phone_is_kept_sealed_alone_and_opens_the_door(
        self, path: str, body: dict[str, str]
    ) -> None:
        app = App()
        app.call("post", f"{APP}/{path}", body)
        code = code_in_last_text()
        assert places_of(code) == []
        assert len(marks_kept()) == 1
        assert app.say(code).status_code == 200

    def test_to_a_new_number_of_hers_is_kept_sealed_alone(self) -> None:
        app = App()
        app.sign_in(EMAIL)
        asked = app.call("post", f"{APP}/account/phone", {"phone": "+4915112345670"})
        assert asked.status_code == 202, asked.content
        code = code_in_last_text()
        assert places_of(code) == []
        said = app.call("post", f"{APP}/auth/phone/verify", {"code": code})
        assert said.status_code == 200, said.content
        assert Resident.objects.filter(phone="+4915112345670").exists()

    def test_for_coming_back_is_kept_sealed_by_her_browser(self) -> None:
        browser = Client()
        browser.post("/sign-in/lost", {"address": EMAIL})
        page = browser.get("/sign-in/lost").content.decode()
        shown = re.search(r"<strong>([\d ]+)</strong>", page)
        secret = re.search(r'data-secret="([^"]+)"', page)
        assert shown is not None and secret is not None
        kept = "\n".join(text for _, text in everything_kept())
        for said in (shown[1], shown[1].replace(" ", ""), secret[1]):
            assert said not in kept


class TestMark:
    def test_takes_a_code_as_people_type_it(self) -> None:
        mark = str(Code.of("123456"))
        assert as_marked(" 123-456 ", mark) == mark
        assert as_marked("123457", mark) != mark

    def test_differs_for_two_who_wait_for_the_same_digits(self) -> None:
        assert Code.of("123456") != Code.of("123456")

    def test_is_none_where_nothing_was_sent(self) -> None:
        assert as_marked("123456", "") != "" and as_marked("", None) != ""

    @pytest.mark.parametrize("said", ["\ud800", "١٢٣٤٥٦", "1" * 10_000, "\x00"])
    def test_of_what_is_no_code_is_a_wrong_one(self, said: str) -> None:
        cache.clear()
        mail.outbox.clear()
        app = App()
        app.ask(email=EMAIL)
        assert app.say(said).status_code == 400
        assert app.say(code_in_last_letter()).status_code == 200
