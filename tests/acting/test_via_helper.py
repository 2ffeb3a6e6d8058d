"""Whatever a volunteer makes in somebody's name says so: over HTTP, and on every page of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from carpool import actions as rides
from carpool.models import FeedbackKind, RideRequest
from tests.carpool.factories import answer, book, make_offer, make_request
from tests.events.factories import make_event, sign_up
from tests.permissions.operations import BASE, DOCUMENT, OPERATIONS, Operation
from tests.support.cast import Cast
from village.core.actor import Actor, Scope
from village.core.models import HelpedObject
from village.messaging import actions as town_hall_room
from village.messaging.models import Department

Browser = Callable[..., Client]
WORDS = "written down by a helper"
# Under a mandate these make nothing that anybody else is shown with an author.
SHOWS_NO_AUTHOR = {
    "POST /occurrences/{occurrence_id}/cancel": "its event says who announced it",
}


def shapes_of(operation: Operation) -> Iterator[dict[str, Any]]:
    """Give the shapes in which an operation answers that something was made or changed."""
    answers = DOCUMENT["paths"][BASE + operation.path][operation.method.lower()]["responses"]
    for status in (200, 201, "200", "201"):
        content = answers.get(status, {}).get("content", {}).get("application/json")
        if content and "$ref" in content["schema"]:
            name = content["schema"]["$ref"].rsplit("/", 1)[1]
            yield DOCUMENT["components"]["schemas"][name]


MAKES = [
    each
    for each in OPERATIONS
    if each.method in ("POST", "PUT")
    and isinstance(each.scope, Scope)
    and any("id" in shape.get("properties", {}) for shape in shapes_of(each))
    and str(each) not in SHOWS_NO_AUTHOR
]


class TestTheApi:
    @pytest.mark.parametrize("operation", MAKES, ids=str)
    def test_says_it_of_all_that_a_mandate_lets_a_helper_make(self, operation: Operation) -> None:
        for shape in shapes_of(operation):
            assert shape["properties"]["via_helper"] == {
                "title": "Via Helper",
                "type": "boolean",
            }, str(operation)

    def test_has_one_shape_for_it(self) -> None:
        assert len(MAKES) >= 8
        helped = {model for model in apps.get_models() if issubclass(model, HelpedObject)}
        named = {
            model
            for model in apps.get_models()
            for field in model._meta.fields
            if field.name == "via_helper"
        }
        assert {model.__name__ for model in named - helped} == {"ContactDetails"}


@pytest.mark.django_db
class TestThePages:
    @pytest.fixture
    def pages(self, cast: Cast, town_hall: Department) -> list[tuple[str, str]]:
        """Let vera make one of everything for edda; give who is shown it, and where."""
        now = timezone.now()
        helper = Actor(cast.edda.pk, cast.vera.pk, cast.mandate.pk)
        offer = make_offer(helper, at=now)
        booked = answer(book(helper, make_offer(cast.tom, at=now)))
        wish = make_request(helper, at=now)
        waits = make_request(helper, at=now, earliest=now - timedelta(minutes=5))
        RideRequest.objects.filter(pk=waits.pk).update(waits_until=now + timedelta(minutes=10))
        rides.give_feedback(by=helper, booking_id=booked.pk, kind=FeedbackKind.OTHER, at=now)
        event = make_event(helper, at=now)
        sign_up(helper, make_event(cast.tom, at=now).occurrences.get(), at=now)
        case = town_hall_room.open_case(
            by=helper,
            village="lindental",
            department_id=town_hall.pk,
            title="My bin",
            text="It was not emptied.",
            at=now,
        )
        return [
            ("nora", reverse("rides", args=["lindental"])),
            ("nora", reverse("ride", args=[offer.pk])),
            ("nora", reverse("front", args=["lindental", "rides"])),
            ("tom", reverse("ride", args=[booked.offer_id])),
            ("tom", reverse("ride-wait", args=[waits.pk])),
            ("edda", reverse("ride", args=[booked.offer_id])),
            ("edda", reverse("ride-request", args=[wish.pk])),
            ("max", reverse("rides-feedback", args=["lindental"])),
            ("nora", reverse("event", args=[event.pk])),
            ("edda", reverse("events", args=["lindental"])),
            ("otto", reverse("case", args=[case.pk])),
            ("otto", reverse("department-desk", args=[town_hall.pk])),
        ]

    def test_say_it_wherever_somebody_is_shown_with_it(
        self, browser: Browser, cast: Cast, pages: list[tuple[str, str]]
    ) -> None:
        assert self.silent(browser, cast, pages) == []
        for model in apps.get_models():
            if issubclass(model, HelpedObject):
                model._base_manager.update(via_helper=False)
        assert self.silent(browser, cast, pages) == pages

    def silent(
        self, browser: Browser, cast: Cast, pages: list[tuple[str, str]]
    ) -> list[tuple[str, str]]:
        found = []
        for name, path in pages:
            page = browser(getattr(cast, name)).get(path)
            assert page.status_code == 200, path
            if WORDS not in page.content.decode():
                found.append((name, path))
        return found
