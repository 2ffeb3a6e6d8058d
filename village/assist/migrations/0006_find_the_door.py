from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assist", "0005_give_people_a_pin")]
    operations = [
        migrations.AddField(
            model_name="reach",
            name="door",
            field=models.CharField(blank=True, default="", max_length=120),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="reach",
            name="lat",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="reach",
            name="lng",
            field=models.FloatField(null=True),
        ),
        migrations.AddConstraint(
            model_name="reach",
            constraint=models.CheckConstraint(
                condition=models.Q(("lat", None), ("lng", None))
                | models.Q(("lat__isnull", False), ("lng__isnull", False)),
                name="a_point_has_both_of_its_numbers",
            ),
        ),
    ]
