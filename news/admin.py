"""The news for operators: to look, not to write around the verbs."""

from __future__ import annotations

from django.contrib import admin

from news.models import Article, Feed, Outlet, Picture
from village.core.admin import ToLook


@admin.register(Outlet)
class OutletAdmin(ToLook):
    """Look at publishers."""

    list_display = ("name", "village", "homepage")
    list_filter = ("village",)
    ordering = ("name", "pk")


@admin.register(Feed)
class FeedAdmin(ToLook):
    """Look at how feeds are doing."""

    list_display = ("url", "outlet", "status", "last_error", "failures", "pulled_at", "due_at")
    list_filter = ("village", "status")
    list_select_related = ("outlet",)
    ordering = ("due_at", "pk")


@admin.register(Article)
class ArticleAdmin(ToLook):
    """Look at articles."""

    list_display = ("title", "outlet", "status", "published_at", "version")
    list_filter = ("village", "status")
    list_select_related = ("outlet",)
    search_fields = ("title",)
    ordering = ("-created_at", "pk")


@admin.register(Picture)
class PictureAdmin(ToLook):
    """Look at what became of pictures."""

    list_display = ("id", "article", "status", "reason", "tries", "due_at")
    list_filter = ("village", "status")
    list_select_related = ("article",)
    ordering = ("-created_at", "pk")
