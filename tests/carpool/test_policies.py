"""Who may offer, ask, book, answer and cancel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from carpool import policies
from tests.carpool.factories import book, make_offer, make_request
from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor, Scope
from village.core.errors import Forbidden, NotFound, OutOfScope

pytestmark = pytest.mark.django_db
YES = type(None)
# What each of them hears of tom's ride, which nora has booked for a request of hers.
VERBS = (
    "may_offer",
    "may_ask",
    "may_book",
    "may_answer",
    "may_cancel_booking",
    "may_cancel_offer",
    "may_withdraw",
    "may_see_matches",
    "may_end_rides",
)
NO, OUT, GONE = Forbidden, OutOfScope, NotFound
TABLE = {
    "tom": (YES, YES, NO, YES, YES, YES, NO, NO, NO),
    "nora": (YES, YES, YES, NO, YES, NO, YES, YES, NO),
    "mia": (YES, YES, YES, GONE, GONE, NO, NO, NO, NO),
    "otto": (YES, YES, YES, GONE, GONE, NO, NO, NO, NO),
    "max": (YES, YES, YES, GONE, GONE, NO, NO, NO, NO),
    "stella": (YES, YES, YES, GONE, GONE, NO, NO, NO, NO),
    "strang": (GONE, GONE, GONE, GONE, GONE, GONE, GONE, GONE, NO),
    "vera for edda": (OUT, YES, YES, GONE, GONE, OUT, NO, NO, NO),
    "vera for nora": (YES, YES, YES, NO, YES, NO, YES, YES, NO),
    # Driving is never done in somebody's name, although offering a ride may be.
    "vera for tom": (YES, YES, NO, OUT, OUT, YES, NO, NO, NO),
    "vera for nora, to read news": (OUT, OUT, OUT, NO, OUT, OUT, OUT, OUT, NO),
    "the village itself": (GONE, GONE, GONE, GONE, GONE, GONE, GONE, GONE, YES),
}


@pytest.fixture
def called(cast: Cast) -> Callable[[str], Actor]:
    """Find somebody by what the table calls her."""

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


@pytest.mark.parametrize("name", TABLE)
def test_who_may_what(called: Callable[[str], Actor], cast: Cast, at: datetime, name: str) -> None:
    offer, wish = make_offer(cast.tom, at=at), make_request(cast.nora, at=at)
    booking = book(cast.nora, offer, request_id=wish.pk)
    by = called(name)

    heard = (
        policies.may_offer(by, "lindental"),
        policies.may_ask(by, "lindental"),
        policies.may_book(by, offer),
        policies.may_answer(by, booking),
        policies.may_cancel_booking(by, booking),
        policies.may_cancel_offer(by, offer),
        policies.may_withdraw(by, wish),
        policies.may_see_matches(by, wish),
        policies.may_end_rides(by),
    )

    assert dict(zip(VERBS, (type(each.refusal) for each in heard), strict=True)) == dict(
        zip(VERBS, TABLE[name], strict=True)
    )


def test_nobody_rides_in_a_village_that_is_not_there(called: Callable[[str], Actor]) -> None:
    for may in (policies.may_offer, policies.may_ask):
        assert type(may(called("nora"), "nowhere").refusal) is NotFound
