"""The commands of docs/operations.md, on a real server: what is dumped can be restored, finance included."""

import subprocess
from pathlib import Path

import psycopg2
import pytest

from contactcenter.embedded import postgres_bin
from tests.run.server import Server

pytestmark = pytest.mark.fault


def tool(name: str, *arguments: str) -> None:
    done = subprocess.run([str(postgres_bin() / name), *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def migrate(server: Server) -> None:
    done = server.manage("migrate", "--no-input", DATABASE_URL=server.urls["owner"])
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("who", ["owner", "postgres"])
def test_a_restored_backup_holds_everything_and_keeps_the_walls(server: Server, who: str, tmp_path: Path) -> None:
    server.forget_everything()
    assert server.roles(server.admin).returncode == 0
    migrate(server)
    admin = server.admin.removesuffix("/postgres") + "/contactcenter"
    kept = "INSERT INTO billing_financesession VALUES ('kept', 'by finance', now())"
    server.run(server.urls["finance"], kept)
    copy = str(tmp_path / "contactcenter.dump")
    tool("pg_dump", "-Fc", "-f", copy, "-d", admin if who == "postgres" else server.urls["owner"])

    server.run(server.admin, "DROP DATABASE contactcenter WITH (FORCE)")
    assert server.roles(server.admin).returncode == 0
    tool("pg_restore", "-d", admin, "--clean", "--if-exists", "--exit-on-error", copy)
    migrate(server)

    assert server.run(server.urls["finance"], "SELECT session_key FROM billing_financesession") == [("kept",)]
    assert server.run(server.urls["app"], "SELECT count(*) > 0 FROM contacts_topic") == [(True,)]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        server.run(server.urls["app"], "SELECT 1 FROM billing_financesession")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        server.run(server.urls["finance"], "DELETE FROM tickets_ticketevent")
    server.forget_everything()


def test_a_dump_as_the_ordinary_role_fails_loudly(server: Server, tmp_path: Path) -> None:
    assert server.roles(server.admin).returncode == 0
    migrate(server)
    with pytest.raises(AssertionError, match="permission denied"):
        tool("pg_dump", "-Fc", "-f", str(tmp_path / "partial.dump"), "-d", server.urls["app"])
    server.forget_everything()
