# What is posted follows from the plans: rides to come are posted anew within minutes.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('residents', '0008_show_people_by_their_first_name'),
        ('carpool', '0012_say_who_told_of_a_ride'),
    ]

    operations = [
        migrations.DeleteModel(name='RideCell'),
        migrations.DeleteModel(name='IndexedRide'),
        migrations.CreateModel(
            name='IndexedRide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('fastest', models.FloatField()),
                ('plan', models.BinaryField()),
                ('offer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='indexed', to='carpool.rideoffer')),
                ('village', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='residents.village')),
            ],
        ),
        migrations.CreateModel(
            name='RideCell',
            fields=[
                ('pk', models.CompositePrimaryKey('key', 'ride_id', 'first', 'last', blank=True, editable=False, primary_key=True, serialize=False)),
                ('key', models.BigIntegerField()),
                ('first', models.BigIntegerField()),
                ('last', models.BigIntegerField()),
                ('ride', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cells', to='carpool.indexedride')),
            ],
        ),
    ]
