from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0004_every_topic_in_a_group'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('phone__startswith', '+')), fields=['phone', '-at'], name='contacts_phone_at'),
        ),
    ]
