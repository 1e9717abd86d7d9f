"""An embedded server of the test's own, which may be emptied."""

import subprocess
import sys
from pathlib import Path

import psycopg2

from contactcenter import embedded
from tests.architecture.test_structure import ROOT
from tests.run.copy import clean_environment

NAMES = {"owner": "OWNER_DATABASE_URL", "app": "DATABASE_URL", "finance": "FINANCE_DATABASE_URL"}


class Server:
    def __init__(self, data_dir: Path, urls: dict[str, str]) -> None:
        self.data_dir = data_dir
        self.home = data_dir / "postgres"
        passwords = embedded._passwords(self.home / "passwords.json")
        self.urls = {role: urls[name] for role, name in NAMES.items()}
        self.admin = embedded._url("postgres", passwords["postgres"], self.home / "run", "postgres")

    def run(self, url: str, *statements: str) -> list[tuple[object, ...]]:
        connection = psycopg2.connect(url)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def forget_everything(self) -> None:
        self.run(self.admin, "DROP DATABASE IF EXISTS contactcenter WITH (FORCE)")
        for role in ("app", "finance", "owner", "hosted"):
            self.run(self.admin, f"DROP ROLE IF EXISTS {role}")

    def roles(self, admin: str | None, **urls: str | None) -> "subprocess.CompletedProcess[str]":
        given = {NAMES[role]: url for role, url in {**self.urls, **urls}.items() if url is not None}
        if admin is not None:
            given["ADMIN_DATABASE_URL"] = admin
        return self.manage("roles", **given)

    def manage(self, *command: str, **env: str) -> "subprocess.CompletedProcess[str]":
        env = clean_environment(DATA_DIR=str(self.data_dir / "elsewhere"), SECRET_KEY="tests only", **env)
        return subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
        )
