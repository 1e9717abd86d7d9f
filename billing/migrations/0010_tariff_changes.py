import common.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Each period becomes the change it began with, written by whoever set it; where nothing followed, the service ended.
COPY = """
INSERT INTO billing_tariffchange (account_id, kind, title, fee, since, at, by_user_id, by_system)
SELECT one.account_id, one.kind, one.title, one.fee, lower(one.days), coalesce(fact.at, now()), fact.by_user_id,
    CASE WHEN fact.by_user_id IS NULL THEN coalesce(fact.by_system, 'import') END
FROM billing_tariffperiod one
LEFT JOIN LATERAL (
    SELECT at, by_user_id, by_system FROM billing_accountevent
    WHERE thing_id = one.account_id AND kind = 'tariff_changed' AND data ->> 'tariff' = one.id::text
    ORDER BY id LIMIT 1
) fact ON true
ORDER BY one.id;

INSERT INTO billing_tariffchange (account_id, kind, title, fee, since, at, by_system)
SELECT one.account_id, one.kind, '', NULL, upper(one.days), now(), 'import' FROM billing_tariffperiod one
WHERE NOT upper_inf(one.days) AND NOT EXISTS (
    SELECT FROM billing_tariffperiod next
    WHERE next.account_id = one.account_id AND next.kind = one.kind AND lower(next.days) = upper(one.days)
)
ORDER BY one.id;
"""

UNDO = """
DELETE FROM billing_tariffperiod;
INSERT INTO billing_tariffperiod (account_id, kind, title, fee, days)
SELECT account_id, kind, title, fee, daterange(since, next) FROM (
    SELECT last.*, lead(since) OVER (PARTITION BY account_id, kind ORDER BY since) AS next FROM (
        SELECT DISTINCT ON (account_id, kind, since) * FROM billing_tariffchange
        ORDER BY account_id, kind, since, id DESC
    ) last
) spans
WHERE fee IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0009_front_desk"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TariffChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("internet", "Internet"), ("tv", "TV"), ("phone", "Telephone")], max_length=10
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=100)),
                (
                    "fee",
                    models.DecimalField(
                        decimal_places=2, help_text="Roubles a calendar month", max_digits=10, null=True
                    ),
                ),
                ("since", models.DateField()),
                ("at", models.DateTimeField(default=common.clock.now, editable=False)),
                ("by_system", models.CharField(max_length=20, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tariff_changes",
                        to="billing.account",
                    ),
                ),
                (
                    "by_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("account", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("fee__gte", 0), ("fee__isnull", False), models.Q(("title", ""), _negated=True)
                            ),
                            models.Q(("fee", None), ("title", "")),
                            _connector="OR",
                        ),
                        name="billing_tariff_has_fee_and_title_or_neither",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("by_system__isnull", False), ("by_user__isnull", True)),
                            models.Q(("by_system__isnull", True), ("by_user__isnull", False)),
                            _connector="OR",
                        ),
                        name="billing_tariff_change_one_actor",
                    ),
                ],
            },
        ),
        migrations.RunSQL(COPY, UNDO),
    ]
