"""Building the demo: step by step, each of which changes nothing the second time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from demo.people import PEOPLE, PLACES, Person
from demo.progress import Progress
from village.core.actor import SYSTEM
from village.residents.actions import join_village
from village.residents.models import Resident, Village

Step = Callable[[datetime], None]


def build(progress: Progress, *, at: datetime) -> None:
    """Build both villages in one transaction: they are there whole, or not at all."""
    with transaction.atomic():
        for words, step in STEPS.items():
            progress.step(words, len(STEPS))
            step(at)
    progress.end("The demo is built.")


def villages(at: datetime) -> None:
    """Found both villages."""
    for place in PLACES:
        Village.objects.get_or_create(
            slug=place.slug,
            defaults={
                "name": place.name,
                "lat": place.lat,
                "lng": place.lng,
                "created_at": at,
            },
        )


def people(at: datetime) -> None:
    """Let everybody move in."""
    for person in PEOPLE:
        join_village(
            by=SYSTEM,
            village=Village.objects.get(pk=person.home.slug),
            resident=Resident.objects.filter(pk=person.id).first() or move_in(person),
            at=at,
        )


def move_in(person: Person) -> Resident:
    """Make a resident, whose address needs no letter to be believed."""
    resident = Resident.objects.create_user(
        person.display_name,
        id=person.id,
        email=person.email,
        born_on=person.born_on,
        large_print=not person.is_digital,
    )
    if person.email:
        EmailAddress.objects.create(user=resident, email=person.email, verified=True, primary=True)
    return resident


STEPS: dict[str, Step] = {
    "Two villages among the hills": villages,
    "Everybody moves in": people,
}
