"""Every operation, under every kind of mandate: it does exactly what its scopes and levels say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.test import RequestFactory
from django.urls import resolve

from tests.permissions.operations import BASE, DOCUMENT, OPERATIONS, Operation
from tests.support.cast import Cast
from village.core import router
from village.core.actor import EVERY_MANDATE, Actor, Level, Scope
from village.core.delegation import TAKES_TWO

pytestmark = pytest.mark.django_db
EVERYTHING = frozenset(Scope)
# None, one, all but one, all.
SUBSETS = [
    frozenset[Scope](),
    *(frozenset({scope}) for scope in Scope),
    *(EVERYTHING - {scope} for scope in Scope),
    EVERYTHING,
]
REFUSALS = {"assist.out_of_scope", "assist.only_prepared", "assist.needs_two"}
# Everybody of the cast who lives in the village: a helper has none of her principal's roles.
PRINCIPALS = ("edda", "vera", "tom", "nora", "mia", "otto", "carla", "max", "stella")


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold one question: an operation, asked under a mandate that goes so far."""

    operation: Operation
    level: Level
    scopes: frozenset[Scope]
    goes: Level

    @property
    def answer(self) -> str | None:
        """Give the code of the refusal that the document promises; ``None`` where it is let in."""
        needed = self.operation.scope
        if needed is EVERY_MANDATE:
            return None
        if not isinstance(needed, Scope) or needed not in self.scopes:
            return "assist.out_of_scope"
        if self.goes.reaches(self.level):
            is_heavy = self.level is Level.ACT and needed in TAKES_TWO
            return "assist.needs_two" if is_heavy else None
        return "assist.only_prepared" if self.goes is Level.PREPARE else "assist.out_of_scope"


def cells(operation: Operation) -> Iterator[Cell]:
    told = DOCUMENT["paths"][BASE + operation.path][operation.method.lower()]
    level = Level(told["x-assisted-level"] or Level.ACT)
    for scopes in SUBSETS:
        for goes in Level:
            yield Cell(operation, level, scopes, goes)


def asked(cell: Cell, cast: Cast, principal: UUID) -> str | None:
    """Ask as vera under the mandate of a cell; give the code when its door stays shut."""
    path = BASE + cell.operation.path
    for name in cell.operation.parameters:
        value = {"v": "nowhere", "scope": "news.read"}.get(name, str(UUID(int=0)))
        path = path.replace(f"{{{name}}}", value)
    request: Any = RequestFactory().generic(
        cell.operation.method,
        path,
        body_of(cell.operation),
        content_type="application/json",
    )
    request.actor = Actor(
        principal,
        helper_id=cast.vera.pk,
        mandate_id=cast.mandate.pk,
        scopes=cell.scopes,
        limits=frozenset((scope, cell.goes) for scope in Scope),
    )
    request.user, request.session_key, request.session = cast.vera, "", {}
    found = resolve(path)
    answer = found.func(request, *found.args, **found.kwargs)
    if answer.status_code != 403:
        return None
    code = json.loads(answer.content)["code"]
    # A helper who may choose how somebody is told may not choose it for every notice.
    if str(cell.operation) in ABOUT_ONE_NOTICE and cell.answer is None:
        return None
    return code if code in REFUSALS else None


ABOUT_ONE_NOTICE = {"PUT /me/preferences", "POST /me/preferences/preview"}


def body_of(operation: Operation) -> bytes:
    """Give the example of the document: what is malformed is sent back before any door."""
    content = (operation.body or {}).get("content", {})
    if "application/json" not in content:
        return b"{}"
    schema = content["application/json"]["schema"]
    named = schema.get("$ref", "").rsplit("/", 1)[-1]
    schema = DOCUMENT["components"]["schemas"].get(named, schema)
    return json.dumps(schema.get("example", {})).encode()


def wrong(operation: Operation, cast: Cast) -> list[str]:
    return [
        f"{operation}: {sorted(cell.scopes)} {cell.goes}: {given}, not {cell.answer}"
        for cell in cells(operation)
        if (given := asked(cell, cast, cast.edda.pk)) != cell.answer
    ]


# A file is no JSON; the permission table tries these two with a helper as well.
WITH_A_FILE = [
    str(each)
    for each in OPERATIONS
    if "multipart/form-data" in (each.body or {}).get("content", {})
]


class TestEveryOperation:
    def test_has_its_line(self) -> None:
        """Whoever adds one says what a mandate must cover, and how far."""
        for path, operations in DOCUMENT["paths"].items():
            for method, operation in operations.items():
                assert {"x-assisted-scope", "x-assisted-level"} <= operation.keys(), (method, path)
                is_delegated = operation["x-assisted-scope"] is not None
                assert (operation["x-assisted-level"] is not None) is is_delegated, (method, path)

    def test_with_a_file_is_never_delegated(self) -> None:
        assert {each.scope for each in OPERATIONS if str(each) in WITH_A_FILE} == {None}

    @pytest.mark.parametrize(
        "operation", [each for each in OPERATIONS if str(each) not in WITH_A_FILE], ids=str
    )
    def test_is_open_exactly_where_the_mandate_says_so(
        self, cast: Cast, operation: Operation
    ) -> None:
        assert wrong(operation, cast) == []

    def test_that_no_mandate_covers_is_closed_whoever_is_helped(self, cast: Cast) -> None:
        never = [each for each in OPERATIONS if each.scope is None]
        never = [each for each in never if str(each) not in WITH_A_FILE]
        assert len(never) > 20
        for operation in never:
            cell = Cell(operation, Level.ACT, EVERYTHING, Level.ACT)
            for name in PRINCIPALS:
                found = asked(cell, cast, getattr(cast, name).pk)
                assert found == "assist.out_of_scope", (name, str(operation))

    def test_would_be_found_open_without_the_check(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The seeded mutant: the question of the scope is not asked."""

        def uncovered(by: Any, needed: Any, level: Any, act: Any, **options: Any) -> Any:
            return act()

        monkeypatch.setattr(router, "covered", uncovered)
        delegated = next(each for each in OPERATIONS if each.scope is Scope.AUTHORITY_WRITE)
        never = next(each for each in OPERATIONS if str(each) == "GET /me/ledger")
        assert len(wrong(delegated, cast)) >= 11 * len(Level)
        assert len(wrong(never, cast)) == len(SUBSETS) * len(Level)
