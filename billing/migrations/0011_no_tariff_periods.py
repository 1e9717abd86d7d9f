from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0010_tariff_changes")]

    operations = [migrations.DeleteModel("TariffPeriod")]
