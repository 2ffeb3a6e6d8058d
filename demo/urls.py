from __future__ import annotations

from django.urls import URLPattern, path

from demo import pages

urlpatterns: list[URLPattern] = [path("demo/sign-in", pages.sign_in, name="demo-sign-in")]
