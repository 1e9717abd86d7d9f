"""Who may touch which table: closed by default, opened here after every migration, as the tables' owner.

`app` (web, workers) gets every table except the finance desk's; `finance` is a member of `app` and gets those too.
Append-only tables give SELECT and INSERT, and a trigger refuses the rest to everybody but the owner.
"""

from typing import Any

from django.apps import apps
from django.db import connection

FINANCE_APPS = {"billing"}

_APPEND_ONLY = """
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""


_SERVICE_STATE = "billing_service_state"  # the finance desk's view for everybody else: paid or suspended


def apply(**_: Any) -> None:
    """Give every table of every app its grants (idempotent). A table that is not a model's stays the owner's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname IN ('app', 'finance')")
        if cursor.fetchone() != (2,):
            return  # a bare server: `manage.py roles` comes first, the next migrate comes back here
        tables = set(connection.introspection.table_names(cursor, include_views=True))
        statements = [_APPEND_ONLY]
        for model in apps.get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy and model._meta.db_table in tables:
                statements += _for_table(model)
        if _SERVICE_STATE in tables:
            statements.append(f"GRANT SELECT ON {_SERVICE_STATE} TO app")
        cursor.execute(";\n".join(statements))


def _for_table(model: Any) -> list[str]:
    table = model._meta.db_table
    append_only = bool(getattr(model, "append_only", False))
    rights = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    role = "finance" if model._meta.app_label in FINANCE_APPS else "app"
    statements = [f'REVOKE ALL ON "{table}" FROM app, finance, PUBLIC', f'GRANT {rights} ON "{table}" TO {role}']
    if model._meta.pk.get_internal_type() == "BigAutoField":
        statements.append(f'GRANT USAGE, SELECT ON SEQUENCE "{table}_{model._meta.pk.column}_seq" TO {role}')
    statements += [f"GRANT USAGE ON SEQUENCE {name} TO {role}" for name in getattr(model, "own_sequences", ())]
    for function in getattr(model, "own_functions", ()):  # they run with the owner's rights: see decision 0008
        statements.append(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC, app, finance")
        statements.append(f"GRANT EXECUTE ON FUNCTION {function} TO {role}")
    if append_only:
        statements.append(
            f'CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION append_only()"
        )
    return statements
