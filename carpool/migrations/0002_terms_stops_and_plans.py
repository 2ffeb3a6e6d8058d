import datetime
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('carpool', '0001_first'),
        ('events', '0001_first'),
        ('residents', '0002_residency'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Acquaintance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Match',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('detour_seconds', models.PositiveIntegerField()),
                ('pickup_at', models.DateTimeField()),
                ('arrives_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='OfferSeries',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('from_name', models.CharField(max_length=200)),
                ('from_lat', models.FloatField()),
                ('from_lng', models.FloatField()),
                ('to_name', models.CharField(max_length=200)),
                ('to_lat', models.FloatField()),
                ('to_lng', models.FloatField()),
                ('seats', models.PositiveSmallIntegerField()),
                ('luggage', models.PositiveSmallIntegerField(default=0)),
                ('wheelchair', models.BooleanField(default=False)),
                ('dog', models.BooleanField(default=False)),
                ('smoking', models.BooleanField(default=False)),
                ('women_only', models.BooleanField(default=False)),
                ('known_only', models.BooleanField(default=False)),
                ('via_helper', models.BooleanField(default=False)),
                ('clock', models.TimeField()),
                ('zone', models.CharField(max_length=40)),
                ('weekdays', models.JSONField()),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField(blank=True, null=True)),
                ('skipped', models.JSONField(blank=True, default=list)),
                ('added', models.JSONField(blank=True, default=list)),
                ('made_until', models.DateField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('via', models.JSONField(blank=True, default=list)),
                ('flexible_minutes', models.PositiveSmallIntegerField(default=0)),
                ('detour_minutes', models.PositiveSmallIntegerField(default=0)),
                ('cents_per_km', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RequestSeries',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('from_name', models.CharField(max_length=200)),
                ('from_lat', models.FloatField()),
                ('from_lng', models.FloatField()),
                ('to_name', models.CharField(max_length=200)),
                ('to_lat', models.FloatField()),
                ('to_lng', models.FloatField()),
                ('seats', models.PositiveSmallIntegerField()),
                ('luggage', models.PositiveSmallIntegerField(default=0)),
                ('wheelchair', models.BooleanField(default=False)),
                ('dog', models.BooleanField(default=False)),
                ('smoking', models.BooleanField(default=False)),
                ('women_only', models.BooleanField(default=False)),
                ('known_only', models.BooleanField(default=False)),
                ('via_helper', models.BooleanField(default=False)),
                ('clock', models.TimeField()),
                ('zone', models.CharField(max_length=40)),
                ('weekdays', models.JSONField()),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField(blank=True, null=True)),
                ('skipped', models.JSONField(blank=True, default=list)),
                ('added', models.JSONField(blank=True, default=list)),
                ('made_until', models.DateField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('minutes', models.PositiveSmallIntegerField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RideCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('turn', models.PositiveSmallIntegerField()),
                ('lat', models.FloatField()),
                ('lng', models.FloatField()),
                ('arrives_at', models.DateTimeField()),
                ('metres', models.PositiveIntegerField()),
                ('dwell', models.PositiveSmallIntegerField()),
                ('earliest', models.DateTimeField(blank=True, null=True)),
                ('latest', models.DateTimeField(blank=True, null=True)),
                ('boards', models.SmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='RideProfile',
            fields=[
                ('resident', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('is_woman', models.BooleanField(default=False)),
                ('home_name', models.CharField(blank=True, max_length=200)),
                ('home_lat', models.FloatField(blank=True, null=True)),
                ('home_lng', models.FloatField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='RideRules',
            fields=[
                ('village', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='residents.village')),
                ('cents_per_km', models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Stop',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('name', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('square', 'Square'), ('bus_stop', 'Bus Stop'), ('bench', 'Bench'), ('parking', 'Parking')], max_length=10)),
                ('lat', models.FloatField()),
                ('lng', models.FloatField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='booking',
            name='one_booking_per_rider_and_ride',
        ),
        migrations.AddField(
            model_name='booking',
            name='detour_seconds',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='booking',
            name='dropoff_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='booking',
            name='is_late',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='booking',
            name='lapses_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='booking',
            name='pickup_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='rideoffer',
            name='arrives_at',
            field=models.DateTimeField(default=datetime.datetime(2026, 11, 22, 6, 47, 31, 728384, tzinfo=datetime.timezone.utc)),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='rideoffer',
            name='asked_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='rideoffer',
            name='cents_per_km',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='rideoffer',
            name='day',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='rideoffer',
            name='dog',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='rideoffer',
            name='known_only',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='rideoffer',
            name='longest_seconds',
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='rideoffer',
            name='luggage',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='rideoffer',
            name='smoking',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='rideoffer',
            name='still_goes_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='rideoffer',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='rideoffer',
            name='via',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='rideoffer',
            name='wheelchair',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='rideoffer',
            name='women_only',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='riderequest',
            name='day',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='riderequest',
            name='dog',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='riderequest',
            name='known_only',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='riderequest',
            name='leg',
            field=models.CharField(blank=True, choices=[('there', 'There'), ('back', 'Back')], max_length=5),
        ),
        migrations.AddField(
            model_name='riderequest',
            name='luggage',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='riderequest',
            name='occurrence',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='events.occurrence'),
        ),
        migrations.AddField(
            model_name='riderequest',
            name='smoking',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='riderequest',
            name='wheelchair',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='riderequest',
            name='women_only',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='booking',
            name='status',
            field=models.CharField(choices=[('requested', 'Requested'), ('accepted', 'Accepted'), ('confirmed', 'Confirmed'), ('on_board', 'On Board'), ('completed', 'Completed'), ('declined', 'Declined'), ('cancelled', 'Cancelled'), ('expired', 'Expired'), ('no_show', 'No Show')], default='requested', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ('requested', 'accepted', 'confirmed', 'on_board'))), fields=('offer', 'rider'), name='one_booking_per_rider_and_ride'),
        ),
        migrations.AddField(
            model_name='acquaintance',
            name='known',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='acquaintance',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='match',
            name='offer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='matches', to='carpool.rideoffer'),
        ),
        migrations.AddField(
            model_name='match',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='matches', to='carpool.riderequest'),
        ),
        migrations.AddField(
            model_name='match',
            name='village',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='residents.village'),
        ),
        migrations.AddField(
            model_name='offerseries',
            name='driver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='offerseries',
            name='village',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='residents.village'),
        ),
        migrations.AddField(
            model_name='rideoffer',
            name='series',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='offers', to='carpool.offerseries'),
        ),
        migrations.AddField(
            model_name='requestseries',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='requestseries',
            name='village',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='residents.village'),
        ),
        migrations.AddField(
            model_name='riderequest',
            name='series',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='requests', to='carpool.requestseries'),
        ),
        migrations.AddField(
            model_name='ridecall',
            name='booking',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='carpool.booking'),
        ),
        migrations.AddField(
            model_name='ridecall',
            name='offer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='carpool.rideoffer'),
        ),
        migrations.AddField(
            model_name='stop',
            name='account',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='stop',
            name='village',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='residents.village'),
        ),
        migrations.AddField(
            model_name='rideprofile',
            name='home_stop',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='carpool.stop'),
        ),
        migrations.AddField(
            model_name='requestseries',
            name='from_stop',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='carpool.stop'),
        ),
        migrations.AddField(
            model_name='requestseries',
            name='to_stop',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='carpool.stop'),
        ),
        migrations.AddField(
            model_name='offerseries',
            name='from_stop',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='carpool.stop'),
        ),
        migrations.AddField(
            model_name='offerseries',
            name='to_stop',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='carpool.stop'),
        ),
        migrations.AddField(
            model_name='rideoffer',
            name='from_stop',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='carpool.stop'),
        ),
        migrations.AddField(
            model_name='rideoffer',
            name='to_stop',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='carpool.stop'),
        ),
        migrations.AddField(
            model_name='riderequest',
            name='from_stop',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='carpool.stop'),
        ),
        migrations.AddField(
            model_name='riderequest',
            name='to_stop',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='carpool.stop'),
        ),
        migrations.AddConstraint(
            model_name='rideoffer',
            constraint=models.UniqueConstraint(fields=('series', 'day'), name='one_ride_per_series_and_day'),
        ),
        migrations.AddConstraint(
            model_name='riderequest',
            constraint=models.UniqueConstraint(fields=('series', 'day'), name='one_request_per_series_and_day'),
        ),
        migrations.AddConstraint(
            model_name='riderequest',
            constraint=models.UniqueConstraint(fields=('person', 'occurrence', 'leg'), name='one_lift_per_person_date_and_way'),
        ),
        migrations.AddConstraint(
            model_name='acquaintance',
            constraint=models.UniqueConstraint(fields=('owner', 'known'), name='one_acquaintance_per_pair'),
        ),
        migrations.AddConstraint(
            model_name='match',
            constraint=models.UniqueConstraint(fields=('offer', 'request'), name='one_match_per_pair'),
        ),
        migrations.AddConstraint(
            model_name='ridecall',
            constraint=models.UniqueConstraint(fields=('offer', 'turn'), name='one_call_per_turn_of_a_ride'),
        ),
        migrations.AddConstraint(
            model_name='stop',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('village', 'name'), name='one_stop_per_name'),
        ),
    ]
