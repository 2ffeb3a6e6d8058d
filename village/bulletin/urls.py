from __future__ import annotations

from django.urls import URLPattern, path

from village.bulletin import pages

urlpatterns: list[URLPattern] = [
    path("villages/<slug:v>/bulletin", pages.bulletin, name="bulletin"),
    path("villages/<slug:v>/bulletin.pdf", pages.print_bulletin, name="print-bulletin"),
]
