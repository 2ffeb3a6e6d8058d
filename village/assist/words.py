"""What a mandate covers and what was done under it, in words that people use."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from village.core.actor import Scope

SCOPES = {
    Scope.NEWS_READ: _("read the news to you"),
    Scope.EVENTS_JOIN: _("sign you up for events"),
    Scope.RIDES_REQUEST: _("find you a ride"),
    Scope.RIDES_OFFER: _("offer rides in your name"),
    Scope.AUTHORITY_READ: _("read what the town hall writes to you"),
    Scope.AUTHORITY_WRITE: _("write to the town hall for you"),
    Scope.DEFECT_REPORT: _("report what is broken"),
    Scope.BOARD_POST: _("put something on the board for you"),
    Scope.NOTIFICATION_SETTINGS: _("choose how you are told of things"),
    Scope.CONTACT_DETAILS: _("keep your address and number up to date"),
}

# By the kind of the fact in the journal; the rooms name theirs, and never rename them.
DEEDS = {
    "events.event_announced": _("wrote down an event"),
    "events.event_published": _("announced an event"),
    "events.attendance_confirmed": _("signed you up for an event"),
    "events.attendance_waitlisted": _("put you on a waiting list"),
    "events.attendance_changed": _("changed how you come to an event"),
    "events.attendance_withdrawn": _("took you off an event"),
    "events.occurrence_cancelled": _("called off an event"),
    "messaging.case_opened": _("wrote to the town hall"),
    "messaging.message_written": _("answered the town hall"),
    "news.article_read": _("read an article to you"),
}


def deed(kind: str) -> str:
    """Say what a fact of this kind was; one that has no words here is named as it is."""
    return str(DEEDS[kind]) if kind in DEEDS else kind
