import django.db.models.deletion
from django.db import migrations, models

import common.clock


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_knowledge")]

    operations = [
        migrations.AddField("article", "reminded_on", models.DateField(editable=False, null=True)),
        migrations.AddField(
            "missinganswer",
            "draft",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="knowledge.article",
            ),
        ),
        migrations.AddField(
            "articleuse", "first_at", models.DateTimeField(default=common.clock.now, editable=False)
        ),
        migrations.RunSQL("UPDATE knowledge_articleuse SET first_at = at", migrations.RunSQL.noop),
    ]
