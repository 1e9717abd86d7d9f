"""The three database roles, made by an administrator: of the embedded server, or of yours by `manage.py roles`.

No Django at import: the embedded server needs them before Django reads its settings.
"""

DATABASE = "contactcenter"
ROLES = ("owner", "app", "finance")
RIGHTS = {"owner": "CREATEDB", "app": "NOCREATEDB", "finance": "NOCREATEDB"}


def check_urls(urls: dict[str, str]) -> None:
    """Raise ValueError unless each role's URL is that role's own, with a password, and all lead to one database."""
    from psycopg2.extensions import parse_dsn

    parsed = {role: parse_dsn(urls[role]) for role in ROLES}
    for role, parts in parsed.items():
        if parts.get("user") != role or not parts.get("password") or not parts.get("dbname"):
            raise ValueError(f"The URL of {role} must be postgresql://{role}:<password>@<host>/<database>.")
    if len({parts["dbname"] for parts in parsed.values()}) > 1:
        raise ValueError("The URLs of the three roles must name one database.")


def make_roles(admin_url: str, urls: dict[str, str]) -> None:
    """Create, or bring up to date, the three roles and the database, as an administrator. Idempotent."""
    import psycopg2
    from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, make_dsn, parse_dsn
    from psycopg2.sql import SQL, Identifier, Literal

    check_urls(urls)
    connection = psycopg2.connect(admin_url, connect_timeout=10)
    connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        is_superuser = cursor.fetchone() == (True,)  # the administrator of a hosted server is not
        limits = SQL("NOSUPERUSER NOBYPASSRLS NOCREATEROLE" if is_superuser else "")
        for role in ROLES:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            verb = SQL("ALTER" if cursor.fetchone() else "CREATE")
            password = Literal(parse_dsn(urls[role])["password"])
            cursor.execute(
                SQL("{} ROLE {} LOGIN {} {} PASSWORD {}").format(
                    verb, Identifier(role), limits, SQL(RIGHTS[role]), password
                )
            )
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE (rolsuper OR rolbypassrls) AND rolname = ANY(%s)", [[*ROLES]]
        )
        if too_strong := cursor.fetchall():
            raise ValueError(f"{too_strong[0][0]} already exists with rights that void the others' limits.")
        cursor.execute("GRANT app TO finance")
        if not is_superuser:
            cursor.execute("GRANT owner TO current_user")  # or it could not give the database away
        name = parse_dsn(urls["owner"])["dbname"]
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(SQL("CREATE DATABASE {} OWNER owner").format(Identifier(name)))
        cursor.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(Identifier(name)))
        cursor.execute(SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO app, finance").format(Identifier(name)))
    connection.close()
    with psycopg2.connect(make_dsn(admin_url, dbname=name)) as inside, inside.cursor() as cursor:
        cursor.execute("ALTER SCHEMA public OWNER TO owner; GRANT USAGE ON SCHEMA public TO app")
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    inside.close()
