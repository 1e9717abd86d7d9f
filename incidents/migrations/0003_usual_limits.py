import django.core.validators
from django.db import migrations, models


def follow(apps, schema_editor):
    """Whoever kept the usual limits keeps the usual ones; what was chosen by hand stays."""
    settings = apps.get_model("incidents", "DetectorSettings").objects
    settings.filter(suspect_limit=-1.0, open_limit=0.9).update(open_limit=0.7)
    apps.get_model("incidents", "LearnedRates").objects.all().delete()  # counted against another prior


class Migration(migrations.Migration):

    dependencies = [
        ("incidents", "0002_posterior_limits"),
    ]

    operations = [
        migrations.RunPython(follow, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="detectorsettings",
            name="open_limit",
            field=models.FloatField(default=0.7, validators=[django.core.validators.MinValueValidator(-3), django.core.validators.MaxValueValidator(12)], verbose_name="limit at which a master leaves"),
        ),
    ]
