"""The small words of the templates: moments, icons, forms that act once, regions that move."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from village.core.idempotency import FORM_KEY
from village.journal.queries import Top

register = template.Library()


@register.filter
def moment(value: datetime | None) -> str:
    """Tell a moment on the village's clock, as people say it: "today, 14:05"."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        _("%(day)s, %(time)s") % {"day": _day(local.date()), "time": clock(local)},
    )


@register.filter
def day(value: datetime | date) -> str:
    """Tell a day as people say it: "tomorrow", "Saturday, 12 December"."""
    return _day(timezone.localtime(value).date() if isinstance(value, datetime) else value)


@register.filter
def clock(value: datetime) -> str:
    """Tell the time of day on the village's clock."""
    return time_format(timezone.localtime(value), "H:i")


def _day(day: date) -> str:
    today = timezone.localdate()
    names = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    if name := names.get((day - today).days):
        return name
    # Translators: how a day of this year is written, see Django's "date" filter.
    this_year = _("l, j F")
    # Translators: how a day of another year is written.
    other_year = _("j F Y")
    return date_format(day, this_year if day.year == today.year else other_year)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon beside its word; it says nothing to a screen reader."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("village/icons.svg"),
        name,
    )


@register.simple_tag
def once() -> SafeString:
    """Name this copy of a form, so that pressing its button twice acts once."""
    return format_html('<input type="hidden" name="{}" value="{}">', FORM_KEY, uuid4())


@register.simple_tag
def live(topic: str, position: Top, source: str, kinds: str = "") -> SafeString:
    """
    Let a region follow a topic from the position that was taken before the region was read.

    ``source`` is the address that gives the region alone; of the facts it cares only for those
    whose kind begins with ``kinds``.
    """
    return format_html(
        'data-live="{}" data-epoch="{}" data-seq="{}" data-src="{}" data-kinds="{}"',
        topic,
        position.epoch,
        position.seq,
        source,
        kinds,
    )
