"""What a centre prints: a mandate to sign on one page, and the card that goes into a purse."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from village.assist import queries
from village.assist.actions.cards import CODE_DIGITS, Printed
from village.assist.models import Mandate
from village.assist.wording import TITLE
from village.core.actor import Actor
from village.core.errors import DomainError
from village.core.paper import Sheet

# Small enough that all ten things fit on the page, and read by every phone's camera.
QR_MM = 32.0


class NoWords(DomainError):
    """A draft has no words yet that could be shown or printed."""

    code = "assist.no_words"


def put_forward_or_refuse(by: Actor, mandate_id: UUID, *, at: datetime) -> Mandate:
    """
    Find a mandate that the actor may see and that has its words.

    :raises NotFound: if there is none
    :raises NoWords: if it is still a draft
    """
    found = queries.visible_mandate(by, mandate_id, at=at)
    if not found.text_hash:
        raise NoWords(_("This mandate has not been put forward yet."))
    return found


def seal_of(mandate: Mandate) -> str:
    """Give what ties a printed page to the words that were put forward, and to nothing else."""
    shown = f"{mandate.pk}/{mandate.text_hash}"
    return salted_hmac("village.assist.paper", shown, algorithm="sha256").hexdigest()[:32]


def is_sealed(mandate: Mandate, seal: str) -> bool:
    """Tell whether a seal is the one of a mandate's words."""
    return bool(mandate.text_hash) and constant_time_compare(seal_of(mandate), seal)


def address_of(mandate: Mandate) -> str:
    """Give the address behind the QR code: a page that says what is valid now."""
    return f"{settings.SITE_URL}/mandates/{mandate.pk}/check/{seal_of(mandate)}"


def print_mandate(mandate: Mandate, *, at: datetime) -> bytes:
    """Give a mandate on one page of A4, in the language it was put forward in."""
    with translation.override(mandate.language):
        sheet = Sheet(TITLE[mandate.language], at=at)
        sheet.text(mandate.text)
        sheet.line_to_sign(_("Day and signature"))
        sheet.qr(
            address_of(mandate), caption=_("Scan this to see what is valid now."), side_mm=QR_MM
        )
        return sheet.pdf()


def print_card(printed: Printed, *, at: datetime) -> bytes:
    """Give a new card: the code that ends everything, and the codes for each visit or call."""
    card = printed.card
    with (
        translation.override(card.person.language),
        timezone.override(card.village.tzinfo),
    ):
        until = formats.date_format(timezone.localtime(card.expires_at), "DATE_FORMAT")
        sheet = Sheet(card.person.display_name, at=at)
        sheet.text(_("This is your card, until %(day)s. Keep it like a key.") % {"day": until})
        sheet.text(_("One of these each time we help you. Cross it out then:"), bold=True)
        sheet.text(_rows(printed.codes))
        sheet.text(
            _("You want to stop everything? Anybody's phone will do, or call us:"), bold=True
        )
        sheet.code(grouped(printed.stop_code))
        sheet.qr(
            f"{settings.SITE_URL}/stop",
            caption=_("Scan this, or go to %(page)s") % {"page": f"{settings.SITE_URL}/stop"},
            side_mm=QR_MM,
        )
        if card.centre.phone:
            sheet.text(f"{card.centre.name}: {card.centre.phone}")
        return sheet.pdf()


def grouped(code: str) -> str:
    """Write a code in groups of four, as it is read aloud."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _rows(codes: list[str]) -> str:
    half = CODE_DIGITS // 2
    shown = [f"{code[:half]} {code[half:]}" for code in codes]
    return "\n".join("     ".join(shown[start : start + 4]) for start in range(0, len(shown), 4))
