import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0002_let_a_category_be_confidential'),
    ]

    operations = [
        migrations.AddField(
            model_name='category',
            name='defect',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name='case',
            name='status',
            field=models.CharField(choices=[('open', 'open'), ('acknowledged', 'acknowledged'), ('resolved', 'resolved'), ('referred', 'referred')], default='open', max_length=12),
        ),
        migrations.CreateModel(
            name='Defect',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='defect_reported', serialize=False, to='messaging.case')),
                ('place', models.CharField(blank=True, max_length=200)),
                ('lat', models.FloatField(blank=True, null=True)),
                ('lng', models.FloatField(blank=True, null=True)),
                ('has_photo', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='DefectPhoto',
            fields=[
                ('defect', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='photo', serialize=False, to='messaging.defect')),
                ('url', models.TextField()),
            ],
        ),
        migrations.AddIndex(
            model_name='defect',
            index=models.Index(fields=['lat', 'lng'], name='defects_by_place'),
        ),
        migrations.AddConstraint(
            model_name='defect',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lat__isnull', True), ('lng__isnull', True)), models.Q(('lat__gte', -90), ('lat__lte', 90), ('lng__gte', -180), ('lng__lte', 180)), _connector='OR'), name='a_defect_has_a_whole_point_or_none'),
        ),
    ]
