"""The sign-in card: a number, a QR code and a PIN on paper, for whoever has nothing digital."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from village.core import walls
from village.core.actor import Actor
from village.core.errors import DomainError, NotFound, TooMany
from village.core.sessions import end_sessions_of
from village.entrance import codes, facts, policies
from village.entrance.models import Card, WrongPin
from village.journal.actions import record, record_all
from village.journal.facts import Fact
from village.residents.models import Membership, Resident

NUMBER_DIGITS: Final = 12
PIN_DIGITS: Final = 6
# Slow for whoever guesses, and soon over for whoever mistypes: a card rests after each five wrong
# tries, a quarter of an hour at first, then twice as long each time, up to a day.
TRIES: Final = 5
RESTS: Final = timedelta(minutes=15)
RESTS_AT_MOST: Final = timedelta(days=1)
# A number at which nobody has tried anything for so long is forgotten.
FORGOTTEN_AFTER: Final = timedelta(days=30)
_NOBODYS = "0" * 64


class CardRefused(DomainError):
    """There is no such card, or the PIN is another: which of the two is not said."""

    code = "entrance.card_refused"
    status = 403


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """Hold what is printed on a card; its number and PIN exist nowhere else."""

    card: Card
    number: str
    pin: str


@transaction.atomic
def print_card(*, by: Actor, village: str, resident_id: UUID, at: datetime) -> PrintedCard:
    """
    Give somebody a sign-in card; an older one dies.

    :raises NotFound: if the actor or the person does not belong to the village
    :raises Forbidden: if the actor may not print one for this person
    """
    resident = _member(by, village, resident_id)
    policies.may_print_card(by, village, resident).enforce()
    printed, told = _print(by, village, resident, at)
    record_all(told, by=by, at=at)
    return printed


@transaction.atomic
def let_in_at_desk(*, by: Actor, village: str, resident_id: UUID, at: datetime) -> PrintedCard:
    """
    Let somebody in again who has lost every way in and has shown at the desk who she is.

    She gets a card; her second factors and passkeys die, and she is signed out everywhere.

    :raises NotFound: if the actor or the person does not belong to the village
    :raises Forbidden: if the actor may not let this person in
    """
    resident = _member(by, village, resident_id)
    policies.may_let_in(by, village, resident).enforce()
    forget_ways_in(resident)
    printed, told = _print(by, village, resident, at)
    let_in = facts.LetInAgain(village=village, resident=resident.pk, way="desk")
    record_all([*told, let_in], by=by, at=at)
    return printed


@transaction.atomic
def revoke_card(*, by: Actor, resident_id: UUID, at: datetime) -> None:
    """
    Let a card open nothing any more: one's own, or one that was lost.

    :raises NotFound: if there is none that the actor may revoke
    """
    card = Card.objects.select_for_update().filter(resident=resident_id, revoked_at=None).first()
    if card is None:
        raise NotFound
    policies.may_revoke_card(by, card).enforce()
    card.revoked_at = at
    card.save(update_fields=["revoked_at"])
    record(
        facts.CardRevoked(village=card.village_id, card=card.pk, resident=resident_id),
        by=by,
        at=at,
    )


def open_with_card(*, number: str, pin: str, at: datetime) -> Resident:
    """
    Say whose card this is, when the PIN is right.

    A number that no card has is treated like one that has: it is compared, counted, and rests.

    :raises CardRefused: if there is no such card, or the PIN is another
    :raises TooMany: while the card rests
    """
    number, pin = codes.read(number), codes.read(pin)
    opened = _try(codes.digest("card", number), f"{number}:{pin}", at)
    if isinstance(opened, datetime):
        seconds = max(1, round((opened - at).total_seconds()))
        words = _(
            "This card rests after five wrong tries. Please try again in %(minutes)s minutes."
        )
        raise TooMany(words % {"minutes": -(-seconds // 60)}, retry_after=seconds)
    if opened is None:
        raise CardRefused(_("This number and PIN do not belong together. Please look again."))
    return opened


@transaction.atomic
def _try(digest: str, secret: str, at: datetime) -> Resident | datetime | None:
    """Count one try; what it counts must stay, so nothing is raised in here."""
    wrong, _is_new = WrongPin.objects.select_for_update().get_or_create(
        digest=digest, defaults={"rests_until": at, "last_at": at}
    )
    card = Card.objects.good().filter(digest=digest).select_related("resident").first()
    fits = compare_digest(codes.digest("pin", secret), card.pin_digest if card else _NOBODYS)
    if at < wrong.rests_until:
        return wrong.rests_until
    if card is not None and fits:
        wrong.delete()
        card.last_used_at = at
        card.save(update_fields=["last_used_at"])
        return card.resident
    wrong.tries += 1
    wrong.last_at = at
    if wrong.tries % TRIES == 0:
        # Bounded before it is a date: somebody may try for years.
        doubled = min(wrong.tries // TRIES - 1, 10)
        wrong.rests_until = at + min(RESTS * 2**doubled, RESTS_AT_MOST)
    wrong.save(update_fields=["tries", "last_at", "rests_until"])
    return None


def forget_wrong_pins(at: datetime) -> int:
    """Forget the numbers at which nobody has tried anything for long; give how many."""
    return WrongPin.objects.filter(last_at__lt=at - FORGOTTEN_AFTER).delete()[0]


def forget_ways_in(resident: Resident) -> None:
    """Sign somebody out everywhere, and let no authenticator of hers open the door again."""
    Authenticator.objects.filter(user=resident.pk).delete()
    end_sessions_of(resident.pk)
    if not resident.has_usable_password():
        # Sessions are bound to it, those too that no list knows of.
        resident.set_unusable_password()
        resident.save(update_fields=["password"])


@walls.lifted()
def revoke_cards(resident_id: UUID, at: datetime) -> list[Fact]:
    """Let every card of somebody die; give the facts to record."""
    cards = list(Card.objects.select_for_update().filter(resident=resident_id, revoked_at=None))
    Card.objects.filter(pk__in=[card.pk for card in cards]).update(revoked_at=at)
    return [
        facts.CardRevoked(village=card.village_id, card=card.pk, resident=resident_id)
        for card in cards
    ]


def _print(
    by: Actor, village: str, resident: Resident, at: datetime
) -> tuple[PrintedCard, list[Fact]]:
    died = revoke_cards(resident.pk, at)
    number, pin = codes.draw(NUMBER_DIGITS), codes.draw(PIN_DIGITS)
    card = Card.objects.create(
        village_id=village,
        resident=resident,
        digest=codes.digest("card", number),
        pin_digest=codes.digest("pin", f"{number}:{pin}"),
        printed_by_id=by.principal_id,
        created_at=at,
    )
    printed = facts.CardPrinted(village=village, card=card.pk, resident=resident.pk)
    return PrintedCard(card, number, pin), [*died, printed]


def _member(by: Actor, village: str, resident_id: UUID) -> Resident:
    """Hold a member, so that two who print at once print one after the other."""
    lives_here = Membership.objects.current().filter(village=village, resident=resident_id)
    resident = Resident.objects.select_for_update().filter(pk=resident_id, is_active=True).first()
    if resident is None or not lives_here.exists():
        policies.may_see_desk(by, village).enforce()
        raise NotFound
    return resident
