from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def post_anew(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take all rides out of the index: those to come are posted again, with their plan."""
    apps.get_model("carpool", "RideCell").objects.all().delete()
    apps.get_model("carpool", "IndexedRide").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('carpool', '0009_share_out_rides_at_night'),
    ]

    operations = [
        migrations.RunPython(post_anew, migrations.RunPython.noop),
        migrations.AddField(
            model_name='indexedride',
            name='plan',
            field=models.BinaryField(default=b''),
            preserve_default=False,
        ),
    ]
