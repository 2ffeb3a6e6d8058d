from __future__ import annotations

from django.urls import URLPattern, path

from village.acting.pages import sitting, watching

urlpatterns: list[URLPattern] = [
    path("mandates/<uuid:mandate_id>/begin", sitting.begin, name="begin-session"),
    path("helping/now", sitting.now, name="session-now"),
    path("sessions/<uuid:session_id>", sitting.session, name="session"),
    path("sessions/<uuid:session_id>/end", sitting.end, name="end-session"),
    path("sessions/<uuid:session_id>/slip.pdf", sitting.slip, name="slip"),
    path("helping/ledger", sitting.ledger, name="ledger"),
    path("helping/waiting", sitting.waiting, name="waiting-for-me"),
    path("prepared/<uuid:act_id>", sitting.prepared, name="prepared-act"),
    path("prepared/<uuid:act_id>/settle", sitting.settle, name="settle-act"),
    path("centres/<uuid:centre_id>/waiting", sitting.waiting_at_centre, name="waiting-at-centre"),
    path("centres/<uuid:centre_id>/watch", watching.watch, name="watch-centre"),
    path("villages/<slug:v>/assisted", watching.figures, name="help-in-numbers"),
]
