from __future__ import annotations

from django.urls import URLPattern, path

from village.assist.pages import answering, helping, people, public

urlpatterns: list[URLPattern] = [
    path("helping", helping.helping, name="helping"),
    path("centres/<uuid:centre_id>/held", helping.held, name="held"),
    path("centres/<uuid:centre_id>/desk", helping.desk, name="centre-desk"),
    path("centres/<uuid:centre_id>/register", helping.register, name="register-mandate"),
    path("centres/<uuid:centre_id>/people/new", people.register_person, name="register-person"),
    path("centres/<uuid:centre_id>/people/<uuid:person_id>", people.person, name="centre-person"),
    path(
        "centres/<uuid:centre_id>/people/<uuid:person_id>/card",
        people.print_new_card,
        name="print-persons-card",
    ),
    path("centres/<uuid:centre_id>/people/<uuid:person_id>/pin", people.set_pin, name="set-pin"),
    path("centres/<uuid:centre_id>/people/<uuid:person_id>/stop", people.stop_for, name="stop-for"),
    path("helping/pin", people.my_pin, name="my-pin"),
    path("mandates/<uuid:mandate_id>", helping.mandate, name="mandate"),
    path("mandates/<uuid:mandate_id>/answer", answering.answer, name="answer-mandate"),
    path("mandates/<uuid:mandate_id>/revoke", helping.revoke, name="revoke-mandate"),
    path(
        "mandates/<uuid:mandate_id>/scopes/<str:scope>/revoke",
        helping.revoke_scope,
        name="revoke-scope",
    ),
    path("mandates/<uuid:mandate_id>/check/<slug:seal>", public.check, name="check-mandate"),
    path("stop", public.stop, name="stop"),
]
