"""Roles: proposed by one, confirmed by another, ended by either and by the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from news.models import Outlet
from tests.support.at_once import all_at_once
from tests.support.cast import OUTLET, Cast
from village.core.actor import SYSTEM, Actor
from village.core.errors import Forbidden, Invalid, NotFound
from village.journal.models import Entry, StreamEntry
from village.residents.actions import leave_village
from village.residents.models import Grant, Membership, Resident, Role
from village.residents.queries import held, holds, roles_by_village
from village.stewardship import actions
from village.stewardship.actions import RoleStands, end_over

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]


def give(by: Actor, whom: Resident, role: Role = Role.MODERATOR, **changes: Any) -> Grant:
    what: dict[str, Any] = {"village": "lindental", "at": timezone.now()} | changes
    return actions.grant_role(by=by, resident_id=whom.pk, role=role, **what)


def kinds() -> list[str]:
    """Name what the journal tells of roles, in order."""
    told = Entry.objects.filter(kind__startswith="residents.role").order_by("pk")
    return [kind.removeprefix("residents.role_") for kind in told.values_list("kind", flat=True)]


class TestGrantRole:
    def test_proposes_what_takes_two(
        self, as_: As, stella: Resident, sven: Resident, nora: Resident
    ) -> None:
        proposed = give(as_(stella), nora)
        assert not holds(as_(nora), "lindental", Role.MODERATOR)

        actions.confirm_role(by=as_(sven), grant_id=proposed.pk, at=timezone.now())

        assert holds(as_(nora), "lindental", Role.MODERATOR)
        assert kinds() == ["proposed", "granted"]

    def test_is_not_confirmed_by_who_proposed_it(
        self, as_: As, stella: Resident, nora: Resident
    ) -> None:
        proposed = give(as_(stella), nora)
        with pytest.raises(Forbidden):
            actions.confirm_role(by=as_(stella), grant_id=proposed.pk, at=timezone.now())

    def test_lets_one_steward_make_a_volunteer(
        self, as_: As, cast: Cast, stella: Resident, nora: Resident
    ) -> None:
        give(as_(stella), nora, Role.VOLUNTEER, of=cast.centre.pk)
        assert holds(as_(nora), "lindental", Role.VOLUNTEER, of=cast.centre.pk)

    def test_lets_the_operator_make_the_first_steward(self, as_: As, strang: Resident) -> None:
        give(SYSTEM, strang, Role.STEWARD, village="bergheim")
        assert holds(as_(strang), "bergheim", Role.STEWARD)

    def test_is_only_for_those_who_live_there(
        self, as_: As, stella: Resident, strang: Resident
    ) -> None:
        with pytest.raises(NotFound):
            give(as_(stella), strang)

    def test_refuses_what_she_has_or_waits_for(
        self, as_: As, stella: Resident, max_: Resident, nora: Resident
    ) -> None:
        give(as_(stella), nora)
        for person in (max_, nora):
            with pytest.raises(RoleStands):
                give(as_(stella), person)

    @pytest.mark.parametrize("of", [None, uuid4()])
    def test_is_of_a_place_that_is_there(
        self, as_: As, stella: Resident, nora: Resident, of: UUID | None
    ) -> None:
        with pytest.raises(Invalid):
            give(as_(stella), nora, Role.COORDINATOR, of=of)

    def test_knows_no_moderator_of_a_centre(
        self, as_: As, cast: Cast, stella: Resident, nora: Resident
    ) -> None:
        with pytest.raises(Invalid):
            give(as_(stella), nora, of=cast.centre.pk)

    @pytest.mark.parametrize("days", [-1, 0, 6 * 366])
    def test_ends_on_a_day_that_makes_sense(
        self, as_: As, stella: Resident, nora: Resident, days: int
    ) -> None:
        with pytest.raises(Invalid):
            give(as_(stella), nora, until=timezone.now() + timedelta(days=days, seconds=-1))


class TestARoleOfAnotherVillage:
    def test_is_worth_nothing_here(self, as_: As, strang: Resident, at: datetime) -> None:
        there = Membership.objects.get(resident=strang)
        Grant.objects.create(membership=there, role=Role.EDITOR, of=OUTLET, granted_at=at)

        Outlet.objects.create(
            id=OUTLET, village_id="lindental", name="Bote", slug="bote", created_at=at
        )
        assert not Outlet.objects.filter(held(as_(strang), Role.EDITOR, of="pk")).exists()


class TestEndRole:
    def test_is_for_a_steward_or_whoever_has_it(
        self, as_: As, stella: Resident, max_: Resident, nora: Resident
    ) -> None:
        grant = Grant.objects.get(membership__resident=max_)
        with pytest.raises(NotFound):
            actions.end_role(by=as_(nora), grant_id=grant.pk, at=timezone.now())

        actions.end_role(by=as_(max_), grant_id=grant.pk, at=timezone.now())

        assert not holds(as_(max_), "lindental", Role.MODERATOR)
        assert kinds() == ["withdrawn"]

    def test_tells_every_process_to_look_at_her_sockets_again(
        self, as_: As, stella: Resident, max_: Resident
    ) -> None:
        grant = Grant.objects.get(membership__resident=max_)
        actions.end_role(by=as_(stella), grant_id=grant.pk, at=timezone.now())

        assert StreamEntry.objects.filter(
            stream__address="access", entry__kind="residents.role_withdrawn"
        ).exists()

    def test_drops_a_proposal(self, as_: As, stella: Resident, nora: Resident) -> None:
        proposed = give(as_(stella), nora)
        actions.end_role(by=as_(stella), grant_id=proposed.pk, at=timezone.now())
        assert kinds() == ["proposed", "proposal_dropped"]

    def test_comes_with_leaving(self, as_: As, max_: Resident) -> None:
        leave_village(by=as_(max_), village="lindental", resident_id=max_.pk, at=timezone.now())
        assert not Grant.objects.filter(membership__resident=max_).exists()
        assert kinds() == ["withdrawn"]


class TestARoleForATime:
    def test_counts_until_its_moment_and_is_then_ended_by_the_clock(
        self, as_: As, stella: Resident, max_: Resident
    ) -> None:
        now = timezone.now()
        mine = Grant.objects.filter(membership__resident=max_)
        mine.update(until=now + timedelta(hours=1))
        assert holds(as_(max_), "lindental", Role.MODERATOR)

        mine.update(until=now - timedelta(seconds=1))
        assert not holds(as_(max_), "lindental", Role.MODERATOR)
        assert roles_by_village(max_.pk) == {"lindental": ["resident"]}

        assert end_over(at=now) == 1
        assert end_over(at=now) == 0
        assert kinds() == ["withdrawn"]
        assert Entry.objects.latest("pk").principal_id == SYSTEM.principal_id


class TestTheRolesOverHttp:
    def test_go_from_proposed_to_granted(
        self, api: Callable[..., Client], stella: Resident, sven: Resident, nora: Resident
    ) -> None:
        body = {"resident": str(nora.pk), "role": "moderator"}
        address = "/api/v1/villages/lindental/roles"
        made = api(stella).post(address, body, content_type="application/json")
        assert made.status_code == 201
        assert made.json()["status"] == "proposed"

        agreed = api(sven).post(f"/api/v1/roles/{made.json()['id']}/confirm")
        assert agreed.json()["status"] == "granted"
        assert api(nora).get("/api/v1/me").json()["memberships"][0]["roles"] == [
            "resident",
            "moderator",
        ]

    def test_are_seen_whole_by_a_steward_and_else_by_whose_they_are(
        self, api: Callable[..., Client], stella: Resident, max_: Resident, nora: Resident
    ) -> None:
        address = "/api/v1/villages/lindental/roles"
        seen = {
            person.display_name: [
                each["resident_name"] for each in api(person).get(address).json()["items"]
            ]
            for person in (stella, max_, nora)
        }
        assert sorted(seen["Stella"]) == ["Carla", "Max", "Mia", "Otto", "Stella", "Vera"]
        assert seen["Max"] == ["Max"]
        assert seen["Nora"] == []


class TestTheRolesPage:
    def test_leads_from_a_proposal_to_the_second_yes(
        self, client: Client, stella: Resident, sven: Resident, nora: Resident
    ) -> None:
        address = "/villages/lindental/roles"
        backend = "django.contrib.auth.backends.ModelBackend"
        client.force_login(stella, backend=backend)
        answer = client.post(address, {"name": "Nora", "role": "moderator"})
        assert answer.status_code == 302
        proposed = Grant.objects.get(membership__resident=nora)
        page = client.get(address).content.decode()
        assert "Nora" in page
        assert f"/roles/{proposed.pk}/confirm" not in page

        client.force_login(sven, backend=backend)
        assert f"/roles/{proposed.pk}/confirm" in client.get(address).content.decode()
        assert client.post(f"/roles/{proposed.pk}/confirm").status_code == 302
        proposed.refresh_from_db()
        assert proposed.granted_at is not None

    def test_names_nobody_who_is_not_known(self, client: Client, stella: Resident) -> None:
        client.force_login(stella, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.post("/villages/lindental/roles", {"name": "Strang", "role": "moderator"})
        assert answer.status_code == 422
        assert "Nobody of this name lives here." in answer.content.decode()

    def test_is_for_stewards(self, client: Client, nora: Resident) -> None:
        client.force_login(nora, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get("/villages/lindental/roles").status_code == 403


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestTwoStewardsAtOnce:
    def test_confirm_it_once(
        self, as_: As, stella: Resident, sven: Resident, nora: Resident
    ) -> None:
        proposed = give(as_(stella), nora)

        def confirm(_person: UUID) -> str:
            actions.confirm_role(by=as_(sven), grant_id=proposed.pk, at=timezone.now())
            return "granted"

        came = all_at_once(confirm, [uuid4() for _ in range(8)])
        assert came == {"granted": 1, "stewardship.role_stands": 7}
        assert kinds() == ["proposed", "granted"]
