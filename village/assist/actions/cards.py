"""
The printed card: codes that say "I am here", each once, and one that ends everything.

Codes are digits, which everybody can read aloud. A visit code has six and works only together with
the person's name, within a budget of tries; the stop code has sixteen and works alone. What is kept
is a digest, keyed with the deployment's secret: whoever steals the tables cannot try them all.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from village.assist import facts, policies, queries
from village.assist.actions.endings import stop_everything
from village.assist.actions.locking import lock_person
from village.assist.models import Card, CardCode, EndedBy, Pin
from village.core import walls
from village.core.actor import Actor
from village.core.errors import DomainError, NotFound
from village.core.limits import Budget
from village.journal.actions import record_all
from village.journal.facts import Fact

CODES = 20
CODE_DIGITS = 6
STOP_DIGITS = 16
VALID_FOR = timedelta(days=365)
# With a million codes of which twenty are good, a guesser of 480 tries a day needs months.
TRIES_PER_PERSON = Budget("assist.card", 5, 900)
TRIES_PER_NETWORK = Budget("assist.stop", 10, 900)


class CodeRefused(DomainError):
    """The code is none of the card's, or it has been used; both look the same."""

    code = "assist.code_refused"
    status = 422


class CardExpired(DomainError):
    """The person has no card that works: too old, replaced, or ended."""

    code = "assist.card_expired"
    status = 422


@dataclass(frozen=True, slots=True)
class Printed:
    """Hold what stands on a new card; it is known at this moment and never again."""

    card: Card
    stop_code: str
    codes: list[str]


@transaction.atomic
def issue_card(*, by: Actor, centre_id: UUID, person_id: UUID, at: datetime) -> Printed:
    """
    Give a person a new card; the one before no longer works.

    :raises NotFound: if the actor does not work at such a centre, or it serves nobody of this id
    :raises Forbidden: if the actor is no coordinator of it, or the person is herself
    """
    centre = queries.desk_or_404(by, centre_id, at=at)
    policies.may_look_after(by, centre, person_id).enforce()
    home = queries.home_served_by(centre, person_id)
    if home is None:
        raise NotFound
    lock_person(person_id)
    ended = _end_cards(person_id, at)
    stop, codes = _draw(STOP_DIGITS), _draw_codes()
    card = Card.objects.create(
        village_id=home,
        person_id=person_id,
        centre=centre,
        stop_digest=_digest(stop),
        expires_at=at + VALID_FOR,
        created_at=at,
    )
    CardCode.objects.bulk_create(
        CardCode(card=card, digest=_digest(code, of=card.pk)) for code in codes
    )
    issued = facts.CardIssued(village=home, card=card.pk, person=person_id)
    record_all([*ended, issued], by=by, at=at)
    return Printed(card, stop, codes)


@transaction.atomic
def spend_code(*, person_id: UUID, code: str, at: datetime) -> None:
    """
    Use up one of a card's codes: the person is here, or on the phone, with her card.

    :raises TooMany: after five tries within a quarter of an hour
    :raises CardExpired: if she has no card in force
    :raises CodeRefused: if the code is wrong or has been used
    """
    TRIES_PER_PERSON.spend(str(person_id))
    _spend(person_id, code, at)


@transaction.atomic
def prove_presence(*, person_id: UUID, code: str, at: datetime) -> bool:
    """
    Take a person's PIN or one of her card's codes: she is here. Tell whether it was her PIN.

    :raises TooMany: after five tries within a quarter of an hour
    :raises CardExpired: if it is not her PIN, and she has no card in force
    :raises CodeRefused: if the code is wrong or has been used
    """
    TRIES_PER_PERSON.spend(str(person_id))
    pin = Pin.objects.filter(person=person_id).first()
    given = digest_of_pin(code, person_id)
    if constant_time_compare(pin.digest if pin is not None else "", given):
        return True
    _spend(person_id, code, at)
    return False


def digest_of_pin(pin: str, person_id: UUID) -> str:
    """Give the keyed digest of a PIN."""
    return _digest(pin, of=person_id)


def _spend(person_id: UUID, code: str, at: datetime) -> None:
    card = (
        Card.objects.select_for_update(no_key=True)
        .filter(person=person_id, ended_at=None, expires_at__gt=at)
        .first()
    )
    if card is None:
        raise CardExpired(_("This person has no card that works. Please print a new one."))
    digest = _digest(code, of=card.pk)
    # Every code is compared, so that the time says nothing about which ones are close.
    fitting = [each for each in card.codes.all() if constant_time_compare(each.digest, digest)]
    if not fitting or fitting[0].used_at is not None:
        raise CodeRefused(_("This code does not work. Each code works once."), field="code")
    CardCode.objects.filter(pk=fitting[0].pk).update(used_at=at)


@walls.lifted()
@transaction.atomic
def stop_with_code(*, code: str, network: str, at: datetime) -> datetime:
    """
    End everything that is done for whoever holds a card, by its stop code and without signing in.

    Counts as the person's own doing; the card ends with it. ``network`` is where the request
    comes from. Gives the moment until which nothing new begins.

    :raises TooMany: after ten tries from one network within a quarter of an hour
    :raises CodeRefused: if no card in force has this code
    """
    TRIES_PER_NETWORK.spend(network)
    # The index knows keyed digests only: how long it searches says nothing about a code.
    found = Card.objects.filter(stop_digest=_digest(code), ended_at=None, expires_at__gt=at).first()
    if found is None:
        raise CodeRefused(_("This code does not work."), field="code")
    lock_person(found.person_id)
    if not Card.objects.filter(pk=found.pk, ended_at=None).exists():
        raise CodeRefused(_("This code does not work."), field="code")
    until, stopped = stop_everything(found.person_id, EndedBy.CARD, at=at)
    ended = _end_cards(found.person_id, at)
    record_all([*stopped, *ended], by=Actor(found.person_id), at=at)
    return until


@walls.lifted()
def _end_cards(person_id: UUID, at: datetime) -> list[Fact]:
    current = list(Card.objects.filter(person=person_id, ended_at=None))
    Card.objects.filter(pk__in=[card.pk for card in current]).update(ended_at=at)
    return [
        facts.CardEnded(village=card.village_id, card=card.pk, person=person_id) for card in current
    ]


def _draw_codes() -> list[str]:
    codes: set[str] = set()
    while len(codes) < CODES:
        codes.add(_draw(CODE_DIGITS))
    return sorted(codes, key=lambda _code: secrets.randbits(32))


def _draw(digits: int) -> str:
    return "".join(secrets.choice("0123456789") for _place in range(digits))


def _digest(code: str, *, of: UUID | None = None) -> str:
    """Give the keyed digest of a code, however its digits were grouped. RFC 2104."""
    digits = "".join(each for each in code if each in "0123456789")
    return salted_hmac(f"village.assist.card/{of}", digits, algorithm="sha256").hexdigest()
