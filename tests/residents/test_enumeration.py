"""Nobody learns who lives here, but of those who let themselves be found, or turned to her."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from news.models import Outlet
from notifications.models import Notification
from tests.carpool.factories import book, make_offer, make_request
from tests.events.factories import make_date, make_event, sign_up
from tests.residents.crawling import Crawler
from tests.support.cast import DEPARTMENT, OUTLET, Cast, sit
from village.assist.models import Mandate
from village.core.actor import Actor
from village.entrance import actions as entrance
from village.messaging import actions as town_hall
from village.messaging.models import Department
from village.residents import consents
from village.residents.actions import block
from village.residents.models import Membership, Residency, Resident

Api = Callable[..., Client]
pytestmark = pytest.mark.django_db
NEIGHBOURS = {"tom", "vera", "mia", "otto", "carla", "max", "stella", "vera for edda", "Nobody"}
# Who may learn of whom, and why.
MAY_LEARN = {
    # Agreed to be found by neighbours.
    "Found": NEIGHBOURS,
    # Looks for a ride on the village's board.
    "Looking": NEIGHBOURS,
    # Rides with tom.
    "Rider": {"tom"},
    # Has written to otto's department.
    "Writer": {"otto"},
    # Has a mandate at carla's centre, which vera carries out: her own pages list it.
    "Helped": {"carla", "vera", "vera for edda"},
    "Guest": set(),
    "Nobody": set(),
}


@pytest.fixture
def people(cast: Cast) -> dict[str, Resident]:
    """Let everybody do what is nobody's business."""
    at = timezone.now()
    found = {}
    for name in MAY_LEARN:
        person = Resident.objects.create_user(
            f"{name}Zqx",
            id=uuid4(),
            email=f"{name.lower()}zqx@mail.example",
            language="en",
        )
        Membership.objects.create(
            village=cast.lindental, resident=person, residency=Residency.DESK, created_at=at
        )
        found[name] = person
    consents.give_consent(by=Actor(found["Found"].pk), subject="directory", version=1, at=at)
    book(found["Rider"], make_offer(cast.tom, at=at))
    make_request(found["Looking"], at=at)
    sign_up(found["Guest"], make_date(cast.mia, at=at), at=at)
    # A draft is hers alone.
    make_event(found["Nobody"], at=at, publish=False, title="NobodyZqx invites")
    desk = Department.objects.create(
        id=DEPARTMENT, village=cast.lindental, name="Roads", created_at=at
    )
    Outlet.objects.create(
        id=OUTLET, village=cast.lindental, name="Bote", slug="bote", created_at=at
    )
    town_hall.open_case(
        by=Actor(found["Writer"].pk),
        village="lindental",
        department_id=desk.pk,
        title="The lamp",
        text="It is dark.",
        at=at,
    )
    mandate = Mandate.objects.create(
        village=cast.lindental,
        centre=cast.centre,
        person=found["Helped"],
        scopes=[],
        starts_at=at,
        ends_at=at + timedelta(days=30),
        created_at=at,
    )
    mandate.assignments.create(volunteer=cast.vera, at=at)
    entrance.invite_household(by=Actor(found["Nobody"].pk), village="lindental", people=2, at=at)
    block(by=Actor(found["Nobody"].pk), resident_id=cast.max.pk, at=at)
    Notification.objects.create(
        village=cast.lindental,
        resident=found["Nobody"],
        notice="news.article",
        kind="news.article_published",
        entry_id=1,
        language="de",
        title="NobodyZqx, there is news",
        in_inbox=True,
        created_at=at,
    )
    sit(cast.vera, cast.mandate)
    return found


WHO = [
    "a stranger",
    "tom",
    "vera",
    "mia",
    "otto",
    "carla",
    "max",
    "stella",
    "strang",
    "vera for edda",
    "Nobody",
]


class TestACrawler:
    @pytest.mark.parametrize("who", WHO)
    def test_learns_only_of_those_who_let_her(
        self, api: Api, cast: Cast, people: dict[str, Resident], who: str
    ) -> None:
        helper = who == "vera for edda"
        name = "vera" if helper else who
        person = people.get(name) or getattr(cast, name, None)
        headers = {"X-Acting-For": str(cast.mandate.pk)} if helper else {}
        actor = None if person is None else Actor(person.pk)
        # She has even guessed an id.
        guesses = [str(people["Guest"].pk)]
        crawler = Crawler(
            api(person, **headers), cast.vera_for_edda() if helper else actor, guesses
        )
        read = crawler.crawl()

        learned = {
            each
            for each, resident in people.items()
            if each != who and (resident.display_name in read or str(resident.email) in read)
        }
        ids = {
            each
            for each, resident in people.items()
            if each != who and each != "Guest" and str(resident.pk) in read
        }
        expected = {each for each, by in MAY_LEARN.items() if who in by and each != who}
        assert (learned, ids - expected) == (expected, set())
        # Without this, a crawler who is answered nothing would learn nothing.
        assert len(crawler.asked) > 25
        if who != "a stranger":
            assert len(crawler.known) > 5
