from __future__ import annotations

from django.urls import URLPattern, path

from notifications import pages

urlpatterns: list[URLPattern] = [
    path("me/notifications", pages.inbox, name="notifications"),
    path("me/notifications/read", pages.read_all, name="read-all"),
    path(
        "me/notifications/<uuid:notification_id>/open",
        pages.open_notification,
        name="open-notification",
    ),
    path("me/preferences", pages.preferences, name="preferences"),
    path("service-worker.js", pages.service_worker, name="service-worker"),
    path("outbox", pages.outbox, name="outbox"),
]
