"""The ground of the demo: two villages, who lives there, and who helps whom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.db import transaction

from demo.people import (
    CARLA,
    EDDA,
    LINDENTAL,
    MAX,
    MIA,
    NORA,
    PEOPLE,
    PLACES,
    STELLA,
    TOM,
    VERA,
    Person,
    id_of,
)
from notifications.models import SentLetter, Way
from village.acting.actions import begin_session
from village.acting.models import Place
from village.acting.queries import live_session
from village.assist.actions import (
    Proof,
    grant_mandate,
    issue_card,
    propose_mandate,
    propose_volunteer,
    put_forward,
    vouch_for,
)
from village.assist.models import Centre, ConsentKind, Mandate, Term
from village.assist.queries import MandateUnknown, actor_under_mandate, mandates_of_helper
from village.core.actor import SYSTEM, Actor, Scope
from village.core.errors import DomainError
from village.core.sealing import seal
from village.entrance.actions import check_at_desk
from village.residents.actions import join_village
from village.residents.models import Language, Neighbourhood, Resident, Role, Village
from village.residents.queries import STAFF
from village.stewardship.actions import grant_role

CENTRE = id_of("centre")
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
MIAS_SCOPES = (Scope.EVENTS_JOIN, Scope.RIDES_REQUEST)
ROLES = {MAX: Role.MODERATOR, STELLA: Role.STEWARD}
NEIGHBOURHOODS = ("Oberdorf", "Unterdorf", "Mühlgrund")


def found_villages(at: datetime) -> None:
    """Found both villages."""
    for place in PLACES:
        Village.objects.get_or_create(
            slug=place.slug,
            defaults={
                "name": place.name,
                "language": Language.ENGLISH,
                "lat": place.lat,
                "lng": place.lng,
                "created_at": at,
            },
        )
    for name in NEIGHBOURHOODS:
        Neighbourhood.objects.get_or_create(
            village_id=LINDENTAL.slug, name=name, defaults={"created_at": at}
        )


def move_in(at: datetime) -> None:
    """Let everybody move in, once: whoever has left since stays away."""
    for person in PEOPLE:
        if Resident.objects.filter(pk=person.id).exists():
            continue
        join_village(
            by=SYSTEM,
            village=Village.objects.get(pk=person.home.slug),
            resident=_make(person),
            at=at,
        )
        if role := ROLES.get(person):
            give_role(person, role, at=at)


def show_where_they_live(at: datetime) -> None:
    """Let Stella see at the town hall who lives in Lindental."""
    for person in PEOPLE:
        if person.home == LINDENTAL and person != STELLA:
            with if_allowed():
                check_at_desk(by=as_(STELLA), village=LINDENTAL.slug, resident_id=person.id, at=at)


def open_centre(at: datetime) -> None:
    """Open the old school as a centre, where Vera may act for Edda."""
    _centre, is_new = Centre.objects.get_or_create(
        pk=CENTRE,
        defaults={
            "village_id": LINDENTAL.slug,
            "name": "Alte Schule",
            "address": "Schulgasse 3, Lindental",
            "responsible": "Gemeinde Lindental, Stella Sommer",
            "insurance": "Demo policy LT-2026-017",
            "opening_hours": "Tue and Thu, 9 to 12 and 14 to 17",
            "created_at": at,
        },
    )
    if not is_new:
        return
    give_role(CARLA, Role.COORDINATOR, of=CENTRE, at=at)
    give_role(VERA, Role.VOLUNTEER, of=CENTRE, at=at)
    accredit(VERA, at=at)
    grant_mandate(
        by=as_(CARLA),
        centre_id=CENTRE,
        person_id=EDDA.id,
        scopes=EDDAS_SCOPES,
        term=Term.HALF_YEAR,
        consent=Proof(ConsentKind.PAPER, witness=CARLA.display_name),
        at=at,
    )


def ask_mia(at: datetime) -> None:
    """Let the centre ask Mia, once, whether it may act for her; she has yet to answer."""
    if Mandate.objects.filter(person=MIA.id).exists():
        return
    with if_allowed():
        draft = propose_mandate(
            by=as_(CARLA),
            centre_id=CENTRE,
            person_id=MIA.id,
            scopes=MIAS_SCOPES,
            term=Term.MONTH,
            at=at,
        )
        put_forward(by=as_(CARLA), mandate_id=draft.pk, at=at)


def give_role(person: Person, role: Role, *, of: UUID | None = None, at: datetime) -> None:
    """Give somebody a role in her village."""
    grant_role(
        by=SYSTEM,
        village=person.home.slug,
        resident_id=person.id,
        role=role,
        of=of,
        at=at,
    )
    if role in STAFF:
        # Whoever comes in by the demo's own door has shown it already.
        Authenticator.objects.get_or_create(
            user_id=person.id,
            type=Authenticator.Type.TOTP,
            defaults={"data": {"secret": seal("second-factor", generate_totp_secret())}},
        )


def accredit(person: Person, *, at: datetime) -> None:
    """Let somebody be proposed by Carla, and vouched for by two neighbours."""
    proposed = propose_volunteer(
        by=as_(CARLA),
        centre_id=CENTRE,
        volunteer_id=person.id,
        trained_on=at.date(),
        valid_until=at + A_YEAR,
        at=at,
    )
    for neighbour in (NORA, TOM):
        vouch_for(by=as_(neighbour), accreditation_id=proposed.pk, at=at)


def sit_together(at: datetime) -> None:
    """Let Edda show a new card to Vera, unless the two are together, or apart for good."""
    held = mandates_of_helper(VERA.id, at=at).filter(person=EDDA.id).first()
    if held is None or live_session(VERA.id, at=at) is not None:
        return
    with if_allowed():
        printed = issue_card(by=as_(CARLA), centre_id=CENTRE, person_id=EDDA.id, at=at)
        begin_session(
            by=as_(VERA),
            mandate_id=held.pk,
            place=Place.DESK,
            purpose="Was gerade ansteht",
            code=printed.codes[0],
            at=at,
        )
        # What is printed is printed to /outbox, where the next codes can be read.
        SentLetter.objects.create(
            way=Way.PRINT,
            to=EDDA.display_name,
            title="Die Karte von Edda: jeder Code gilt einmal",
            body="\n".join(printed.codes[1:]),
            language="de",
            at=at,
        )


@contextmanager
def if_allowed() -> Iterator[None]:
    """Leave an act out when it is refused: a demo is lived in, and its people move on."""
    with suppress(DomainError), transaction.atomic():
        yield


def as_(person: Person) -> Actor:
    """Act as somebody, for herself."""
    return Actor(person.id)


def vera_for_edda(at: datetime) -> Actor:
    """
    Act as Vera under the mandate that Edda gave.

    :raises MandateUnknown: if it has ended
    """
    held = mandates_of_helper(VERA.id, at=at).filter(person=EDDA.id).first()
    if held is None:
        raise MandateUnknown
    by, _ = actor_under_mandate(helper_id=VERA.id, mandate_id=held.pk, at=at)
    return by


def _make(person: Person) -> Resident:
    resident = Resident.objects.create_user(
        person.display_name,
        id=person.id,
        email=person.email,
        born_on=person.born_on,
        language=person.language,
        large_print=not person.is_digital,
    )
    if person.email:
        # The address needs no letter to be believed: nobody reads mail at .example.
        EmailAddress.objects.create(user=resident, email=person.email, verified=True, primary=True)
    return resident
