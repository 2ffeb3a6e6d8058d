import secrets

from django.db import migrations, models


def draw_keys(apps, schema_editor):
    """Give each village a key of its own; one default would be the same for all."""
    for each in apps.get_model("residents", "Village").objects.all():
        each.grid_key = secrets.token_hex()
        each.save(update_fields=["grid_key"])


class Migration(migrations.Migration):

    dependencies = [("residents", "0006_give_a_copy_and_record_consent")]

    operations = [
        migrations.AddField(
            model_name="village",
            name="grid_key",
            field=models.CharField(default="", editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(draw_keys, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="village",
            name="grid_key",
            field=models.CharField(
                default=secrets.token_hex, editable=False, max_length=64
            ),
        ),
    ]
