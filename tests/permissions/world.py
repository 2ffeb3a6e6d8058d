"""Everybody who may come to a thing, and everything they may come to."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.test import Client

from news.models import Outlet
from tests.support.cast import DEPARTMENT, OUTLET, Cast, make_cast, secure, sit
from village.assist.models import Accreditation, Centre, Mandate
from village.core.actor import Actor, KeyScope, Needs, Scope
from village.core.permissions import Answer, Standing, Who
from village.federation.models import Agreement, Shared
from village.messaging.models import Department
from village.residents.models import Grant, Membership, Residency, Resident, Role
from village.stewardship.actions import make_key
from village.stewardship.models import ApiKey

STAFF = frozenset({Standing.MODERATOR, Standing.STEWARD})
# Bergheim shows what Lindental has, and not the other way round.
SHOWN = ("bergheim", "lindental")
# What a role is of in Bergheim.
OUTLET_THERE = UUID("00000000-0000-4000-8000-0000000000aa")
DEPARTMENT_THERE = UUID("00000000-0000-4000-8000-0000000000bb")


class Target(StrEnum):
    """Name the thing that somebody comes to, as she stands to it."""

    OWN = "her own"
    OTHER_SIDE = "one that she is the other side of"
    SAME_VILLAGE = "a neighbour's"
    PRIVATE = "a neighbour's private one"
    OTHER_VILLAGE = "one of another village"
    ABSENT = "a deleted one"


@dataclass(frozen=True, slots=True)
class Thing:
    """Hold what an address names; ``of`` are the outlet, department or centre it belongs to."""

    id: object
    village: str
    owner: UUID | None = None
    partner: UUID | None = None
    of: frozenset[UUID] = frozenset()
    is_private: bool = False
    # Hers also when she lives there no longer.
    stays_hers: bool = False
    # What else stands in its address.
    path: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """Hold somebody who asks: how she signs in, where she lives, and as what."""

    name: str
    resident: Resident | None = None
    home: str = ""
    roles: frozenset[tuple[Standing, UUID | None]] = frozenset()
    mandate: Mandate | None = None
    helper: Resident | None = None
    is_signed_in: bool = True
    secret: str = ""
    key: frozenset[KeyScope] | None = None

    @property
    def actor(self) -> Actor:
        """Give the actor that she is."""
        assert self.resident is not None
        if self.mandate is None or self.helper is None:
            return Actor(self.resident.pk, key=self.key)
        return Actor(
            self.resident.pk,
            helper_id=self.helper.pk,
            mandate_id=self.mandate.pk,
            scopes=self.mandate.covers,
            until=self.mandate.ends_at,
        )

    def answer(self, who: Who, scope: Needs, thing: Thing | None) -> Answer:
        """Give what the table says; a helper is first held to her mandate."""
        is_assisted = self.mandate is not None
        if self.key is not None and who.key not in self.key and Standing.ANYONE not in who.may:
            return Answer.REFUSED
        if is_assisted and not self.actor.may(scope):
            return Answer.REFUSED
        return who.answer(self.standings(thing), is_assisted=is_assisted)

    def standings(self, thing: Thing | None) -> frozenset[Standing]:
        """Tell how she stands to a thing; ``None`` is what is not there."""
        if self.resident is None or not self.is_signed_in:
            return frozenset()
        found = {Standing.SIGNED_IN}
        if thing is None:
            return frozenset(found)
        if thing.owner == self.resident.pk and (thing.stays_hers or self.home == thing.village):
            found.add(Standing.OWNER)
        if (self.home, thing.village) == SHOWN and not thing.is_private:
            found.add(Standing.NEIGHBOUR)
        if self.home != thing.village:
            return frozenset(found)
        if not thing.is_private:
            found.add(Standing.MEMBER)
        if thing.partner == self.resident.pk:
            found.add(Standing.PARTNER)
        for role, of in self.roles:
            if (role in STAFF and not thing.is_private) or (role not in STAFF and of in thing.of):
                found.add(role)
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class How:
    """Say whose a thing shall be, who is the other side of it, where, and whether it is private."""

    owner: Resident
    other: Resident
    village: str
    is_private: bool = False


Make = Callable[["World", How], "Thing | None"]


class World:
    """Hold two villages, in which everybody has one of everything."""

    makers: ClassVar[dict[str, Make]] = {}
    aliases: ClassVar[dict[str, str]] = {}

    def __init__(self, at: datetime, only: Collection[str] = ()) -> None:
        """Build it for everybody who may come to a thing, or for some of them only."""
        self.at = at
        self.cast: Cast = make_cast(at - timedelta(days=1))
        self.neighbours = {
            village: (self._resident(first, village), self._resident(second, village))
            for village, first, second in (
                ("lindental", "Hanna", "Hugo"),
                ("bergheim", "Berta", "Bruno"),
            )
        }
        self._open_places()
        for what in Shared:
            Agreement.objects.create(
                reader_id=SHOWN[0],
                source_id=SHOWN[1],
                what=what,
                reader_yes_at=at,
                source_yes_at=at,
                created_at=at,
            )
        self.people = [each for each in self._people() if not only or each.name in only]
        self._things: dict[tuple[str, str, Target], Thing | None] = {}
        for name in self.makers:
            for person in self.people:
                self._make_for(person, name)
        # The village knows of all of them that they live there.
        Membership.objects.update(residency=Residency.DESK)
        for person in self.people:
            if person.name == "moved":
                Membership.objects.filter(resident=person.resident).update(ended_at=self.at)
            if person.name == "closed":
                Resident.objects.filter(pk=person.actor.principal_id).update(is_active=False)

    def thing(self, person: Person, name: str, target: Target) -> Thing | None:
        """Give what somebody comes to; ``None`` when there is no such thing for her."""
        return self._things[person.name, self.aliases.get(name, name), target]

    def home(self, person: Person) -> Thing | None:
        """Give the village that somebody lives in, as what her requests are about."""
        return self._things[person.name, "v", Target.SAME_VILLAGE] if person.home else None

    def client(self, person: Person) -> Client:
        """Give a client of somebody's, signed in once."""
        return self._clients[person.name]

    @cached_property
    def _clients(self) -> dict[str, Client]:
        return {person.name: self._sign_in(person) for person in self.people}

    def place(self, village: str, kind: str) -> UUID:
        """Give the outlet, department or centre of a village."""
        return self._places[village][kind]

    def places(self, village: str) -> frozenset[UUID]:
        """Give all of them."""
        return frozenset(self._places[village].values())

    def named_in_bodies(self, village: str) -> dict[str, object]:
        """Give what a body of the API can name, as it stands in a village."""
        return self._places[village] | {
            "person": self.neighbours[village][0].pk,
            "resident": self.neighbours[village][0].pk,
            "institution": self.place(village, "outlet"),
        }

    def _people(self) -> list[Person]:
        cast, centre = self.cast, self.cast.centre.pk
        everywhere = frozenset(
            {
                (Standing.STEWARD, None),
                (Standing.MODERATOR, None),
                # Roles in Bergheim of what stands in Lindental: worth nothing.
                (Standing.EDITOR, OUTLET),
                (Standing.CLERK, DEPARTMENT),
                (Standing.COORDINATOR, centre),
            }
        )
        grasping = self._resident("Greta", "bergheim", everywhere)
        moved = self._resident("Mona", "lindental", frozenset({(Standing.STEWARD, None)}))
        closed = self._resident("Klaus", "lindental", frozenset({(Standing.STEWARD, None)}))
        all_scopes = self._mandate(self._resident("Egon", "lindental"), list(Scope))
        no_scopes = self._mandate(self._resident("Else", "lindental"), [])
        hugo = self.neighbours["lindental"][1]
        sit(cast.vera, all_scopes)
        sit(hugo, no_scopes)

        scopes = [KeyScope.NEWS_READ, KeyScope.NEWS_WRITE]
        key, secret = make_key(
            by=Actor(cast.mia.pk),
            village="lindental",
            name="Redaktion",
            role=Role.EDITOR,
            of=OUTLET,
            scopes=scopes,
            at=self.at,
        )
        # Used just now, and therefore not written down again by any question.
        ApiKey.objects.update(last_used_at=self.at + timedelta(days=1))
        office = frozenset({(Standing.EDITOR, OUTLET)})

        def resident(name: str, *roles: tuple[Standing, UUID | None]) -> Person:
            return Person(name, getattr(cast, name), "lindental", frozenset(roles))

        return [
            Person("stranger", is_signed_in=False),
            resident("nora"),
            resident("vera", (Standing.VOLUNTEER, centre)),
            resident("mia", (Standing.EDITOR, OUTLET)),
            resident("otto", (Standing.CLERK, DEPARTMENT)),
            resident("carla", (Standing.COORDINATOR, centre)),
            resident("max", (Standing.MODERATOR, None)),
            resident("stella", (Standing.STEWARD, None)),
            Person("strang", cast.strang, "bergheim"),
            Person("grasping", grasping, "bergheim", everywhere),
            Person("moved", moved, ""),
            Person("closed", closed, "lindental", is_signed_in=False),
            Person(
                "machine", key.machine, "lindental", office, secret=secret, key=frozenset(scopes)
            ),
            Person("helped", all_scopes.person, "lindental", mandate=all_scopes, helper=cast.vera),
            Person("guarded", no_scopes.person, "lindental", mandate=no_scopes, helper=hugo),
        ]

    def _resident(
        self, name: str, home: str, roles: Collection[tuple[Standing, UUID | None]] = ()
    ) -> Resident:
        email = f"{name.lower()}@village.example"
        person = Resident.objects.create_user(name, id=uuid4(), email=email, language="en")
        membership = Membership.objects.create(
            village_id=home, resident=person, created_at=self.cast.lindental.created_at
        )
        if roles:
            secure(person)
        for role, of in roles:
            Grant.objects.create(
                membership=membership, role=Role(role.value), of=of, granted_at=self.at
            )
        return person

    def _mandate(self, person: Resident, scopes: list[Scope]) -> Mandate:
        mandate = Mandate.objects.create(
            village=self.cast.lindental,
            centre=self.cast.centre,
            person=person,
            scopes=scopes,
            starts_at=self.at - timedelta(days=1),
            ends_at=self.at + timedelta(days=30),
            created_at=self.at,
        )
        for volunteer in (self.cast.vera, self.neighbours["lindental"][1]):
            mandate.assignments.create(volunteer=volunteer, at=self.at)
        return mandate

    def _open_places(self) -> None:
        there = Centre.objects.create(village_id="bergheim", name="Berghaus", created_at=self.at)
        self._places = {
            "lindental": {
                "outlet": OUTLET,
                "department": DEPARTMENT,
                "centre": self.cast.centre.pk,
            },
            "bergheim": {
                "outlet": OUTLET_THERE,
                "department": DEPARTMENT_THERE,
                "centre": there.pk,
            },
        }
        for village, places in self._places.items():
            common: dict[str, Any] = {"village_id": village, "created_at": self.at}
            Outlet.objects.create(id=places["outlet"], name="Blatt", slug="blatt", **common)
            Department.objects.create(id=places["department"], name="Roads", **common)
            Accreditation.objects.create(
                centre_id=places["centre"],
                volunteer=self.neighbours[village][1],
                trained_on=self.at.date(),
                accredited_at=self.at,
                awake_since=self.at,
                valid_until=self.at + timedelta(days=30),
                **common,
            )

    def _make_for(self, person: Person, name: str) -> None:
        """Make what somebody may come to; neighbours have one thing of a kind for all."""
        make = self.makers[name]
        lives_in = person.home or "lindental"
        elsewhere = "bergheim" if lives_in == "lindental" else "lindental"
        neighbour, _ = self.neighbours[lives_in]
        owned = partnered = None
        if person.resident is not None:
            owned = make(self, How(person.resident, neighbour, lives_in))
            owned = owned if owned and owned.owner == person.resident.pk else None
            if owned is not None and owned.partner is not None:
                partnered = make(self, How(neighbour, person.resident, lives_in))
        found = {
            Target.OWN: owned,
            Target.OTHER_SIDE: partnered,
            Target.SAME_VILLAGE: self._neighbours(make, lives_in, is_private=False),
            Target.PRIVATE: self._neighbours(make, lives_in, is_private=True),
            Target.OTHER_VILLAGE: self._neighbours(make, elsewhere, is_private=False),
            Target.ABSENT: None,
        }
        for target, thing in found.items():
            self._things[person.name, name, target] = thing

    def _neighbours(self, make: Make, village: str, *, is_private: bool) -> Thing | None:
        key = (make, village, is_private)
        if key not in self._made:
            made = make(self, How(*self.neighbours[village], village, is_private))
            self._made[key] = made if made is None or made.is_private == is_private else None
        return self._made[key]

    @cached_property
    def _made(self) -> dict[tuple[Make, str, bool], Thing | None]:
        return {}

    @staticmethod
    def _sign_in(person: Person) -> Client:
        client = Client(headers={"Accept": "application/json"})
        who = person.helper or person.resident
        if person.secret:
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {person.secret}"
        elif who is not None:
            client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
        if person.mandate is not None:
            client.defaults["HTTP_X_ACTING_FOR"] = str(person.mandate.pk)
        return client


def thing(*names: str) -> Callable[[Make], Make]:
    """
    Declare how one is made of what a parameter of an address names, and its other names.

    The maker is given the world and how the thing shall be; ``None`` says that there is no such
    thing.
    """

    def declare(make: Make) -> Make:
        World.makers[names[0]] = make
        World.aliases |= dict.fromkeys(names[1:], names[0])
        return make

    return declare


Body = dict[str, object] | None
Prepare = Callable[[World, Person, Thing | None], Body]
prepared: dict[str, Prepare] = {}


def before(*operations: str) -> Callable[[Prepare], Prepare]:
    """
    Declare what must have happened before an operation can say yes to whoever may.

    It gives what the body shall name then; with ``None`` the thing is absent to her all the same.
    """

    def declare(prepare: Prepare) -> Prepare:
        prepared.update(dict.fromkeys(operations, prepare))
        return prepare

    return declare
