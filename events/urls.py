from __future__ import annotations

from django.urls import URLPattern, path

from events import pages

urlpatterns: list[URLPattern] = [
    path("villages/<slug:v>/events.ics", pages.calendar, name="events-calendar"),
]
