"""What the entrance prints: letters with a code, in the language of the village."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from village.core.paper import Sheet
from village.entrance import codes
from village.entrance.actions import Letter, PrintedCard
from village.residents.models import Village


def print_letters(village: Village, letters: Sequence[Letter], *, at: datetime) -> bytes:
    """Give one PDF with a page for each household."""
    with translation.override(village.language), timezone.override(village.tzinfo):
        title = _("Welcome to %(village)s") % {"village": village.name}
        sheet = Sheet(title, at=at)
        for number, letter in enumerate(letters):
            if number:
                sheet.next_page(title)
            _write_letter(sheet, letter)
        return sheet.pdf()


def print_card(village: Village, card: PrintedCard, *, at: datetime) -> bytes:
    """Give one PDF: a sheet with the card, and what to do with it."""
    resident = card.card.resident
    with translation.override(resident.language), timezone.override(village.tzinfo):
        sheet = Sheet(_("Your card for %(village)s") % {"village": village.name}, at=at)
        sheet.text(resident.display_name, bold=True)
        sheet.text(_("With this card you sign in, on any device with the village's app."))
        sheet.qr(address_of("/sign-in/card", card.number), caption=_("Scan this, or type:"))
        sheet.facts([(_("Number"), codes.spoken(card.number))])
        sheet.code(_("PIN: %(pin)s") % {"pin": codes.spoken(card.pin)})
        sheet.text(
            _(
                "Keep it like a key. Cut the PIN off and keep it apart, or learn it by heart. Is "
                "the card lost? Tell the community centre, and it opens nothing any more."
            )
        )
        return sheet.pdf()


def address_of(page: str, code: str) -> str:
    """Give the address behind a QR code: a browser never sends what stands after the ``#``."""
    return f"{settings.SITE_URL}{page}#{code}"


def _write_letter(sheet: Sheet, letter: Letter) -> None:
    sheet.text("\n".join(letter.household.lines))
    sheet.text(
        _(
            "This is your code for the app of our village. With it you come in, and everybody "
            "knows that you really live here."
        )
    )
    sheet.code(codes.spoken(letter.code))
    sheet.qr(address_of("/invitation", letter.code), caption=_("Or scan this with your phone."))
    people = letter.household.people
    until = formats.date_format(timezone.localtime(letter.expires_at), "DATE_FORMAT")
    if people == 1:
        sheet.text(_("The code is for one person, until %(day)s.") % {"day": until})
    else:
        sheet.text(
            _("The code is for %(people)s people of your household, until %(day)s.")
            % {"people": people, "day": until}
        )
    sheet.text(_("You have no phone? The people of the community centre will help you."))
