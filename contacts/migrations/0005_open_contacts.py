from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is built beside the calls that go on coming in

    dependencies = [
        ('contacts', '0004_every_topic_in_a_group'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='contact',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['-at', '-id'], name='contacts_open'),
        ),
    ]
