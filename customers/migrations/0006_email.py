from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_cards_shown")]

    operations = [
        migrations.AddField(
            model_name="subscriber",
            name="email",
            field=models.EmailField(
                blank=True,
                default="",
                help_text="Small letters; empty: none known.",
                max_length=200,
                verbose_name="e-mail",
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="subscriber",
            constraint=models.CheckConstraint(
                condition=Q(email="")
                | Q(email=Lower("email"), email__regex=r"^[^[:space:]@]+@[^[:space:]@]+\.[^[:space:]@]+$"),
                name="customers_subscriber_email",
            ),
        ),
    ]
