from __future__ import annotations

from django.urls import URLPattern, path

from village.assist.pages import helping, public

urlpatterns: list[URLPattern] = [
    path("helping", helping.helping, name="helping"),
    path("centres/<uuid:centre_id>/held", helping.held, name="held"),
    path("centres/<uuid:centre_id>/desk", helping.desk, name="centre-desk"),
    path("centres/<uuid:centre_id>/register", helping.register, name="register-mandate"),
    path("mandates/<uuid:mandate_id>", helping.mandate, name="mandate"),
    path("mandates/<uuid:mandate_id>/revoke", helping.revoke, name="revoke-mandate"),
    path(
        "mandates/<uuid:mandate_id>/scopes/<str:scope>/revoke",
        helping.revoke_scope,
        name="revoke-scope",
    ),
    path("mandates/<uuid:mandate_id>/check/<slug:seal>", public.check, name="check-mandate"),
    path("stop", public.stop, name="stop"),
]
