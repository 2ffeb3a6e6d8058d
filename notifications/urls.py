from __future__ import annotations

from django.urls import URLPattern, path

from notifications.pages import hands, me

urlpatterns: list[URLPattern] = [
    path("me/notifications", me.inbox, name="notifications"),
    path("me/notifications/read", me.read_all, name="read-all"),
    path(
        "me/notifications/<uuid:notification_id>/open",
        me.open_notification,
        name="open-notification",
    ),
    path("me/preferences/quiet", me.set_quiet, name="quiet-hours"),
    path("me/preferences/mutes", me.set_mute, name="mutes"),
    path("me/preferences", me.preferences, name="preferences"),
    path("unsubscribe/<str:token>", me.unsubscribe, name="unsubscribe"),
    path("service-worker.js", me.service_worker, name="service-worker"),
    path("outbox", me.outbox, name="outbox"),
    path("centres/<uuid:centre_id>/calls", hands.calls, name="calls"),
    path("centres/<uuid:centre_id>/calls.pdf", hands.print_calls, name="print-calls"),
    path("centres/<uuid:centre_id>/letters", hands.letters, name="letters"),
    path("centres/<uuid:centre_id>/letters.pdf", hands.print_letters, name="print-letters"),
]
