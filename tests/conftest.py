"""The cast: the people every test speaks of, and the village they live in."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client, TransactionTestCase
from django.utils import translation
from whitenoise.middleware import WhiteNoiseMiddleware

from tests.support.cast import Cast, make_cast
from tests.support.emptying import empty
from village.core.actor import Actor
from village.core.sessions import SessionStore
from village.residents.models import Resident, Village
from village.residents.queries import grid_key

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave what brings its own SQLite to the run on SQLite, and hold `once` to its word."""
    for item in items:
        if os.environ.get("DATABASE_URL") and item.get_closest_marker("embedded") is not None:
            item.add_marker(pytest.mark.skip(reason="the same in the run on SQLite"))
        if item.get_closest_marker("once") is not None and _asks_a_store(item):
            raise pytest.UsageError(f"{item.nodeid} asks a store, so it must be tried on both")


def _asks_a_store(item: pytest.Item) -> bool:
    marks = (item.get_closest_marker(name) for name in ("django_db", "postgres", "redis"))
    return any(marks) or "db" in getattr(item, "fixturenames", ())


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what stays to the end of the run."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _only_what_was_written_is_emptied() -> Iterator[None]:
    """Let a test that commits leave nothing behind, which the ledger's guards forbid."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: empty())
        yield


@pytest.fixture(scope="session", autouse=True)
def _files_are_found_once() -> Iterator[None]:
    """Let no client of a test look through all folders for what is static anew."""
    look = WhiteNoiseMiddleware.add_files_from_finders
    found: dict[str, Any] = {}

    def look_once(self: WhiteNoiseMiddleware) -> None:
        if not found:
            look(self)
            found.update(self.files)
        self.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", look_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _browsers_hold_tokens() -> Iterator[None]:
    """Let Django's client keep the token of its session as a browser does, and not the key."""
    set_cookies = Client._set_login_cookies  # type: ignore[attr-defined]

    def session(self: Client) -> SessionStore:
        if (cookie := self.cookies.get(settings.SESSION_COOKIE_NAME)) is not None:
            return SessionStore.of_token(cookie.value)
        session = SessionStore()
        session.save()
        self.cookies[settings.SESSION_COOKIE_NAME] = session.token
        return session

    def set_login_cookies(self: Client, request: HttpRequest) -> None:
        set_cookies(self, request)
        cookie: Any = self.cookies[settings.SESSION_COOKIE_NAME]
        session: Any = request.session
        cookie.set(cookie.key, session.token, session.token)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "session", property(session))
        patch.setattr(Client, "_set_login_cookies", set_login_cookies)
        yield


@pytest.fixture(autouse=True)
def _begins_in_english() -> Iterator[None]:
    """Let no test read what another one has left the language at."""
    with translation.override("en"):
        yield


@pytest.fixture
def at() -> datetime:
    """Give the moment at which tests happen."""
    return NOON


@pytest.fixture
def cast(db: None) -> Cast:
    """Bring the whole village in."""
    return make_cast(NOON)


@pytest.fixture
def lindental(cast: Cast) -> Village:
    return cast.lindental


@pytest.fixture
def bergheim(cast: Cast) -> Village:
    return cast.bergheim


def _person(name: str) -> Any:
    def person(cast: Cast) -> Resident:
        resident: Resident = getattr(cast, name)
        return resident

    return pytest.fixture(person, name=name)


edda = _person("edda")
vera = _person("vera")
tom = _person("tom")
nora = _person("nora")
mia = _person("mia")
otto = _person("otto")
carla = _person("carla")
max_ = pytest.fixture(lambda cast: cast.max, name="max_")
stella = _person("stella")
strang = _person("strang")


@pytest.fixture
def as_() -> Callable[[Resident], Actor]:
    """Act as a resident: ``as_(tom)``."""
    return lambda resident: Actor(resident.pk)


@pytest.fixture
def vera_for_edda(cast: Cast) -> Actor:
    """Act as vera for edda, under her mandate."""
    return cast.vera_for_edda()


@pytest.fixture
def api(cast: Cast) -> Callable[..., Client]:
    """Speak to the API as somebody: ``api(tom).get("/api/v1/me")``; ``api()`` is a stranger."""

    def client(resident: Resident | None = None, **headers: str) -> Client:
        browser = Client(headers={"Accept": "application/json", **headers})
        if resident is not None:
            browser.force_login(resident, backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return client


@pytest.fixture(autouse=True)
def _nothing_was_tried_yet() -> None:
    """Forget how often tests before this one have tried something, and what their villages were."""
    cache.clear()
    grid_key.cache_clear()
