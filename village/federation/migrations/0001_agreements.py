import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('residents', '0008_show_people_by_their_first_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('what', models.CharField(choices=[('news', 'News'), ('events', 'Events'), ('rides', 'Rides')], max_length=10)),
                ('created_at', models.DateTimeField()),
                ('reader_yes_at', models.DateTimeField(null=True)),
                ('source_yes_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='residents.village')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='residents.village')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('reader', 'source', 'what'), name='one_agreement_at_a_time'),
                    models.CheckConstraint(condition=models.Q(('reader', models.F('source')), _negated=True), name='no_village_agrees_with_itself'),
                ],
            },
        ),
    ]
