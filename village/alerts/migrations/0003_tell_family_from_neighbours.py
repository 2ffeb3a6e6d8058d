from __future__ import annotations

from typing import Any

from django.db import migrations, models


def call_them_neighbours(apps: Any, schema_editor: Any) -> None:
    """Call by their name those who were called family: until now they all were neighbours."""
    apps.get_model("alerts", "Answer").objects.filter(source="family").update(source="neighbour")


def call_them_family(apps: Any, schema_editor: Any) -> None:
    """Go back to one name for both."""
    apps.get_model("alerts", "Answer").objects.filter(source="neighbour").update(source="family")


class Migration(migrations.Migration):
    dependencies = [("alerts", "0002_call_the_roll")]
    operations = [
        migrations.AlterField(
            model_name="answer",
            name="source",
            field=models.CharField(
                choices=[
                    ("self", "herself"),
                    ("family", "her household"),
                    ("neighbour", "a neighbour"),
                    ("helper", "her helper"),
                    ("warden", "somebody who looked after her"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunPython(call_them_neighbours, call_them_family),
    ]
