from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0006_ended_has_topic'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('phone__startswith', '+')), fields=['phone', '-at'], name='contacts_phone_at'),
        ),
    ]
