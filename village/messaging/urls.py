from __future__ import annotations

from django.urls import URLPattern, path

from village.messaging import pages

urlpatterns: list[URLPattern] = [
    path("villages/<slug:v>/cases", pages.cases, name="cases"),
    path("villages/<slug:v>/cases/new", pages.open_case, name="open-case"),
    path("cases/<uuid:case_id>", pages.case, name="case"),
    path("cases/<uuid:case_id>/messages", pages.write_message, name="write-message"),
    path("cases/<uuid:case_id>/step", pages.move_on, name="move-case-on"),
    path("cases/<uuid:case_id>/refer", pages.refer, name="refer-case"),
    path("departments/<uuid:department_id>/desk", pages.desk, name="department-desk"),
    path("villages/<slug:v>/defects", pages.defects, name="defects"),
    path("villages/<slug:v>/defects/new", pages.report_defect, name="report-defect"),
    path("defects/<uuid:defect_id>", pages.defect, name="defect"),
    path("defects/<uuid:defect_id>/photo", pages.show_photo, name="show-defect-photo"),
    path("defects/<uuid:defect_id>/photo.webp", pages.photo, name="defect-photo"),
    path("departments/<uuid:department_id>/defects", pages.name_defects, name="name-defects"),
]
