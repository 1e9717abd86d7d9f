"""What each reference into the node tree must point to, kept by the database.

A generated column holds the kind that the other end must have; the foreign key is over both. The models know
nothing of these columns: nobody ever writes them.
"""

from django.db import migrations

REFERENCES = {
    # name: (table, its reference, the kind column, what the kind must be)
    "network_node_parent_kind": (
        "network_node",
        "parent_id",
        "parent_kind",
        "CASE kind WHEN 'switch' THEN 'aggregation' WHEN 'aggregation' THEN 'core' END",
    ),
    "network_building_node_kind": ("network_building", "node_id", "node_kind", "'aggregation'"),
    "network_premise_switch_kind": ("network_premise", "switch_id", "switch_kind", "'switch'"),
}


def _add(name: str, table: str, reference: str, column: str, kind: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ADD COLUMN {column} varchar(12) GENERATED ALWAYS AS ({kind}) STORED;
        ALTER TABLE {table} ADD CONSTRAINT {name}
            FOREIGN KEY ({reference}, {column}) REFERENCES network_node (id, kind);
        """,
        f"""
        ALTER TABLE {table} DROP CONSTRAINT {name};
        ALTER TABLE {table} DROP COLUMN {column};
        """,
    )


class Migration(migrations.Migration):
    dependencies = (("network", "0001_town"),)
    operations = (
        migrations.RunSQL(
            "ALTER TABLE network_node ADD CONSTRAINT network_node_id_kind UNIQUE (id, kind)",
            "ALTER TABLE network_node DROP CONSTRAINT network_node_id_kind",
        ),
        *(_add(name, *rest) for name, rest in REFERENCES.items()),
    )
