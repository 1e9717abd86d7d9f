from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('firstline', '0003_viewers'),
    ]

    operations = [
        migrations.AlterField(
            model_name='callback',
            name='result',
            field=models.CharField(blank=True, choices=[('reached', 'Reached'), ('came_back', 'Called again himself'), ('not_reached', 'Not reached'), ('not_needed', 'Not needed any more'), ('withdrawn', 'Promised by mistake')], max_length=12),
        ),
    ]
