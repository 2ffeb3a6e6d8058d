from __future__ import annotations

from django.urls import URLPattern, path

from news import pages

urlpatterns: list[URLPattern] = [
    path("villages/<slug:v>/news", pages.news, name="news"),
    path("villages/<slug:v>/news/new", pages.write, name="write-article"),
    path("villages/<slug:v>/news/drafts", pages.drafts, name="drafts"),
    path("villages/<slug:v>/news/<uuid:article_id>", pages.article, name="article"),
    path("articles/<uuid:article_id>/card", pages.card, name="article-card"),
    path("articles/<uuid:article_id>/read", pages.read_aloud, name="read-article"),
    path("articles/<uuid:article_id>/publish", pages.publish, name="publish-article"),
    path("articles/<uuid:article_id>/correct", pages.correct, name="correct-article"),
    path("articles/<uuid:article_id>/pictures", pages.add_picture, name="add-picture"),
    path("articles/<uuid:article_id>/retract", pages.retract, name="retract-article"),
    path("pictures/<uuid:picture_id>/remove", pages.remove_picture, name="remove-picture"),
    path("media/pictures/<uuid:picture_id>/<int:width>.webp", pages.show_copy, name="picture-copy"),
    path("villages/<slug:v>/news.atom", pages.show_feed, {"suffix": "atom"}, name="news-atom"),
    path("villages/<slug:v>/news.rss", pages.show_feed, {"suffix": "rss"}, name="news-rss"),
    path("villages/<slug:v>/news.json", pages.show_feed, {"suffix": "json"}, name="news-json"),
]
