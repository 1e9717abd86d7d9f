import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart from the one before it: PostgreSQL does not alter a table whose rows it has still to check."""

    dependencies = [
        ('contacts', '0003_topics_in_groups'),
    ]

    operations = [
        migrations.AlterField(
            model_name='topic',
            name='group',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='topics', to='contacts.topicgroup', verbose_name='group'),
        ),
    ]
