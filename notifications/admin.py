"""Telling people for operators: to look at what became of letters, not to read them."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import actions
from notifications.models import Delivery, Device, FanOut, Preference
from village.core.actor import SYSTEM
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
    list_filter = ("state", "way", "error_code", "is_emergency")
    actions = ("send_again",)
    list_select_related = ("notification",)
    ordering = ("-pk",)

    @admin.display
    def notice(self, delivery: Delivery) -> str:
        """Name what the letter is about."""
        return delivery.notification.notice

    @admin.action(description=gettext_lazy("Send again what was refused or given up"))
    def send_again(self, request: HttpRequest, rows: QuerySet[Delivery]) -> None:
        """Try the chosen letters once more."""
        chosen = list(rows.values_list("pk", flat=True))
        number = actions.send_again(by=SYSTEM, deliveries=chosen, at=timezone.now())
        messages.info(request, _("%(number)s letters are tried again.") % {"number": number})


@admin.register(FanOut)
class FanOutAdmin(ToLook):
    """Look at how far large audiences have been told."""

    list_display = ("id", "notice", "entry_id", "due_at", "done_at")
    list_filter = ("notice",)
    exclude = ("cursor",)
    ordering = ("-pk",)
