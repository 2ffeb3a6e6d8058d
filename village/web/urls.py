from __future__ import annotations

from django.urls import URLPattern, path

from village.web import health, pages

urlpatterns: list[URLPattern] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("", pages.home, name="home"),
    path("sign-up", pages.sign_up, name="sign-up"),
    path("sign-in", pages.sign_in, name="sign-in"),
    path("sign-out", pages.sign_out, name="sign-out"),
    path("me", pages.me, name="me"),
    path("waiting/<slug:key>", pages.waiting, name="waiting"),
    path("villages/<slug:v>", pages.village, name="village"),
    path("villages/<slug:v>/front/<slug:key>", pages.front, name="front"),
]
