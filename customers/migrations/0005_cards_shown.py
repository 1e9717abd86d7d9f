from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_card_readings")]

    operations = [
        migrations.AlterField(
            model_name="cardreading",
            name="why",
            field=models.CharField(
                choices=[
                    ("verified", "The caller was verified"),
                    ("by_hand", "Opened with a reason"),
                    ("shown", "Shown masked: looked for by flat, account, number or house"),
                    ("refused", "Refused: too many cards in an hour"),
                ],
                editable=False,
                max_length=10,
            ),
        ),
    ]
