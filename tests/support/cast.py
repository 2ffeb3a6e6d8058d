"""The people of the tests, and the two villages they live in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from allauth.mfa.models import Authenticator
from django.utils import timezone

from village.acting.models import LASTS, AssistedSession, Place
from village.assist.models import Accreditation, Assignment, Centre, Mandate
from village.core.actor import Actor, Scope
from village.core.sealing import seal
from village.residents.models import Grant, Language, Membership, Resident, Role, Village

# What a role is of where a test makes no outlet or department of its own.
OUTLET = UUID("00000000-0000-4000-8000-00000000000a")
DEPARTMENT = UUID("00000000-0000-4000-8000-00000000000b")
# Where the cells lie in which the two villages tell of private places.
GRID_KEY = b"only-for-tests-" * 2
# What the cast's apps for codes count with.
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
EDDAS_SCOPES = (
    Scope.NEWS_READ,
    Scope.EVENTS_JOIN,
    Scope.RIDES_REQUEST,
    Scope.AUTHORITY_READ,
    Scope.AUTHORITY_WRITE,
    Scope.NOTIFICATION_SETTINGS,
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Hold everybody."""

    lindental: Village
    bergheim: Village
    edda: Resident
    vera: Resident
    tom: Resident
    nora: Resident
    mia: Resident
    otto: Resident
    carla: Resident
    max: Resident
    stella: Resident
    strang: Resident
    centre: Centre
    mandate: Mandate

    def vera_for_edda(self) -> Actor:
        """Give vera as she acts for edda."""
        return Actor(
            self.edda.pk,
            helper_id=self.vera.pk,
            mandate_id=self.mandate.pk,
            scopes=self.mandate.covers,
            until=self.mandate.ends_at,
        )


def sit(
    volunteer: Resident,
    mandate: Mandate,
    *,
    place: Place = Place.DESK,
    begun: datetime | None = None,
) -> AssistedSession:
    """Let a volunteer sit with somebody from now on, and with nobody else."""
    # Requests have the real clock, whenever the tests run.
    begun = begun or timezone.now()
    AssistedSession.objects.filter(volunteer=volunteer, ended_at=None).update(ended_at=begun)
    return AssistedSession.objects.create(
        village=mandate.village,
        mandate=mandate,
        volunteer=volunteer,
        place=place,
        purpose="What was asked for",
        starts_at=begun,
        ends_at=begun + LASTS,
        created_at=begun,
    )


def make_cast(at: datetime) -> Cast:
    """Make both villages and everybody in them."""
    lindental, bergheim = (
        Village.objects.create(
            slug=name.lower(),
            name=name,
            language=Language.ENGLISH,
            lat=lat,
            lng=lng,
            grid_key=GRID_KEY.hex(),
            created_at=at,
        )
        for name, lat, lng in (("Lindental", 50.015, 11.508), ("Bergheim", 50.036, 11.563))
    )
    centre = Centre.objects.create(village=lindental, name="Alte Schule", created_at=at)
    roles: dict[str, tuple[Role, UUID | None]] = {
        "vera": (Role.VOLUNTEER, centre.pk),
        "mia": (Role.EDITOR, OUTLET),
        "otto": (Role.CLERK, DEPARTMENT),
        "carla": (Role.COORDINATOR, centre.pk),
        "max": (Role.MODERATOR, None),
        "stella": (Role.STEWARD, None),
    }
    people = {}
    for name in ("edda", "vera", "tom", "nora", "mia", "otto", "carla", "max", "stella", "strang"):
        # edda has nothing digital at all.
        email = None if name == "edda" else f"{name}@village.example"
        person = Resident.objects.create_user(
            name.capitalize(), id=uuid4(), email=email, language=Language.ENGLISH
        )
        people[name] = person
        membership = Membership.objects.create(
            village=bergheim if name == "strang" else lindental, resident=person, created_at=at
        )
        if name in roles:
            role, of = roles[name]
            Grant.objects.create(membership=membership, role=role, of=of, granted_at=at)
    # A stranger is refused for where he lives, not for lack of a second factor.
    for name in (*roles, "strang"):
        secure(people[name])
    Accreditation.objects.create(
        village=lindental,
        centre=centre,
        volunteer=people["vera"],
        trained_on=at.date(),
        # Requests have the real clock, whenever the tests run.
        valid_until=at + timedelta(days=3650),
        accredited_at=at - timedelta(days=3650),
        awake_since=at + timedelta(days=3650),
        created_at=at,
    )
    mandate = Mandate.objects.create(
        village=lindental,
        centre=centre,
        person=people["edda"],
        scopes=list(EDDAS_SCOPES),
        starts_at=at - timedelta(days=3650),
        ends_at=at + timedelta(days=3650),
        created_at=at,
    )
    Assignment.objects.create(mandate=mandate, volunteer=people["vera"], at=at)
    sit(people["vera"], mandate)
    return Cast(lindental=lindental, bergheim=bergheim, centre=centre, mandate=mandate, **people)


def secure(person: Resident) -> None:
    """Give somebody a second factor, as the powers of staff roles need one."""
    Authenticator.objects.create(
        user=person, type=Authenticator.Type.TOTP, data={"secret": seal("second-factor", SECRET)}
    )
