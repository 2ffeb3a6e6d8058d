"""Who may announce, publish, come and cancel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from events import policies
from events.models import Event
from tests.events.factories import make_event
from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor, Scope
from village.core.errors import Forbidden, NotFound, OutOfScope
from village.core.policy import Verdict

pytestmark = pytest.mark.django_db
YES = type(None)
# What each of them hears: may_see, may_publish, may_attend, may_cancel of nora's event.
BOARD = [
    ("nora", YES, YES, YES, YES),
    ("tom", YES, Forbidden, YES, Forbidden),
    ("otto", YES, Forbidden, YES, Forbidden),
    ("mia", YES, Forbidden, YES, Forbidden),
    ("carla", YES, Forbidden, YES, Forbidden),
    ("max", YES, Forbidden, YES, YES),
    ("stella", YES, Forbidden, YES, YES),
    ("strang", NotFound, NotFound, NotFound, NotFound),
    ("vera for edda", YES, OutOfScope, YES, OutOfScope),
    ("vera for edda, to read news", YES, OutOfScope, OutOfScope, OutOfScope),
    ("vera for nora", YES, YES, YES, YES),
    ("vera for stella", YES, Forbidden, YES, Forbidden),
    ("the village itself", NotFound, NotFound, NotFound, NotFound),
]
VERBS = ("may_see", "may_publish", "may_attend", "may_cancel")
# The same of her draft.
DRAFT = [
    ("nora", YES, YES, YES, YES),
    ("vera for nora", YES, YES, YES, YES),
    ("vera for nora, to read news", NotFound, NotFound, NotFound, NotFound),
    ("max", NotFound, NotFound, NotFound, NotFound),
    ("stella", NotFound, NotFound, NotFound, NotFound),
    ("strang", NotFound, NotFound, NotFound, NotFound),
]
ANNOUNCE = [
    ("nora", YES),
    ("otto", YES),
    ("strang", NotFound),
    ("vera for edda", OutOfScope),
    ("vera for nora", YES),
]


@pytest.fixture
def called(cast: Cast) -> Callable[[str], Actor]:
    """Find somebody by what the tables call her."""

    def find(name: str) -> Actor:
        if name == "the village itself":
            return SYSTEM
        if name == "vera for edda":
            return cast.vera_for_edda()
        if not name.startswith("vera for "):
            return Actor(getattr(cast, name).pk)
        whom, _, narrow = name.removeprefix("vera for ").partition(", ")
        scopes = frozenset({Scope.NEWS_READ} if narrow else Scope)
        return Actor(getattr(cast, whom).pk, cast.vera.pk, cast.mandate.pk, scopes)

    return find


def heard(verdict: Verdict) -> type[object]:
    return type(verdict.refusal)


@pytest.mark.parametrize(("name", *VERBS), BOARD)
def test_what_is_on_the_board(
    called: Callable[[str], Actor],
    cast: Cast,
    at: datetime,
    name: str,
    may_see: type,
    may_publish: type,
    may_attend: type,
    may_cancel: type,
) -> None:
    assert _verdicts(called(name), make_event(cast.nora, at=at)) == [
        may_see,
        may_publish,
        may_attend,
        may_cancel,
    ]


@pytest.mark.parametrize(("name", *VERBS), DRAFT)
def test_a_draft(
    called: Callable[[str], Actor],
    cast: Cast,
    at: datetime,
    name: str,
    may_see: type,
    may_publish: type,
    may_attend: type,
    may_cancel: type,
) -> None:
    assert _verdicts(called(name), make_event(cast.nora, at=at, publish=False)) == [
        may_see,
        may_publish,
        may_attend,
        may_cancel,
    ]


@pytest.mark.parametrize(("name", "expected"), ANNOUNCE)
def test_who_announces(called: Callable[[str], Actor], name: str, expected: type) -> None:
    assert heard(policies.may_announce(called(name), "lindental")) is expected


def test_nobody_announces_in_a_village_that_is_not_there(called: Callable[[str], Actor]) -> None:
    assert heard(policies.may_announce(called("nora"), "nowhere")) is NotFound


def _verdicts(by: Actor, event: Event) -> list[type[object]]:
    return [heard(getattr(policies, verb)(by, event)) for verb in VERBS]
