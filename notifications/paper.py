"""The call sheet and the letters of a centre, in large type, to be carried by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications.handing import Handed
from village.core.paper import Sheet


def call_sheet(centre: str, calls: Sequence[Handed], *, at: datetime) -> bytes:
    """Print whom to call, what to say, and what became of it."""
    sheet = Sheet(_("Calls to make: %(centre)s") % {"centre": centre}, at=at)
    sheet.text(f"{localtime(at):%Y-%m-%d %H:%M}")
    if not calls:
        sheet.text(_("There is nobody to call."))
    for call in calls:
        sheet.next_page(call.name)
        sheet.facts([(_("Phone"), call.phone or _("none: please ring at the door"))])
        if call.neighbourhood:
            sheet.facts([(_("Lives in"), call.neighbourhood)])
        sheet.text(script_of(call))
        sheet.ticks([_("reached"), _("not reached"), _("wants to be called back")])
    return sheet.pdf()


def letters_of(centre: str, letters: Sequence[Handed], *, at: datetime) -> bytes:
    """Print a list to tick on the way from door to door, and then each letter on its own page."""
    sheet = Sheet(_("Letters to carry: %(centre)s") % {"centre": centre}, at=at)
    sheet.text(f"{localtime(at):%Y-%m-%d}")
    if not letters:
        sheet.text(_("There is nothing to carry today."))
    for stretch in dict.fromkeys(letter.stretch for letter in letters):
        sheet.text(stretch, bold=True)
        sheet.ticks([_door_of(each) for each in letters if each.stretch == stretch])
    for letter in letters:
        with override(letter.language):
            sheet.next_page(letter.title)
            sheet.text(_("For %(name)s") % {"name": _door_of(letter)}, bold=True)
            if letter.body:
                sheet.text(letter.body)
    return sheet.pdf()


def _door_of(letter: Handed) -> str:
    return f"{letter.name}, {letter.door}" if letter.door else letter.name


def script_of(call: Handed) -> str:
    """Give what a volunteer says on the phone, in the language of the person."""
    with override(call.language):
        return "\n".join(
            part
            for part in (
                _("Good day, %(name)s. I am calling for your village.") % {"name": call.name},
                call.title,
                call.body,
                _("Have you understood this? Do you need help with it?"),
            )
            if part
        )
