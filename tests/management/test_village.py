"""The operator's verbs: whole or not at all, tried first, read by programs."""

from __future__ import annotations

import json
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from news.models import Outlet
from tests.support.cast import OUTLET, Cast
from village.core.actor import Actor, KeyScope
from village.residents.models import Grant, Resident, Role, Village
from village.residents.queries import holds
from village.stewardship import actions
from village.stewardship.models import Setup

pytestmark = pytest.mark.django_db
PLACE = ("--name", "Neudorf", "--lat", "50.1", "--lng", "11.4")


def village(*words: Any) -> Any:
    """Let the operator type ``manage.py village ... --json``."""
    told = StringIO()
    call_command("village", *map(str, words), "--json", stdout=told, stderr=StringIO())
    return json.loads(told.getvalue())


class TestCreate:
    def test_founds_a_village_where_it_belongs(self) -> None:
        where = ("--municipality", "Eckersdorf", "--district", "Bayreuth")
        assert village("create", "neudorf", *PLACE, *where)["village"] == "neudorf"

        setup = Setup.objects.select_related("municipality__district").get(village="neudorf")
        assert setup.municipality is not None
        assert setup.municipality.district.name == "Bayreuth"

    def test_can_be_tried_first(self) -> None:
        village("create", "neudorf", *PLACE, "--dry-run")
        assert not Village.objects.exists()

    @pytest.mark.parametrize(
        "wrong",
        [
            ("create", "Neu Dorf", *PLACE),
            ("create", "neudorf", *PLACE, "--zone", "Middle/Earth"),
            ("create", "neudorf", *PLACE, "--municipality", "Eckersdorf"),
            ("create", "neudorf", "--name", "N", "--lat", "91", "--lng", "11"),
            ("create", "neudorf", "--name", "N" * 81, "--lat", "50", "--lng", "11"),
            ("invite", "nowhere", "--email", "a@b.example", "--name", "A"),
        ],
    )
    def test_says_what_cannot_be(self, wrong: tuple[str, ...]) -> None:
        with pytest.raises(CommandError):
            village(*wrong)
        assert not Village.objects.exists()


class TestInvite:
    def test_lets_the_first_steward_in(self, cast: Cast) -> None:
        who = ("--email", "Neu@village.example", "--name", "Neu")
        village("invite", "bergheim", *who, "--steward")

        steward = Resident.objects.get(email="neu@village.example")
        # Its powers come with her second factor.
        assert (
            Grant.objects.standing()
            .filter(membership__resident=steward, membership__village="bergheim", role=Role.STEWARD)
            .exists()
        )


class TestRoles:
    def test_are_listed_confirmed_and_ended(self, cast: Cast) -> None:
        now = timezone.now()
        proposed = actions.grant_role(
            by=Actor(cast.stella.pk),
            village="lindental",
            resident_id=cast.nora.pk,
            role=Role.MODERATOR,
            at=now,
        )
        listed = {each["id"]: each["status"] for each in village("roles", "lindental")}
        assert listed[str(proposed.pk)] == "proposed"

        village("roles", "lindental", "--confirm", proposed.pk)
        assert holds(Actor(cast.nora.pk), "lindental", Role.MODERATOR)
        village("roles", "lindental", "--end", proposed.pk)
        assert not Grant.objects.filter(pk=proposed.pk).exists()

    def test_of_another_village_are_not_touched(self, cast: Cast) -> None:
        grant = Grant.objects.get(membership__resident=cast.max)
        with pytest.raises(CommandError):
            village("roles", "bergheim", "--end", grant.pk)


class TestRotateKeys:
    def test_gives_each_a_new_secret(self, cast: Cast, at: datetime) -> None:
        Outlet.objects.create(
            id=OUTLET, village=cast.lindental, name="Bote", slug="bote", created_at=at
        )
        _key, old = actions.make_key(
            by=Actor(cast.mia.pk),
            village="lindental",
            name="Redaktion",
            role=Role.EDITOR,
            of=OUTLET,
            scopes=[KeyScope.NEWS_READ],
            at=at,
        )
        (shown,) = village("rotate-keys", "lindental", "--grace-hours", "0")

        now = timezone.now()
        assert actions.use_key(secret=shown["secret"], at=now) is not None
        assert actions.use_key(secret=old, at=now) is None
