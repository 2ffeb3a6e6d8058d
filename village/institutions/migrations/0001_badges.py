import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('residents', '0008_show_people_by_their_first_name'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Badge',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('outlet', 'outlet'), ('department', 'department of the town hall'), ('centre', 'community centre')], max_length=12)),
                ('of', models.UUIDField()),
                ('name', models.CharField(max_length=120)),
                ('until', models.DateTimeField()),
                ('granted_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('village', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='residents.village')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('ended_at', None), ('granted_at', None)), fields=('of',), name='one_badge_proposed_per_institution'),
                    models.UniqueConstraint(condition=models.Q(('ended_at', None), ('granted_at__isnull', False)), fields=('of',), name='one_badge_per_institution'),
                ],
            },
        ),
    ]
