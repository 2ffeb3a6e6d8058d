"""The event board for operators: to look, not to write around the verbs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from events.models import Attendance, Event, Occurrence


class _ToLook(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Event)
class EventAdmin(_ToLook):
    """Look at events."""

    list_display = ("title", "village", "begins_at", "status", "organiser")
    list_filter = ("village", "status")
    search_fields = ("title",)
    ordering = ("-begins_at", "pk")


@admin.register(Occurrence)
class OccurrenceAdmin(_ToLook):
    """Look at dates."""

    list_display = ("event", "village", "begins_at", "status", "seats_taken", "capacity")
    list_filter = ("village", "status")
    list_select_related = ("event", "village")
    ordering = ("-begins_at", "pk")


@admin.register(Attendance)
class AttendanceAdmin(_ToLook):
    """Look at who comes."""

    list_display = ("resident", "occurrence", "party_size", "status")
    list_filter = ("village", "status")
    list_select_related = ("resident", "occurrence")
    ordering = ("-created_at", "pk")
