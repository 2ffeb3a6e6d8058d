"""Whatever comes, nothing answers 500, and every answer is one that the document names."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from hypothesis import given, note, seed
from hypothesis import strategies as st
from schemathesis.core.failures import Failure, FailureGroup

from tests.contract.asking import (
    PEOPLE,
    ROLES,
    SECONDS,
    STEPS,
    Asked,
    answering,
    any_operation,
    asked,
    drawing,
)
from tests.permissions import things
from tests.permissions.operations import OPERATIONS, Operation
from tests.permissions.world import World

pytestmark = pytest.mark.django_db
EXAMPLES = 1


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Build the world once; what a request did is taken back after its answer."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = things.World(timezone.now(), only=PEOPLE)
        for person in world.people:
            world.client(person)
        yield world
        transaction.set_rollback(True)


def try_out(world: World, operation: Operation, data: st.DataObject) -> None:
    """Ask as each role, one after the other; at length, for more and more."""
    with answering() as raised, transaction.atomic():
        cache.clear()
        for step in range(data.draw(st.integers(1, STEPS))):
            wanted = operation if step == 0 else data.draw(any_operation())
            for role in data.draw(st.permutations(list(ROLES))):
                _hold(data.draw(asked(world, wanted, role)), raised)
        transaction.set_rollback(True)


def _hold(request: Asked, raised: list[BaseException]) -> None:
    note(f"{request.person.name} asks {request.operation}: {request.case!r} {request.headers}")
    response = request.send()
    try:
        request.check(response)
    except (Failure, FailureGroup) as failure:
        wrong = "; ".join(str(each) for each in getattr(failure, "exceptions", [failure]))
        why = f"{request.operation} ({response.status_code}) {wrong}: {response.content[:300]!r}"
        raise AssertionError(why) from (raised[-1] if raised else failure)


class TestEveryOperation:
    @pytest.mark.parametrize("operation", OPERATIONS, ids=str)
    def test_answers_whatever_it_is_asked(self, world: World, operation: Operation) -> None:
        until = time.monotonic() + SECONDS / len(OPERATIONS)

        @drawing(EXAMPLES)
        @given(st.data())
        def ask(data: st.DataObject) -> None:
            try_out(world, operation, data)

        ask()
        while time.monotonic() < until:
            seed(time.monotonic_ns())(ask)()
