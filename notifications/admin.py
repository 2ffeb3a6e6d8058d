"""Telling people for operators: to look at what became of letters, not to read them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from notifications.models import Delivery, Device, FanOut, Preference


class _ToLook(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Device)
class DeviceAdmin(_ToLook):
    """Look at devices, without the addresses and sessions that are nobody's to see."""

    list_display = ("resident", "kind", "last_seen_at", "retired_at", "retired_reason")
    list_filter = ("kind",)
    list_select_related = ("resident",)
    exclude = ("address", "session_key")
    ordering = ("-last_seen_at", "pk")


@admin.register(Preference)
class PreferenceAdmin(_ToLook):
    """Look at what people want to hear."""

    list_display = ("resident", "notice", "way", "timing")
    list_filter = ("way", "timing")
    list_select_related = ("resident",)
    ordering = ("resident", "notice", "way")


@admin.register(Delivery)
class DeliveryAdmin(_ToLook):
    """Look at what became of letters."""

    list_display = ("id", "notice", "way", "state", "error_code", "tries", "due_at", "sent_at")
    list_filter = ("way", "state", "error_code")
    list_select_related = ("notification",)
    ordering = ("-pk",)

    @admin.display
    def notice(self, delivery: Delivery) -> str:
        """Name what the letter is about."""
        return delivery.notification.notice


@admin.register(FanOut)
class FanOutAdmin(_ToLook):
    """Look at how far large audiences have been told."""

    list_display = ("id", "notice", "entry_id", "due_at", "done_at")
    list_filter = ("notice",)
    exclude = ("cursor",)
    ordering = ("-pk",)
