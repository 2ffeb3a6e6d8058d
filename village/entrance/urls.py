from __future__ import annotations

from django.urls import URLPattern, path

from village.entrance.pages import coming_back, sessions, ways_in

urlpatterns: list[URLPattern] = [
    path("sign-in/card", ways_in.card, name="sign-in-card"),
    path("invitation", ways_in.invitation, name="invitation"),
    path("me/second-lock", ways_in.second_lock, name="second-lock"),
    path("sign-in/lost", coming_back.lost, name="lost"),
    path("me/neighbour-cannot-get-in", coming_back.vouch_for_return, name="vouch-for-return"),
    path("me/sessions", sessions.sessions, name="sessions"),
    path("me/recovery", coming_back.stop_recovery, name="stop-recovery"),
]
