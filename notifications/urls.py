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
    path("me/preferences/quiet", pages.set_quiet, name="quiet-hours"),
    path("me/preferences/mutes", pages.set_mute, name="mutes"),
    path("me/preferences", pages.preferences, name="preferences"),
    path("unsubscribe/<str:token>", pages.unsubscribe, name="unsubscribe"),
    path("service-worker.js", pages.service_worker, name="service-worker"),
    path("outbox", pages.outbox, name="outbox"),
]
