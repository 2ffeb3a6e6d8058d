"""The operator's window: to look and to find; its buttons are verbs."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.support.cast import Cast
from village.core.actor import Actor
from village.core.admin import ToLook
from village.journal.models import Entry
from village.residents.models import Grant, Resident, Role
from village.stewardship import actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client: Client, cast: Cast) -> Client:
    who = Resident.objects.create_superuser("operator@village.example", "a long password")
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client


def proposed(cast: Cast) -> Grant:
    return actions.grant_role(
        by=Actor(cast.stella.pk),
        village="lindental",
        resident_id=cast.nora.pk,
        role=Role.MODERATOR,
        at=timezone.now(),
    )


class TestTheWindow:
    def test_shows_every_table_and_finds_in_it(self, operator: Client, cast: Cast) -> None:
        proposed(cast)
        assert sum(isinstance(each, ToLook) for each in admin.site._registry.values()) > 15
        for model in admin.site._registry:
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
            assert operator.get(reverse(name), {"q": "Nora"}).status_code == 200, name

    def test_is_only_for_the_operator(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.stella, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get(reverse("admin:residents_grant_changelist")).status_code == 302

    def test_never_writes_the_audit(self, operator: Client, cast: Cast) -> None:
        proposed(cast)
        entry = Entry.objects.latest("pk")
        assert operator.get(reverse("admin:journal_entry_add")).status_code == 403
        for verb in ("change", "delete"):
            address = reverse(f"admin:journal_entry_{verb}", args=[entry.pk])
            assert operator.post(address, {"kind": "made.up"}).status_code == 403

    def test_confirms_by_the_verb(self, operator: Client, cast: Cast) -> None:
        grant = proposed(cast)
        chosen = {"action": "confirm", "_selected_action": [str(grant.pk)]}
        operator.post(reverse("admin:residents_grant_changelist"), chosen)

        grant.refresh_from_db()
        assert grant.granted_at is not None
        assert Entry.objects.latest("pk").kind == "residents.role_granted"
