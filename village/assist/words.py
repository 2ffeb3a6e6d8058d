"""What a mandate covers, in words that people use."""

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
# The same, of nobody in particular.
HELP = {
    Scope.NEWS_READ: _("Reading the news aloud"),
    Scope.EVENTS_JOIN: _("Signing up for events"),
    Scope.RIDES_REQUEST: _("Finding rides"),
    Scope.RIDES_OFFER: _("Offering rides"),
    Scope.AUTHORITY_READ: _("Reading what the town hall writes"),
    Scope.AUTHORITY_WRITE: _("Writing to the town hall"),
    Scope.DEFECT_REPORT: _("Reporting what is broken"),
    Scope.BOARD_POST: _("Putting something on the board"),
    Scope.NOTIFICATION_SETTINGS: _("Choosing how to be told"),
    Scope.CONTACT_DETAILS: _("Keeping address and number up to date"),
}
