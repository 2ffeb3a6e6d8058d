"""Every page, shown under every kind of mandate: its door does what its scope and level say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from tests.acting.test_scopes import SUBSETS
from village.core import delegation, pages
from village.core.actor import EVERY_MANDATE, Actor, Level, Needs, Scope
from village.core.delegation import TAKES_TWO
from village.core.errors import DomainError

VERA, EDDA, MANDATE = uuid4(), uuid4(), uuid4()
# How a door answers.
LETS_IN, PREPARES, CLOSED = "let in", "prepared", "assist.out_of_scope"


@dataclass(frozen=True, slots=True)
class Door:
    """Hold one page and one method that it takes."""

    name: str
    method: str
    view: Callable[..., HttpResponse]
    parameters: dict[str, Any]
    needs: Needs
    level: Level

    def answer(self, scopes: frozenset[Scope], goes: Level) -> str:
        """Give what the declaration promises."""
        level = Level.READ if self.method == "GET" else self.level
        if self.needs is EVERY_MANDATE:
            return LETS_IN
        if not isinstance(self.needs, Scope) or self.needs not in scopes:
            return CLOSED
        if goes.reaches(level):
            return PREPARES if level is Level.ACT and self.needs in TAKES_TWO else LETS_IN
        return PREPARES if goes is Level.PREPARE else CLOSED

    def ask(self, scopes: frozenset[Scope], goes: Level) -> str:
        """Knock, as a volunteer under a mandate."""
        request: Any = RequestFactory().generic(self.method, "/")
        request.actor = Actor(
            EDDA,
            helper_id=VERA,
            mandate_id=MANDATE,
            scopes=scopes,
            limits=frozenset((scope, goes) for scope in Scope),
        )
        return self.view(request, **self.parameters).content.decode()


def views(patterns: list[Any]) -> Iterator[URLPattern]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from views(each.url_patterns)
        else:
            yield each


def doors() -> Iterator[Door]:
    """Give every page with each method that it takes."""
    for pattern in views(get_resolver().url_patterns):
        if not pages.is_page(pattern.callback):
            continue
        needs, level = pattern.callback.needs  # type: ignore[attr-defined]
        given = dict.fromkeys(pattern.pattern.converters, UUID(int=0))
        for method in ("GET", "POST"):
            yield Door(str(pattern.pattern), method, pattern.callback, given, needs, level)


@pytest.fixture(autouse=True)
def _nothing_but_the_door(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """Let what lies behind a door, and the words of a refusal, be short."""
    covered = pages.covered

    def stops_behind_it(
        by: Actor, needs: Needs, level: Level, act: Any, **options: Any
    ) -> HttpResponse:
        answer = covered(by, needs, level, lambda: HttpResponse(LETS_IN), **options)
        assert isinstance(answer, HttpResponse)
        return answer

    def says_the_code(request: HttpRequest, error: DomainError) -> HttpResponse:
        return HttpResponse(error.code, status=error.status)

    monkeypatch.setattr(pages, "covered", stops_behind_it)
    monkeypatch.setattr(pages, "refusal", says_the_code)
    monkeypatch.setattr(delegation, "_prepare", lambda *given: HttpResponse(PREPARES))


def wrong(door: Door) -> list[str]:
    found = []
    for scopes in SUBSETS:
        for goes in Level:
            given = door.ask(scopes, goes)
            # What takes no form says so to everybody.
            if given and given != door.answer(scopes, goes):
                found.append(f"{door.method} {door.name}: {sorted(scopes)} {goes}: {given}")
    return found


class TestEveryPage:
    def test_is_open_exactly_where_the_mandate_says_so(self) -> None:
        knocked = list(doors())
        assert len(knocked) > 100
        assert [each for door in knocked for each in wrong(door)] == []

    def test_of_mandates_accounts_and_the_ledger_is_never_shown_for_somebody(self) -> None:
        hers = ("mandates/", "helping", "centres/", "sessions/")
        found = [door for door in doors() if door.name.startswith(hers)]
        assert len(found) > 20
        # What waits for her yes she may say yes to with a helper beside her.
        assert {door.name for door in found if door.needs is not None} == {"helping/waiting"}

    def test_would_be_found_open_without_the_check(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The seeded mutant: the question of the scope is not asked."""
        monkeypatch.setattr(pages, "covered", lambda *given, **options: HttpResponse(LETS_IN))
        ledger = next(door for door in doors() if door.name == "helping/ledger")
        assert len(wrong(ledger)) == len(SUBSETS) * len(Level)
