"""`manage.py roles` on a real server of its own: by a superuser, and by the lesser administrator of a hosted one."""

import os
import stat

import psycopg2
import pytest
from psycopg2.extensions import make_dsn, parse_dsn

from contactcenter import embedded
from contactcenter.roles import ROLES
from tests.run.server import NAMES, Server


def test_the_embedded_server_is_closed_to_strangers(server: Server) -> None:
    rules = [line.split() for line in (server.home / "cluster/pg_hba.conf").read_text().splitlines()]
    methods = {line[-1] for line in rules if line and not line[0].startswith("#")}
    assert methods == {"scram-sha-256"}
    assert stat.S_IMODE((server.home / "run").stat().st_mode) == 0o700
    assert stat.S_IMODE((server.home / "cluster").stat().st_mode) == 0o700
    assert stat.S_IMODE((server.home / "passwords.json").stat().st_mode) == 0o600
    assert not (server.home / "initdb.password").exists()
    assert server.run(server.admin, "SHOW listen_addresses") == [("",)]
    for url in (server.admin, *server.urls.values()):
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(make_dsn(url, password="guess"))


def test_a_second_supervisor_of_the_same_folder_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(embedded.CannotStart, match=f"process {os.getpid()}.*set DATA_DIR"):
        embedded.start(server.data_dir)
    assert server.run(server.admin, "SELECT 1") == [(1,)]  # and the first one's server was left alone


@pytest.mark.parametrize("administrator", ["superuser", "hosted"])
def test_roles_makes_everything_and_may_be_run_again(server: Server, administrator: str) -> None:
    server.forget_everything()
    admin = server.admin
    if administrator == "hosted":
        server.run(server.admin, "CREATE ROLE hosted LOGIN CREATEROLE CREATEDB PASSWORD 'hosted'")
        admin = make_dsn(server.admin, user="hosted", password="hosted")
        parts = parse_dsn(admin)
        admin = f"postgresql://hosted:hosted@{parts['host'].replace('/', '%2F')}/postgres"
    for _ in range(2):
        done = server.roles(admin)
        assert done.returncode == 0, done.stderr
    for role, url in server.urls.items():
        assert server.run(url, "SELECT current_user") == [(role,)]
    server.run(server.urls["owner"], "CREATE TABLE made (id int)", "CREATE DATABASE of_owner", "DROP DATABASE of_owner")
    for role in ("app", "finance"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            server.run(server.urls[role], "CREATE TABLE mine (id int)")
    assert server.run(server.urls["finance"], "SELECT pg_has_role('finance', 'app', 'MEMBER')") == [(True,)]
    strong = "SELECT rolname FROM pg_roles WHERE rolname = ANY(ARRAY['owner','app','finance']) AND "
    assert server.run(server.admin, strong + "(rolsuper OR rolbypassrls OR rolcreaterole)") == []
    server.forget_everything()


def test_a_password_is_changed_by_running_it_again(server: Server) -> None:
    new = server.urls["app"].replace(parse_dsn(server.urls["app"])["password"], "a-new-one")
    assert server.roles(server.admin).returncode == 0
    assert server.roles(server.admin, app=new).returncode == 0
    assert server.run(new, "SELECT current_user") == [("app",)]
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(server.urls["app"])
    assert server.roles(server.admin).returncode == 0


@pytest.mark.parametrize("role", ROLES)
def test_it_says_what_is_missing_or_wrong(server: Server, role: str) -> None:
    for wrong, words in (
        (None, NAMES[role]),
        (server.admin, f"postgresql://{role}:<password>"),
        (server.urls[role] + "_other", "one database"),
    ):
        refused = server.roles(server.admin, **{role: wrong})
        assert refused.returncode == 1
        assert words in refused.stderr
        assert "Traceback" not in refused.stderr


def test_it_wants_an_administrator(server: Server) -> None:
    assert "ADMIN_DATABASE_URL" in server.roles(None).stderr
    assert server.roles(server.admin).returncode == 0
    refused = server.roles(server.urls["app"])
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr


def test_a_role_that_could_pass_every_wall_is_not_accepted(server: Server) -> None:
    server.forget_everything()
    server.run(server.admin, "CREATE ROLE hosted LOGIN CREATEROLE CREATEDB PASSWORD 'hosted'")
    server.run(server.admin, "CREATE ROLE app BYPASSRLS", "GRANT app TO hosted WITH ADMIN OPTION")
    host = parse_dsn(server.admin)["host"].replace("/", "%2F")
    refused = server.roles(f"postgresql://hosted:hosted@{host}/postgres")
    assert refused.returncode == 1
    assert "app already exists with rights" in refused.stderr
    server.forget_everything()
