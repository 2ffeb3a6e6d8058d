from __future__ import annotations

from django.urls import URLPattern, path

from village.stewardship import pages

urlpatterns: list[URLPattern] = [
    path("villages/<slug:v>/roles", pages.roles, name="roles"),
    path("villages/<slug:v>/setup", pages.setup, name="setup"),
    path("villages/<slug:v>/arms", pages.arms, name="arms"),
    path("villages/<slug:v>/arms.webp", pages.show_arms, name="show-arms"),
    path("villages/<slug:v>/look.css", pages.look, name="look"),
    path("roles/<uuid:grant_id>/confirm", pages.confirm_role, name="confirm-role"),
    path("roles/<uuid:grant_id>/end", pages.end_role, name="end-role"),
]
