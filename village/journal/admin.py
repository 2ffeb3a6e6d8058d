"""The journal for operators: the audit of who did what, to be read and never written."""

from __future__ import annotations

from django.contrib import admin

from village.core.admin import ToLook
from village.journal.models import Entry


@admin.register(Entry)
class EntryAdmin(ToLook):
    """Look at what happened: find it by its kind, its village, or the id of who did it."""

    list_display = ("id", "at", "kind", "village_id", "principal_id", "helper_id")
    list_filter = ("kind",)
    search_fields = ("=kind", "=village__slug", "=principal_id", "=helper_id", "=mandate_id")
    date_hierarchy = "at"
    ordering = ("-pk",)
