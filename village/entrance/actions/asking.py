"""Asking for a letter with a code. Where it goes is kept until it is printed, and no longer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.core.actor import Actor
from village.core.errors import DomainError, Forbidden, Invalid, NotFound
from village.core.forms import LINE_MAX
from village.core.limits import Budget
from village.entrance import facts, queries
from village.entrance.envelopes import LINES_MAX, Household
from village.entrance.models import AskedLetter
from village.journal.actions import record
from village.residents.contacts import contact_of
from village.residents.models import Residency

ASKS: Final = Budget("entrance.letters-asked", 5, 24 * 3600)


class AlreadyKnown(DomainError):
    """The village is sure already that the actor lives there."""

    code = "entrance.already_known"


@transaction.atomic
def ask_for_letter(
    *, by: Actor, village: str, lines: Sequence[str], people: int, at: datetime
) -> AskedLetter:
    """
    Ask for a letter with a code to where the actor lives.

    ``lines`` stand below her name; without them it goes where the town hall finds her. Asking again
    is asking once, and says where it goes now.

    :raises NotFound: if she is not a member
    :raises Forbidden: in assisted mode
    :raises AlreadyKnown: if the village is sure already
    :raises Invalid: if nobody knows where she lives, or no envelope holds it
    :raises TooMany: if she changes her mind too often
    """
    if by.is_assisted:
        raise Forbidden(_("Moving in is never done by somebody else."))
    level = queries.level_of(by, village)
    if level is None:
        raise NotFound
    if level >= Residency.LETTER:
        raise AlreadyKnown(_("The village knows already that you live here."))
    address = _address(lines) or _address(contact_of(by.principal_id).address.splitlines())
    if not address:
        raise Invalid(_("Please write where you live."), field="lines")
    # One line is for her name.
    if len(address) >= LINES_MAX or any(len(each) > LINE_MAX for each in address):
        raise Invalid(_("This is too long for an envelope."), field="lines")
    said = {"address": "\n".join(address), "people": people}
    found = queries.letters_asked(village).filter(resident=by.principal_id, **said).first()
    if found is not None:
        return found
    ASKS.spend(str(by.principal_id))
    asked, _is_new = AskedLetter.objects.update_or_create(
        village_id=village,
        resident_id=by.principal_id,
        defaults=said,
        create_defaults={**said, "created_at": at},
    )
    record(
        facts.LetterAsked(village=village, letter=asked.pk, resident=by.principal_id), by=by, at=at
    )
    return asked


def take_asked(village: str, letters: Sequence[UUID]) -> list[Household]:
    """
    Give the households that asked for letters, and forget that they did.

    :raises NotFound: if one of them has been taken already, or was never asked for here
    """
    rows = AskedLetter.objects.select_for_update(of=("self",)).select_related("resident")
    asked = list(rows.filter(village=village, pk__in=letters).order_by("created_at", "pk"))
    if len(asked) != len(set(letters)):
        raise NotFound(_("One of these letters has been printed already. Please look again."))
    AskedLetter.objects.filter(pk__in=[each.pk for each in asked]).delete()
    return [
        Household((each.resident.display_name, *each.address.splitlines()), each.people)
        for each in asked
    ]


def _address(lines: Iterable[str]) -> list[str]:
    printed = ("".join(filter(str.isprintable, each)).strip() for each in lines)
    return [each for each in printed if each]
