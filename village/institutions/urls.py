from __future__ import annotations

from django.urls import URLPattern, path

from village.institutions import pages

urlpatterns: list[URLPattern] = [
    path("villages/<slug:v>/institutions", pages.institutions, name="institutions"),
    path("institutions/<uuid:institution_id>", pages.institution, name="institution"),
    path("villages/<slug:v>/badges", pages.badges, name="badges"),
    path("badges/<uuid:badge_id>/confirm", pages.confirm_badge, name="confirm-badge"),
    path("badges/<uuid:badge_id>/withdraw", pages.withdraw_badge, name="withdraw-badge"),
]
