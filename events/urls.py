from __future__ import annotations

from django.urls import URLPattern, path

from events import pages

urlpatterns: list[URLPattern] = [
    path("villages/<slug:v>/events", pages.board, name="events"),
    path("villages/<slug:v>/events/new", pages.announce, name="announce-event"),
    path("events/<uuid:event_id>", pages.event, name="event"),
    path("events/<uuid:event_id>/card", pages.card, name="event-card"),
    path("events/<uuid:event_id>/publish", pages.publish, name="publish-event"),
    path("occurrences/<uuid:occurrence_id>", pages.date, name="occurrence"),
    path("occurrences/<uuid:occurrence_id>/attend", pages.attend, name="attend"),
    path("occurrences/<uuid:occurrence_id>/withdraw", pages.withdraw, name="withdraw"),
    path("occurrences/<uuid:occurrence_id>/call-off", pages.call_off, name="call-off"),
    path("villages/<slug:v>/events.ics", pages.calendar, name="events-calendar"),
]
