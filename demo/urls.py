from __future__ import annotations

from django.urls import URLPattern, path

from demo import feeds, pages

urlpatterns: list[URLPattern] = [
    path("demo/sign-in", pages.sign_in, name="demo-sign-in"),
    path("demo/feeds/bote.atom", feeds.bote, name="demo-feed-atom"),
    path("demo/feeds/feuerwehr.rss", feeds.fire_brigade, name="demo-feed-rss"),
]
