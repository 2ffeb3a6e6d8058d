from __future__ import annotations

from django.urls import URLPattern, path

from village.acting import pages

urlpatterns: list[URLPattern] = [
    path("helping/ledger", pages.ledger, name="ledger"),
    path("helping/waiting", pages.waiting, name="waiting-for-me"),
    path("prepared/<uuid:act_id>", pages.prepared, name="prepared-act"),
    path("prepared/<uuid:act_id>/settle", pages.settle, name="settle-act"),
    path("centres/<uuid:centre_id>/waiting", pages.waiting_at_centre, name="waiting-at-centre"),
]
