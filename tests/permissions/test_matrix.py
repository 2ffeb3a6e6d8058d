"""Every line of the permission table, tried as everybody, on everything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from tests.permissions import things
from tests.permissions.operations import OPERATIONS, Operation, village_topics
from tests.permissions.world import Body, Person, Target, Thing, World, prepared
from village.core.permissions import Answer
from village.journal.topics import Topic, admitted, find

pytestmark = pytest.mark.django_db
NOT_FOUND = {"title": "Not Found", "status": 404, "code": "not_found"}
# What a request may touch whatever comes of it.
# Coordinators see every refusal: it is counted when what was asked has been taken back, in a table
# that holds nothing else (docs/decisions/0014).
NOT_THE_VILLAGES = {"django_session", "usersessions_usersession", "acting_refusal"}
# What changes rows within a statement that reads: a function of the journal, or another statement.
CHANGES = re.compile(r"\b(journal_\w+\s*\(|INSERT INTO|DELETE FROM|UPDATE\s+\S+\s+SET\b)")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Build the world once; every question is taken back after its answer."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield things.World(timezone.now())
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def untouched(world: World) -> dict[str, int]:
    """Give what every table holds before anybody asks."""
    for person in world.people:
        world.client(person)
    return contents()


def contents() -> dict[str, int]:
    """Give a number for what each table holds."""
    return {
        model._meta.db_table: hash(frozenset(map(repr, model._base_manager.values_list())))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.db_table not in NOT_THE_VILLAGES
    }


def cells(world: World, operation: Operation) -> Iterator[tuple[Person, Target, Thing | None]]:
    """Give who asks for what: nobody owns everything, and what names nothing is of her village."""
    for person in world.people:
        if not operation.parameters:
            yield person, Target.OWN, world.home(person)
            continue
        for target in Target:
            thing = world.thing(person, operation.parameters[-1], target)
            if thing is not None or target is Target.ABSENT:
                yield person, target, thing


class Writes:
    """Notice statements that may have changed something, and have not been taken back since."""

    def __init__(self) -> None:
        self._count = 0
        self._count_at: dict[str, int] = {}

    @property
    def left_something(self) -> bool:
        """Tell whether the tables may hold something else now."""
        return self._count > 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        words = sql.split(None, 4)
        if words[0] == "SAVEPOINT":
            self._count_at[words[1]] = self._count
        elif words[:3] == ["ROLLBACK", "TO", "SAVEPOINT"]:
            self._count = self._count_at[words[3]]
        elif not self._only_reads(words[0].upper(), sql):
            self._count += 1
        return result

    @staticmethod
    def _only_reads(verb: str, sql: str) -> bool:
        if verb in ("SELECT", "WITH"):
            return CHANGES.search(sql) is None
        return verb == "RELEASE" or any(f'"{table}"' in sql for table in NOT_THE_VILLAGES)


def expected(operation: Operation, person: Person, thing: Thing | None) -> Answer:
    """Give what the table says of an operation; what is not there is nobody's to see."""
    answer = person.answer(operation.who, operation.scope, thing)
    if answer is Answer.ALLOWED and operation.takes_two and person.mandate is not None:
        return Answer.REFUSED
    if answer is Answer.ALLOWED and operation.parameters and thing is None:
        return Answer.ABSENT
    return answer


class TestEveryOperation:
    @pytest.mark.parametrize("operation", OPERATIONS, ids=str)
    def test_answers_as_the_table_says(
        self, world: World, untouched: dict[str, int], operation: Operation
    ) -> None:
        wrong = []
        succeeded = False
        cache.clear()
        for person, target, thing in cells(world, operation):
            answer = expected(operation, person, thing)
            cell = f"{person.name} asks for {target}"
            with transaction.atomic():
                body: Body = {}
                if (prepare := prepared.get(str(operation))) and (
                    answer is Answer.ALLOWED or not operation.parameters
                ):
                    body = prepare(world, person, thing)
                    answer = answer if body is not None else Answer.ABSENT
                writes = Writes()
                with connection.execute_wrapper(writes):
                    response = operation.ask(world, person, thing, body or {})
                status = response.status_code
                succeeded |= status < 300
                if answer is Answer.ALLOWED:
                    if status in (401, 403, 404):
                        wrong.append(f"{cell}: may, but got {status} {response.content[:200]!r}")
                elif answer is Answer.ABSENT and not operation.parameters:
                    if not 400 <= status < 500:
                        wrong.append(f"{cell}: refused in the table, got {status}")
                elif status != answer.value:
                    wrong.append(f"{cell}: {answer} in the table, got {status}")
                elif answer is Answer.ABSENT and NOT_FOUND.items() - response.json().items():
                    wrong.append(f"{cell}: does not look like what is not there")
                only_looked = answer is not Answer.ALLOWED or operation.method == "GET"
                if only_looked and writes.left_something and contents() != untouched:
                    wrong.append(f"{cell}: was refused or only looked, and left something behind")
                if response.streaming:
                    # Read to its end, so that its file is closed.
                    list(response.streaming_content)
                transaction.set_rollback(True)
        assert not wrong, "\n".join([str(operation), *wrong])
        assert succeeded, f"{operation} has not worked for anybody: its example, or a @before"


class TestEveryTopic:
    @pytest.mark.parametrize("topic", village_topics(), ids=lambda topic: topic.path)
    def test_admits_whom_the_table_says(self, world: World, topic: Topic) -> None:
        wrong = []
        for person in world.people:
            # A machine's key opens no socket: it gets no ticket.
            if not person.is_signed_in or person.key is not None:
                continue
            for target in Target:
                thing = world.thing(person, topic.parameters[-1], target)
                if thing is None:
                    continue
                address = topic.path.format(**{topic.parameters[-1]: thing.id})
                followed = find(address)
                assert followed is not None
                says = person.answer(topic.who, topic.scope, thing) is Answer.ALLOWED
                if says != (person.actor in admitted([person.actor], followed)):
                    wrong.append(f"{person.name}, {target}: the table says {says}")
        assert not wrong, "\n".join([topic.path, *wrong])


class TestTheMatrix:
    def test_has_thousands_of_cells(self, world: World) -> None:
        assert sum(1 for operation in OPERATIONS for _ in cells(world, operation)) >= 3000
