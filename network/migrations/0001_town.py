import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Node",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("core", "Core"),
                            ("aggregation", "Aggregation node"),
                            ("switch", "Access switch"),
                        ],
                        max_length=12,
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=120)),
                ("address", models.CharField(blank=True, max_length=200)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="network.node",
                    ),
                ),
            ],
            options={
                "ordering": ("kind", "code"),
            },
        ),
        migrations.CreateModel(
            name="Building",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("house", models.CharField(max_length=20)),
                ("entrances", models.PositiveSmallIntegerField(default=1)),
                ("floors", models.PositiveSmallIntegerField(default=1)),
                (
                    "premises_count",
                    models.PositiveIntegerField(
                        default=0, help_text="Flats, offices and shops in the building."
                    ),
                ),
                ("latitude", models.FloatField(blank=True, null=True)),
                ("longitude", models.FloatField(blank=True, null=True)),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="buildings",
                        to="network.node",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Premise",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=20)),
                ("entrance", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("floor", models.SmallIntegerField(blank=True, null=True)),
                (
                    "building",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="premises",
                        to="network.building",
                    ),
                ),
                (
                    "switch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="premises",
                        to="network.node",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Street",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("street", "ул."),
                            ("boulevard", "бул."),
                            ("highway", "ш."),
                            ("avenue", "пр."),
                            ("lane", "пер."),
                            ("passage", "пр-д"),
                            ("square", "пл."),
                            ("alley", "аллея"),
                            ("embankment", "наб."),
                            ("dead_end", "туп."),
                            ("road", "дор."),
                            ("line", "линия"),
                        ],
                        default="street",
                        max_length=12,
                    ),
                ),
            ],
            options={
                "ordering": ("name", "kind"),
                "constraints": [
                    models.UniqueConstraint(fields=("name", "kind"), name="network_street_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "street",
                                    "boulevard",
                                    "highway",
                                    "avenue",
                                    "lane",
                                    "passage",
                                    "square",
                                    "alley",
                                    "embankment",
                                    "dead_end",
                                    "road",
                                    "line",
                                ],
                            )
                        ),
                        name="network_street_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="network_street_has_name"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="building",
            name="street",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="buildings",
                to="network.street",
            ),
        ),
        migrations.CreateModel(
            name="Entrance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("intercom_code", models.CharField(blank=True, max_length=40)),
                ("access_notes", models.CharField(blank=True, max_length=300)),
                (
                    "building",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="doors",
                        to="network.building",
                    ),
                ),
            ],
            options={
                "ordering": ("building", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("building", "number"), name="network_entrance_unique")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="node",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["core", "aggregation", "switch"])),
                name="network_node_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="node",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "core"), ("parent", None)),
                    models.Q(models.Q(("kind", "core"), _negated=True), ("parent__isnull", False)),
                    _connector="OR",
                ),
                name="network_node_only_core_has_no_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="node",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("code", ""), _negated=True), models.Q(("title", ""), _negated=True)
                ),
                name="network_node_has_code_and_title",
            ),
        ),
        migrations.AddConstraint(
            model_name="premise",
            constraint=models.UniqueConstraint(fields=("building", "number"), name="network_premise_unique"),
        ),
        migrations.AddConstraint(
            model_name="building",
            constraint=models.UniqueConstraint(fields=("street", "house"), name="network_building_unique"),
        ),
        migrations.AddConstraint(
            model_name="building",
            constraint=models.CheckConstraint(
                condition=models.Q(("house", ""), _negated=True), name="network_building_has_house"
            ),
        ),
        migrations.AddConstraint(
            model_name="building",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("latitude", None), ("longitude", None)),
                    models.Q(
                        ("latitude__isnull", False),
                        ("latitude__range", (-90, 90)),
                        ("longitude__isnull", False),
                        ("longitude__range", (-180, 180)),
                    ),
                    _connector="OR",
                ),
                name="network_building_coordinates",
            ),
        ),
    ]
