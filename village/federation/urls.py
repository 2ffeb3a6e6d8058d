from __future__ import annotations

from django.urls import URLPattern, path

from village.federation import pages

urlpatterns: list[URLPattern] = [
    path("villages/<slug:v>/neighbours", pages.neighbours, name="neighbours"),
    path("neighbours/<slug:v>", pages.neighbour, name="neighbour"),
    path("villages/<slug:v>/sharing", pages.sharing, name="sharing"),
    path(
        "villages/<slug:v>/sharing/<uuid:agreement_id>/end", pages.end_sharing, name="end-sharing"
    ),
]
