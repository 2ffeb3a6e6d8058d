from __future__ import annotations

from django.urls import URLPattern, path

from village.messaging import pages

urlpatterns: list[URLPattern] = [
    path("villages/<slug:v>/cases", pages.cases, name="cases"),
    path("villages/<slug:v>/cases/new", pages.open_case, name="open-case"),
    path("cases/<uuid:case_id>", pages.case, name="case"),
    path("cases/<uuid:case_id>/messages", pages.write_message, name="write-message"),
    path("cases/<uuid:case_id>/step", pages.move_on, name="move-case-on"),
    path("departments/<uuid:department_id>/desk", pages.desk, name="department-desk"),
]
