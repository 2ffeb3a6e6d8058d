"""No page of another site makes somebody's browser do anything: every unsafe operation, tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from tests.auth.app import App
from tests.permissions.operations import BASE, OPERATIONS, Operation
from village.core.idempotency import SAFE_METHODS
from village.journal.models import Entry
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
UNSAFE = [each for each in OPERATIONS if each.method not in SAFE_METHODS]
Send = Callable[..., object]


def path_of(operation: Operation) -> str:
    path = BASE + operation.path.replace("{v}", "lindental").replace("{scope}", "events.join")
    for name in operation.parameters:
        path = path.replace(f"{{{name}}}", str(uuid4()))
    return path


@pytest.fixture
def nora_app(nora: Resident) -> App:
    """Sign nora's app in, which sends no cookie."""
    EmailAddress.objects.create(user=nora, email=nora.email or "", verified=True, primary=True)
    app = App()
    assert app.sign_in(nora.email or "").status_code == 200
    return app


def taking_json() -> Iterator[Operation]:
    for each in UNSAFE:
        if each.body is not None and "application/json" in each.body["content"]:
            yield each


class TestAForeignPage:
    @pytest.mark.parametrize("origin", [None, "https://evil.example", "null"])
    def test_does_nothing_with_somebodys_cookie(self, nora: Resident, origin: str | None) -> None:
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(nora, backend="django.contrib.auth.backends.ModelBackend")
        headers = {} if origin is None else {"Origin": origin}
        told = Entry.objects.count()
        let_through = []
        for operation in UNSAFE:
            answer = browser.generic(
                operation.method,
                path_of(operation),
                "{}",
                content_type="application/json",
                headers=headers,
            )
            if (answer.status_code, answer.json().get("code")) != (403, "auth.csrf"):
                let_through.append(f"{operation}: {answer.status_code}")
        assert let_through == []
        assert len(UNSAFE) > 100
        assert Entry.objects.count() == told

    def test_sends_no_form_that_is_read_as_json(self, nora_app: App) -> None:
        told = Entry.objects.count()
        read = []
        for operation in taking_json():
            answer = nora_app.http.generic(
                operation.method,
                path_of(operation),
                "{}",
                content_type="text/plain",
                headers={"X-Session-Token": nora_app.token},
            )
            if answer.status_code != 415:
                read.append(f"{operation}: {answer.status_code}")
        assert read == []
        assert Entry.objects.count() == told
