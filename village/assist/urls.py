from __future__ import annotations

from django.urls import URLPattern, path

from village.assist import pages

urlpatterns: list[URLPattern] = [
    path("helping", pages.helping, name="helping"),
    path("centres/<uuid:centre_id>/held", pages.held, name="held"),
    path("centres/<uuid:centre_id>/desk", pages.desk, name="centre-desk"),
    path("centres/<uuid:centre_id>/register", pages.register, name="register-mandate"),
    path("mandates/<uuid:mandate_id>", pages.mandate, name="mandate"),
    path("mandates/<uuid:mandate_id>/revoke", pages.revoke, name="revoke-mandate"),
]
