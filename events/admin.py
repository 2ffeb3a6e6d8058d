"""The event board for operators: to look, not to write around the verbs."""

from __future__ import annotations

from django.contrib import admin

from events.models import Attendance, Event, Occurrence
from village.core.admin import ToLook


@admin.register(Event)
class EventAdmin(ToLook):
    """Look at events."""

    list_display = ("title", "village", "begins_at", "status", "organiser")
    list_filter = ("village", "status")
    search_fields = ("title",)
    ordering = ("-begins_at", "pk")


@admin.register(Occurrence)
class OccurrenceAdmin(ToLook):
    """Look at dates."""

    list_display = ("event", "village", "begins_at", "status", "seats_taken", "capacity")
    list_filter = ("village", "status")
    list_select_related = ("event", "village")
    ordering = ("-begins_at", "pk")


@admin.register(Attendance)
class AttendanceAdmin(ToLook):
    """Look at who comes."""

    list_display = ("resident", "occurrence", "party_size", "status")
    list_filter = ("village", "status")
    list_select_related = ("resident", "occurrence")
    ordering = ("-created_at", "pk")
