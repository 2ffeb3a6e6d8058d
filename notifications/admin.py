"""Telling people for operators: to look at what became of letters, not to read them."""

from __future__ import annotations

from django.contrib import admin

from notifications.models import Delivery, Device, FanOut, Preference
from village.core.admin import ToLook


@admin.register(Device)
class DeviceAdmin(ToLook):
    """Look at devices, without the addresses and sessions that are nobody's to see."""

    list_display = ("resident", "kind", "last_seen_at", "retired_at", "retired_reason")
    list_filter = ("kind",)
    list_select_related = ("resident",)
    exclude = ("address", "session_key")
    ordering = ("-last_seen_at", "pk")


@admin.register(Preference)
class PreferenceAdmin(ToLook):
    """Look at what people want to hear."""

    list_display = ("resident", "notice", "way", "timing")
    list_filter = ("way", "timing")
    list_select_related = ("resident",)
    ordering = ("resident", "notice", "way")


@admin.register(Delivery)
class DeliveryAdmin(ToLook):
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
class FanOutAdmin(ToLook):
    """Look at how far large audiences have been told."""

    list_display = ("id", "notice", "entry_id", "due_at", "done_at")
    list_filter = ("notice",)
    exclude = ("cursor",)
    ordering = ("-pk",)
