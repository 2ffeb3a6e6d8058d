"""The list of who is missing, on paper: the power may be out."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from village.alerts import rolls
from village.alerts.models import RollCall
from village.alerts.schemas import UnaccountedOut, show_unaccounted
from village.core.paper import Sheet

# Beyond it nobody walks: the village then prints by neighbourhood.
PRINTED_AT_MOST = 1_000


def print_roll(roll: RollCall, *, numbers: bool, at: datetime) -> bytes:
    """
    Give one PDF: who is to be found first, then the others by where they live.

    With ``numbers`` it is for whoever calls; without, it goes from door to door.
    """
    village = roll.village
    with translation.override(village.language), timezone.override(village.tzinfo):
        today = timezone.localtime(at).date()
        found = rolls.unaccounted(roll, today).order_by(*rolls.FIRST_TO_FIND)[:PRINTED_AT_MOST]
        missing = [show_unaccounted(each, today, numbers=numbers) for each in found]
        title = _("Roll call in %(village)s") % {"village": village.name}
        if roll.is_drill:
            title = _("DRILL: %(title)s") % {"title": title}
        sheet = Sheet(title, at=at)
        printed = formats.date_format(timezone.localtime(at), "DATETIME_FORMAT")
        number = {"number": len(missing), "moment": printed}
        sheet.text(_("Not heard of: %(number)s. Printed on %(moment)s.") % number, bold=True)
        first = [each for each in missing if not each.reached]
        if first:
            sheet.text(_("Please find these people first: no message reaches them."), bold=True)
            sheet.ticks([_line(each, numbers) for each in first])
        rest = sorted(
            (each for each in missing if each.reached),
            key=lambda each: (each.neighbourhood, each.display_name),
        )
        for place, people in groupby(rest, key=lambda each: each.neighbourhood):
            sheet.text(place or _("Where they live is not known"), bold=True)
            sheet.ticks([_line(each, numbers) for each in people])
        sheet.text(_("Burn or shred this list when everybody is found."))
        return sheet.pdf()


def _line(person: UnaccountedOut, numbers: bool) -> str:
    name = person.display_name
    if person.age is not None:
        name = _("%(name)s, %(age)s years") % {"name": name, "age": person.age}
    number = (person.phone or _("no phone")) if numbers else ""
    return ", ".join(filter(None, (name, person.neighbourhood, number)))
