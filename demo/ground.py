"""The ground of the demo: two villages, who lives there, and who helps whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress

from demo.people import CARLA, EDDA, LINDENTAL, MAX, PEOPLE, PLACES, STELLA, VERA, Person, id_of
from village.assist.models import Accreditation, Centre, Mandate
from village.assist.queries import actor_under_mandate
from village.core.actor import SYSTEM, Actor, Scope
from village.residents.actions import grant_role, join_village
from village.residents.models import Membership, Neighbourhood, Resident, Role, Village

CENTRE = id_of("centre")
MANDATE = id_of("mandates/edda")
# A demo that somebody keeps for a year still has its mandate.
A_YEAR = timedelta(days=365)
EDDAS_SCOPES = (
    Scope.NEWS_READ,
    Scope.EVENTS_JOIN,
    Scope.RIDES_REQUEST,
    Scope.AUTHORITY_READ,
    Scope.AUTHORITY_WRITE,
    Scope.DEFECT_REPORT,
    Scope.BOARD_POST,
    Scope.NOTIFICATION_SETTINGS,
)
NEIGHBOURHOODS = ("Oberdorf", "Unterdorf", "Mühlgrund")


def found_villages(at: datetime) -> None:
    """Found both villages."""
    for place in PLACES:
        Village.objects.get_or_create(
            slug=place.slug,
            defaults={"name": place.name, "lat": place.lat, "lng": place.lng, "created_at": at},
        )
    for name in NEIGHBOURHOODS:
        Neighbourhood.objects.get_or_create(
            village_id=LINDENTAL.slug, name=name, defaults={"created_at": at}
        )


def move_in(at: datetime) -> None:
    """Let everybody move in."""
    for person in PEOPLE:
        join_village(
            by=SYSTEM,
            village=Village.objects.get(pk=person.home.slug),
            resident=Resident.objects.filter(pk=person.id).first() or _make(person),
            at=at,
        )
    give_role(MAX, Role.MODERATOR, at=at)
    give_role(STELLA, Role.STEWARD, at=at)


def open_centre(at: datetime) -> None:
    """Open the old school as a centre, where Vera may act for Edda."""
    centre, _ = Centre.objects.get_or_create(
        pk=CENTRE,
        defaults={
            "village_id": LINDENTAL.slug,
            "name": "Alte Schule",
            "address": "Schulgasse 3, Lindental",
            "created_at": at,
        },
    )
    give_role(CARLA, Role.COORDINATOR, of=CENTRE, at=at)
    give_role(VERA, Role.VOLUNTEER, of=CENTRE, at=at)
    Accreditation.objects.get_or_create(
        centre=centre,
        volunteer_id=VERA.id,
        defaults={"village_id": LINDENTAL.slug, "valid_until": at + A_YEAR, "created_at": at},
    )
    Mandate.objects.get_or_create(
        pk=MANDATE,
        defaults={
            "village_id": LINDENTAL.slug,
            "centre": centre,
            "person_id": EDDA.id,
            "scopes": list(EDDAS_SCOPES),
            "starts_at": at,
            "ends_at": at + A_YEAR,
            "granted_by_id": CARLA.id,
            "consent": {"way": "spoken", "witness": CARLA.display_name},
            "created_at": at,
        },
    )


def give_role(person: Person, role: Role, *, of: UUID | None = None, at: datetime) -> None:
    """Give somebody a role in her village."""
    membership = Membership.objects.current().get(village=person.home.slug, resident=person.id)
    grant_role(by=SYSTEM, membership=membership, role=role, of=of, at=at)


def as_(person: Person) -> Actor:
    """Act as somebody, for herself."""
    return Actor(person.id)


def vera_for_edda(at: datetime) -> Actor:
    """Act as Vera under Edda's mandate."""
    by, _ = actor_under_mandate(helper_id=VERA.id, mandate_id=MANDATE, at=at)
    return by


def _make(person: Person) -> Resident:
    resident = Resident.objects.create_user(
        person.display_name,
        id=person.id,
        email=person.email,
        born_on=person.born_on,
        large_print=not person.is_digital,
    )
    if person.email:
        # The address needs no letter to be believed: nobody reads mail at .example.
        EmailAddress.objects.create(user=resident, email=person.email, verified=True, primary=True)
    return resident
