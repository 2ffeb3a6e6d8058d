from __future__ import annotations

from django.urls import URLPattern, path

from news import pages

urlpatterns: list[URLPattern] = [
    path("media/pictures/<uuid:picture_id>/<int:width>.webp", pages.show_copy, name="picture-copy"),
    path("villages/<slug:v>/news.atom", pages.show_feed, {"suffix": "atom"}, name="news-atom"),
    path("villages/<slug:v>/news.rss", pages.show_feed, {"suffix": "rss"}, name="news-rss"),
    path("villages/<slug:v>/news.json", pages.show_feed, {"suffix": "json"}, name="news-json"),
]
