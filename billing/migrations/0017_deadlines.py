import common.clock
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("billing", "0016_doors")]

    operations = [
        migrations.AddConstraint(
            model_name="reason",
            constraint=models.CheckConstraint(
                condition=Q(answer_days=None) | (Q(answer_days__range=(1, 365)) & ~Q(legal_basis="")),
                name="billing_reason_answered_by_law",
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="warned",
            field=models.SmallIntegerField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="application",
            name="state",
            field=models.CharField(
                choices=[
                    ("printed", "Waits for the signature"),
                    ("signed", "Signed"),
                    ("answered", "Answered in writing"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="printed",
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint(model_name="application", name="billing_signed_application_has_deadline"),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=Q(state__in=["printed", "withdrawn"], signed_at=None, due_on=None)
                | Q(state__in=["signed", "answered"], signed_at__isnull=False),
                name="billing_signed_application_has_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=Q(warned=None) | Q(warned__in=[5, 1, -1], due_on__isnull=False),
                name="billing_warned_of_a_deadline",
            ),
        ),
        migrations.CreateModel(
            name="ScanRemoval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=common.clock.now)),
                (
                    "scan",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="removal",
                        to="billing.applicationscan",
                    ),
                ),
            ],
        ),
    ]
