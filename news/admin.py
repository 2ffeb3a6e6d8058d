"""The news for operators: to look, not to write around the verbs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from news.models import Article, Feed, Outlet, Picture


class _ToLook(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Outlet)
class OutletAdmin(_ToLook):
    """Look at publishers."""

    list_display = ("name", "village", "homepage")
    list_filter = ("village",)
    ordering = ("name", "pk")


@admin.register(Feed)
class FeedAdmin(_ToLook):
    """Look at how feeds are doing."""

    list_display = ("url", "outlet", "status", "last_error", "failures", "pulled_at", "due_at")
    list_filter = ("village", "status")
    list_select_related = ("outlet",)
    ordering = ("due_at", "pk")


@admin.register(Article)
class ArticleAdmin(_ToLook):
    """Look at articles."""

    list_display = ("title", "outlet", "status", "published_at", "version")
    list_filter = ("village", "status")
    list_select_related = ("outlet",)
    search_fields = ("title",)
    ordering = ("-created_at", "pk")


@admin.register(Picture)
class PictureAdmin(_ToLook):
    """Look at what became of pictures."""

    list_display = ("id", "article", "status", "reason", "tries", "due_at")
    list_filter = ("village", "status")
    list_select_related = ("article",)
    ordering = ("-created_at", "pk")
