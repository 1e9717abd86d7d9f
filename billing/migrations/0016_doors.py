import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0015_desk_places"),
        ("messaging", "0001_messages_and_webhooks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="financereading",
            name="accounts",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20), default=list, editable=False, size=None
            ),
        ),
        # Until now only an account's own pages named it, by their address.
        migrations.RunSQL(
            "UPDATE billing_financereading SET accounts = ARRAY[split_part(of, ' ', 1)] "
            "WHERE page LIKE 'billing:%' AND of <> ''",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveIndex(model_name="financereading", name="billing_reading_of"),
        migrations.AddIndex(
            model_name="financereading",
            index=models.Index(fields=["user", "-at"], name="billing_reading_by"),
        ),
        migrations.AddIndex(
            model_name="financereading",
            index=django.contrib.postgres.indexes.GinIndex(fields=["accounts"], name="billing_reading_accounts"),
        ),
        # Letters with sums that a demo's gateway kept where every role may read.
        migrations.RunSQL("DELETE FROM messaging_fakemessage WHERE key LIKE 'letter-%'", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="reason",
            name="answer_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Empty: no written answer is due.",
                null=True,
                verbose_name="answer in writing within, days",
            ),
        ),
        migrations.RunSQL(
            "UPDATE billing_reason SET answer_days = 30 WHERE code = 'claim' AND legal_basis <> ''",
            migrations.RunSQL.noop,
        ),
    ]
