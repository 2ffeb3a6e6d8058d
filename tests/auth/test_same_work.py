"""Asking for a code is the same work whoever lives here: same questions, same rows, same answer."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.auth.app import APP, App
from tests.support.cast import Cast
from village.entrance.models import TextMessage
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "+4915112345678", "+4915112345679"
ADDRESS, NOBODYS = "edda@village.example", "idda@village.example"
# What is said differs: ids, numbers, moments, what is sealed.
SAID = re.compile(r"'(?:[^']|'')*'|\bs\d+_x\d+\b|\b[0-9a-f]{32}\b|\b\d+(?:\.\d+)?\b")
# Through a cursor of the server, or at once: the same question.
CURSOR = re.compile(r"^DECLARE .*? FOR ")
ONE_OR_MORE = re.compile(r"\((?:\?|NULL)(?:, (?:\?|NULL))*\)")


class Work:
    """Count what one request makes the village do."""

    def __init__(self, path: str, body: dict[str, str]) -> None:
        cache.clear()
        mail.outbox.clear()
        TextMessage.objects.all().delete()
        app = App()
        with CaptureQueriesContext(connection) as asked:
            self.answer: Any = app.call("post", f"{APP}/{path}", body)
        # Whoever is found by one key is not looked for by the next one: the same row, once.
        statements = (CURSOR.sub("", each["sql"]).partition(" WHERE ")[0] for each in asked)
        self.statements = Counter(
            ONE_OR_MORE.sub("(?)", SAID.sub("?", each)) for each in statements
        )
        self.rows = TextMessage.objects.count()
        self.letters = len(mail.outbox)
        shown = self.answer.json()
        shown["meta"].pop("session_token", None)
        self.shown = (self.answer.status_code, sorted(self.answer.headers), json.dumps(shown))


@pytest.fixture(autouse=True)
def edda_is_known(cast: Cast) -> None:
    """Give edda a phone and an address that she has shown to be hers."""
    Resident.objects.filter(pk=cast.edda.pk).update(phone=KNOWN, email=ADDRESS)
    EmailAddress.objects.create(user=cast.edda, email=ADDRESS, verified=True, primary=True)


class TestAskingForACode:
    @pytest.mark.parametrize(
        ("path", "field", "known", "unknown", "more"),
        [
            ("auth/code/request", "phone", KNOWN, UNKNOWN, {}),
            ("auth/phone/signup", "phone", KNOWN, UNKNOWN, {"display_name": "Ida"}),
            ("auth/code/request", "email", ADDRESS, NOBODYS, {}),
        ],
        ids=["by phone", "by a phone that may be new", "by e-mail"],
    )
    def test_is_the_same_work_for_a_stranger_as_for_a_neighbour(
        self, path: str, field: str, known: str, unknown: str, more: dict[str, str]
    ) -> None:
        # Whatever is looked up once in a process is looked up by now.
        Work(path, {field: "+4915112345670" if field == "phone" else "who@village.example", **more})
        hers = Work(path, {field: known, **more})
        nobodys = Work(path, {field: unknown, **more})
        assert hers.shown == nobodys.shown
        assert (hers.rows, hers.letters) == (nobodys.rows, nobodys.letters)
        assert hers.rows + hers.letters == 1
        more_for_her, more_for_nobody = (
            hers.statements - nobodys.statements,
            nobodys.statements - hers.statements,
        )
        assert (more_for_her, more_for_nobody) == (Counter(), Counter())
