"""The village's public calendar, for the calendar of a phone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from events import queries
from events.models import Occurrence
from village.core import walls
from village.core.errors import NotFound
from village.core.etags import etag
from village.residents.models import Village
from village.residents.queries import village_or_404

READ_AGAIN_AFTER = timedelta(hours=1)
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@require_safe
@walls.lifted()
def calendar(request: HttpRequest, v: str) -> HttpResponse:
    """Show the events of a village as iCalendar (RFC 5545); whoever asks may read it."""
    try:
        village = village_or_404(v)
    except NotFound:
        raise Http404 from None
    dates = queries.calendar(village.pk, at=timezone.now())
    content = _calendar(village, list(dates)).to_ical()
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{village.pk}.ics"'
    response["ETag"] = etag(content)
    patch_cache_control(response, public=True, max_age=300)
    return get_conditional_response(request, response["ETag"], None, response) or response


def _calendar(village: Village, dates: list[Occurrence]) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Pocket village//Events//EN")
    calendar.add("version", "2.0")
    calendar.add("name", village.name)
    calendar.add("x-wr-calname", village.name)
    calendar.add("refresh-interval", READ_AGAIN_AFTER, parameters={"value": "DURATION"})
    for date in dates:
        calendar.add_component(_entry(date))
    return calendar


def _entry(date: Occurrence) -> Event:
    """
    Show one date.

    A date keeps its UID for ever, a UUID as RFC 7986, 5.3 advises; SEQUENCE and DTSTAMP move
    when it changes, so that calendars take the change over.
    """
    event = date.event
    entry = Event()
    entry.add("uid", str(date.pk))
    entry.add("sequence", date.revision)
    entry.add("dtstamp", _utc(date.changed_at))
    entry.add("dtstart", _utc(date.begins_at))
    entry.add("dtend", _utc(date.ends_at))
    entry.add("summary", _plain(event.title))
    entry.add("description", _plain(event.text))
    entry.add("location", _plain(event.place_name))
    entry.add("geo", (event.place_lat, event.place_lng))
    entry.add("status", "CANCELLED" if date.is_cancelled else "CONFIRMED")
    return entry


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _plain(text: str) -> str:
    """Keep of what people wrote only what a content line can hold."""
    return _CONTROL.sub("", _LINE_END.sub("\n", text))
