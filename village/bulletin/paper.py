"""The bulletin on A4, in large type, for the notice board."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from village.bulletin.queries import Edition
from village.core.bulletin import Item
from village.core.paper import Sheet


def print_bulletin(edition: Edition, *, at: datetime) -> bytes:
    """Give one PDF, in the language of the village."""
    village = edition.village
    with translation.override(village.language), timezone.override(village.tzinfo):
        sheet = Sheet(_("This week in %(village)s") % {"village": village.name}, at=at)
        first, last = (
            formats.date_format(timezone.localtime(each), "DATE_FORMAT")
            for each in (edition.begins_at, edition.ends_at)
        )
        sheet.text(_("%(first)s to %(last)s") % {"first": first, "last": last})
        for section, items in edition.parts:
            sheet.text(str(section.title).upper(), bold=True)
            for item in items:
                sheet.text(_line(item), bold=item.at is not None)
                if item.text:
                    sheet.text(item.text)
        page = f"{settings.SITE_URL}/villages/{village.pk}/bulletin"
        sheet.qr(page, caption=_("All of it on your phone"))
        return sheet.pdf()


def _line(item: Item) -> str:
    if item.at is None:
        return item.title
    moment = formats.date_format(timezone.localtime(item.at), "l j.n., H:i")
    return f"{moment}: {item.title}"
