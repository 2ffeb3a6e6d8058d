import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('entrance', '0004_come_back_by_two_neighbours'),
        ('residents', '0001_first'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AskedLetter',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('address', models.TextField()),
                ('people', models.PositiveSmallIntegerField()),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='letters_asked', to=settings.AUTH_USER_MODEL)),
                ('village', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='residents.village')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('village', 'resident'), name='everybody_asks_for_one_letter')],
            },
        ),
    ]
