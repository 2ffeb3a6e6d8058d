"""
Requests that nobody thought of: drawn from the API's own document, on things that are there.

Schemathesis draws what the document allows and what it forbids. A secret or an id cannot be
guessed, so addresses and bodies name what the world of the permission table holds.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.permissions.operations import BASE, DOCUMENT, OPERATIONS, Operation
from tests.permissions.world import Person, Target, World, prepared

# A resident and her helper; those who hold an office; a stranger and a machine of an outlet.
ROLES = {
    "resident": ("nora", "helped"),
    "office": ("otto", "stella", "mia", "carla"),
    "outside": ("stranger", "machine", "strang"),
}
PEOPLE = frozenset(name for names in ROLES.values() for name in names)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# What a header may hold that means something here.
HOSTILE = ["", "0", "-1", "null", "é", "%00", "a" * 300, "()", "*", '"', "9" * 30]
HEADERS = [
    "Accept",
    "Accept-Language",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "X-Acting-For",
    "X-Acting-Prepare",
    "X-Request-ID",
    "HX-Request",
    "Range",
]
SECONDS = float(os.environ.get("FUZZ_SECONDS", "0"))
# At length the drawn requests also come after one another.
STEPS = 4 if SECONDS else 1
handle = WSGIHandler()


def app(environ: dict[str, Any], start: Any) -> Any:
    """Answer as the server does, to somebody on this machine."""
    return handle({"REMOTE_ADDR": "127.0.0.1", **environ}, start)


schema = schemathesis.openapi.from_dict(DOCUMENT)
schema.app = app
_drawn = {result.ok().label: result.ok() for result in schema.get_all_operations()}


@contextmanager
def answering() -> Iterator[list[BaseException]]:
    """Let requests be answered within the test's transaction; give what their views raised."""
    raised: list[BaseException] = []

    def note(**_signal: Any) -> None:
        if (error := sys.exception()) is not None:
            raised.append(error)

    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    got_request_exception.connect(note)
    try:
        yield raised
    finally:
        got_request_exception.disconnect(note)
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def drawing(examples: int) -> settings:
    """Say how much is drawn: always the same, or with ``FUZZ_SECONDS`` always something else."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=not SECONDS,
        phases=[Phase.generate, Phase.shrink] if SECONDS else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@cache
def requests_of(label: str) -> st.SearchStrategy[Case[Any]]:
    """Give the requests that the document of an operation allows and forbids."""
    drawn = _drawn[label]
    modes = [GenerationMode.POSITIVE]
    # An address or no body at all is all there is: the document forbids nothing.
    if drawn.body or drawn.query:
        modes.append(GenerationMode.NEGATIVE)
    return st.one_of([drawn.as_strategy(generation_mode=mode) for mode in modes])


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold a request and who sends it."""

    operation: Operation
    case: Case[Any]
    person: Person
    headers: dict[str, str]

    def send(self) -> Response:
        """Give its answer."""
        return self.case.call(headers=self.headers)

    def check(self, response: Response) -> None:
        """Hold the answer against the document."""
        checks = CHECKS
        if self.is_wrong:
            checks = [*CHECKS, negative_data_rejection]
        self.case.validate_response(response, checks=checks)

    @property
    def is_wrong(self) -> bool:
        """Tell whether the document forbids the body."""
        drawn = self.case.meta
        body = drawn.components.get(ParameterLocation.BODY) if drawn is not None else None
        return body is not None and body.mode.is_negative


@st.composite
def asked(draw: st.DrawFn, world: World, operation: Operation, role: str) -> Asked:
    """Draw a request of somebody in a role, on something that is there for her, or not."""
    person = named(world, draw(st.sampled_from(ROLES[role])))
    case = draw(requests_of(f"{operation.method} {BASE}{operation.path}"))
    target = draw(st.sampled_from([Target.OWN, Target.SAME_VILLAGE, *Target]))
    thing = world.home(person)
    if operation.parameters:
        thing = world.thing(person, operation.parameters[-1], target)
        thing = thing or world.thing(person, operation.parameters[-1], Target.SAME_VILLAGE)
    named_here: dict[str, object] = {}
    if thing is not None and draw(st.integers(0, 9)) > 0:
        for name in operation.parameters:
            is_last = name == operation.parameters[-1]
            case.path_parameters[name] = str(
                thing.id if is_last else thing.path.get(name, thing.village)
            )
        prepare = prepared.get(str(operation))
        if prepare and person.resident is not None and draw(st.booleans()):
            named_here = prepare(world, person, thing) or {}
    if isinstance(case.body, dict):
        named_here = world.named_in_bodies(thing.village if thing else "lindental") | named_here
        known = {key: str(named_here[key]) for key in case.body if key in named_here}
        if known and draw(st.booleans()):
            case.body = case.body | known
    headers = credentials(world, person)
    if draw(st.integers(0, 3)) == 0:
        headers = {draw(st.sampled_from(HEADERS)): draw(st.sampled_from(HOSTILE))} | headers
    return Asked(operation, case, person, headers)


def named(world: World, name: str) -> Person:
    """Give one of the people of the world."""
    return next(each for each in world.people if each.name == name)


def credentials(world: World, person: Person) -> dict[str, str]:
    """Give what somebody's app sends with each request."""
    if person.secret:
        return {"Authorization": f"Bearer {person.secret}"}
    if person.resident is None:
        return {}
    headers = {"X-Session-Token": str(world.client(person).session.token)}
    if person.mandate is not None:
        headers["X-Acting-For"] = str(person.mandate.pk)
    return headers


def any_operation() -> st.SearchStrategy[Operation]:
    """Draw one of all operations."""
    return st.sampled_from(OPERATIONS)
