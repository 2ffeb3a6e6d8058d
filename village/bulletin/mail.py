"""The bulletin as a mail: all of it, with a way to each thing."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import formats, timezone

from village.bulletin.queries import Edition
from village.core.bulletin import Item
from village.journal.notices import Mail


def mail_of(edition: Edition) -> Mail:
    """Write an edition out, in the language and zone that are active."""
    shown = {"edition": edition, "site": settings.SITE_URL}
    sections = [
        "\n".join([str(section.title).upper(), *(_lines(item) for item in items)])
        for section, items in edition.parts
    ]
    return Mail(text="\n\n".join(sections), html=render_to_string("bulletin/mail.html", shown))


def _lines(item: Item) -> str:
    lines = [f"* {item.title}"]
    if item.at is not None:
        lines.append(f"  {formats.date_format(timezone.localtime(item.at), 'l j.n., H:i')}")
    if item.text:
        lines.append(f"  {item.text}")
    if item.link:
        lines.append(f"  {settings.SITE_URL}{item.link}")
    return "\n".join(lines)
