from __future__ import annotations

from django.urls import URLPattern, path

from village.acting import pages

urlpatterns: list[URLPattern] = [
    path("mandates/<uuid:mandate_id>/begin", pages.begin, name="begin-session"),
    path("mandates/<uuid:mandate_id>/card", pages.card, name="print-card"),
    path("helping/now", pages.now, name="session-now"),
    path("sessions/<uuid:session_id>", pages.session, name="session"),
    path("sessions/<uuid:session_id>/end", pages.end, name="end-session"),
    path("sessions/<uuid:session_id>/slip.pdf", pages.slip, name="slip"),
    path("helping/ledger", pages.ledger, name="ledger"),
    path("helping/waiting", pages.waiting, name="waiting-for-me"),
    path("prepared/<uuid:act_id>", pages.prepared, name="prepared-act"),
    path("prepared/<uuid:act_id>/settle", pages.settle, name="settle-act"),
    path("centres/<uuid:centre_id>/waiting", pages.waiting_at_centre, name="waiting-at-centre"),
]
