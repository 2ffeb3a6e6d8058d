from __future__ import annotations

from django.urls import URLPattern, path

from village.entrance import pages

urlpatterns: list[URLPattern] = [
    path("sign-in/card", pages.card, name="sign-in-card"),
    path("invitation", pages.invitation, name="invitation"),
    path("me/second-lock", pages.second_lock, name="second-lock"),
]
