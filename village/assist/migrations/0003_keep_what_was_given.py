"""Carry over what was given before consents, vouchers and named volunteers were kept."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import F


def carry_over(apps: Any, schema_editor: Any) -> None:
    """Let every volunteer and every mandate go on as it was."""
    mandates = apps.get_model("assist", "Mandate")
    accreditations = apps.get_model("assist", "Accreditation")
    consents = apps.get_model("assist", "Consent")
    assignments = apps.get_model("assist", "Assignment")
    accreditations.objects.update(accredited_at=F("created_at"), awake_since=F("created_at"))
    for mandate in mandates.objects.iterator():
        if mandate.consent:
            consents.objects.create(
                village_id=mandate.village_id,
                mandate=mandate,
                kind=mandate.consent["kind"],
                is_yes=True,
                witness=mandate.consent["witness"],
                registered_by_id=mandate.proposed_by_id,
                created_at=mandate.created_at,
            )
        # Until now every volunteer of the centre could act under it.
        for accreditation in accreditations.objects.filter(centre=mandate.centre_id):
            assignments.objects.create(
                mandate=mandate, volunteer_id=accreditation.volunteer_id, at=mandate.created_at
            )


class Migration(migrations.Migration):
    dependencies = [("assist", "0002_hold_centres_volunteers_and_consents")]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveField(model_name="mandate", name="consent"),
    ]
