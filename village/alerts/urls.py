from __future__ import annotations

from django.urls import URLPattern, path

from village.alerts import pages

urlpatterns: list[URLPattern] = [
    path("villages/<slug:v>/alerts", pages.alerts, name="alerts"),
    path("villages/<slug:v>/alerts/new/<slug:key>", pages.compose, name="compose-alert"),
    path("alerts/<uuid:alert_id>", pages.alert, name="alert"),
    path("alerts/<uuid:alert_id>/update", pages.follow, name="follow-alert"),
    path("alerts/<uuid:alert_id>/decide", pages.decide, name="decide-alert"),
    path("villages/<slug:v>/roll-calls", pages.open_roll_call, name="open-roll-call"),
    path("roll-calls/<uuid:roll_call_id>", pages.roll_call, name="roll-call"),
    path("roll-calls/<uuid:roll_call_id>/close", pages.close_roll_call, name="close-roll-call"),
    path("roll-calls/<uuid:roll_call_id>/list.pdf", pages.print_roll, name="print-roll"),
    path("villages/<slug:v>/alerts.cap", pages.show_latest, name="alerts-cap"),
    path("villages/<slug:v>/alerts.atom", pages.show_atom, name="alerts-atom"),
    path("alerts/<uuid:alert_id>.cap", pages.show_document, name="alert-cap"),
]
