"""Villages, people's roles and machines' keys for operators; each button is a verb."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from village.core.actor import SYSTEM
from village.core.admin import ToLook
from village.core.errors import DomainError
from village.residents.models import Grant, Membership, Village
from village.stewardship import actions
from village.stewardship.models import ApiKey, District, Municipality, Setup

# Its own page looks for a user name, which nobody has here.
admin.site.unregister(UserSession)


@admin.register(UserSession)
class SessionAdmin(ToLook):
    """Look at where somebody is signed in."""

    list_display = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    list_select_related = ("user",)
    search_fields = ("user__display_name", "user__email", "ip")
    exclude = ("session_key", "data")
    ordering = ("-created_at", "pk")


@admin.register(Village)
class VillageAdmin(ToLook):
    """Look at villages."""

    list_display = ("slug", "name", "language", "zone", "created_at")
    search_fields = ("slug", "name")
    ordering = ("slug",)


@admin.register(Setup)
class SetupAdmin(ToLook):
    """Look at how villages are set up."""

    list_display = ("village", "municipality", "changed_at")
    list_filter = ("municipality__district",)
    list_select_related = ("village", "municipality__district")
    search_fields = ("village__name", "municipality__name")
    exclude = ("arms",)
    ordering = ("village",)


@admin.register(District, Municipality)
class PlaceAdmin(ToLook):
    """Look at where villages belong."""

    list_display = ("name",)
    search_fields = ("name",)
    ordering = ("name", "pk")


@admin.register(Membership)
class MembershipAdmin(ToLook):
    """Look at who lives where."""

    list_display = ("resident", "village", "residency", "created_at", "ended_at")
    list_filter = ("village", "residency")
    list_select_related = ("resident", "village")
    search_fields = ("resident__display_name", "=resident__email")
    ordering = ("-created_at", "pk")


@admin.register(Grant)
class GrantAdmin(ToLook):
    """Look at roles; confirm what one steward alone cannot, and end what must end."""

    list_display = ("resident", "village", "role", "of", "granted_at", "until", "proposed_by")
    list_filter = ("membership__village", "role")
    list_select_related = ("membership__resident", "membership__village", "proposed_by")
    search_fields = ("membership__resident__display_name", "=membership__resident__email")
    ordering = ("membership__village", "role", "pk")
    actions = ("confirm", "end")

    @admin.display(description=gettext_lazy("resident"))
    def resident(self, grant: Grant) -> str:
        """Name whose it is."""
        return grant.membership.resident.display_name

    @admin.display(description=gettext_lazy("village"))
    def village(self, grant: Grant) -> str:
        """Name where it counts."""
        return grant.membership.village.name

    @admin.action(description=gettext_lazy("Confirm as the second steward"), permissions=["view"])
    def confirm(self, request: HttpRequest, grants: QuerySet[Grant]) -> None:
        """Confirm proposals as the operator."""
        _each(request, grants, actions.confirm_role, "grant_id")

    @admin.action(description=gettext_lazy("End these roles"), permissions=["view"])
    def end(self, request: HttpRequest, grants: QuerySet[Grant]) -> None:
        """End roles as the operator."""
        _each(request, grants, actions.end_role, "grant_id")


@admin.register(ApiKey)
class ApiKeyAdmin(ToLook):
    """Look at keys, and end one that has got away."""

    list_display = ("name", "village", "role", "of", "last_used_at", "before_until", "ended_at")
    list_filter = ("village", "role")
    list_select_related = ("village",)
    search_fields = ("name",)
    exclude = ("digest", "before")
    ordering = ("-created_at", "pk")
    actions = ("end",)

    @admin.action(description=gettext_lazy("End these keys at once"), permissions=["view"])
    def end(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        """End keys as the operator."""
        _each(request, keys, actions.end_key, "key_id")


def _each(request: HttpRequest, rows: QuerySet[Any], verb: Any, name: str) -> None:
    """Call a verb for each row, and say which it refused."""
    done = 0
    for key in list(rows.values_list("pk", flat=True)):
        try:
            verb(by=SYSTEM, at=timezone.now(), **{name: key})
        except DomainError as error:
            messages.warning(request, f"{key}: {error.detail}")
        else:
            done += 1
    messages.success(request, _("%(done)d done.") % {"done": done})
