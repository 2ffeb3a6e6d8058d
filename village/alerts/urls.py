from __future__ import annotations

from django.urls import URLPattern, path

from village.alerts import pages

urlpatterns: list[URLPattern] = [
    path("villages/<slug:v>/alerts.cap", pages.show_latest, name="alerts-cap"),
    path("villages/<slug:v>/alerts.atom", pages.show_atom, name="alerts-atom"),
    path("alerts/<uuid:alert_id>.cap", pages.show_document, name="alert-cap"),
]
