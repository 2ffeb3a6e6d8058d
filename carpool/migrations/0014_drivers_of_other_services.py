from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('carpool', '0013_post_rides_to_the_second'),
    ]

    operations = [
        migrations.AlterField(
            model_name='rideoffer',
            name='status',
            field=models.CharField(choices=[('open', 'Open'), ('cancelled', 'Cancelled'), ('one_rider', 'One Rider')], default='open', max_length=10),
        ),
    ]
