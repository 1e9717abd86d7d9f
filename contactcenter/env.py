"""Where a command finds the servers that `make run` started, and the one place that makes the secret key."""

import json
import os
import secrets
from pathlib import Path

PENDING = "postgresql://pending@localhost/pending"  # before the first `make run` there is no server to name


def load(data_dir: Path) -> None:
    """Take from `environment.json` in the data folder what the environment does not name.

    Remembers in CONTACTCENTER_GIVEN which servers the caller named himself: `manage.py run` starts the others.
    """
    given = [name for name in ("DATABASE_URL", "REDIS_URL") if name in os.environ]
    os.environ.setdefault("CONTACTCENTER_GIVEN", ",".join(given))
    path = data_dir / "environment.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    if "SECRET_KEY" not in os.environ and "SECRET_KEY" not in known:
        known["SECRET_KEY"] = secrets.token_urlsafe(48)
        data_dir.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(known, file)
    for name, value in known.items():
        os.environ.setdefault(name, value)
    for name in ("DATABASE_URL", "FINANCE_DATABASE_URL"):
        os.environ.setdefault(name, PENDING)
