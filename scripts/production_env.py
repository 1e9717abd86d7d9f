"""Write .env for docker-compose.yml: fresh passwords, readable by you alone. Refuses to touch one that exists."""

import os
import secrets
import sys
from pathlib import Path

MADE = (
    "SECRET_KEY",
    "FINANCE_SECRET_KEY",
    "POSTGRES_PASSWORD",
    "OWNER_PASSWORD",
    "APP_PASSWORD",
    "FINANCE_PASSWORD",
    "REDIS_PASSWORD",
    "FIRST_ADMIN_PASSWORD",
)
TO_BE_SET = """
# Networks the finance desk is open to, separated by blanks. The one given here is this host itself, as the containers
# see it: take it out when OFFICE_ADDRESS is set to an address that others can reach.
OFFICE_NETWORKS=10.203.12.1/32
ALLOWED_HOSTS=localhost
# Behind real names: PUBLIC_SITE=cc.example.ru OFFICE_ORIGIN=https://finance.example.ru OFFICE_ADDRESS=10.0.0.5
# ALLOWED_HOSTS=cc.example.ru,finance.example.ru HTTPS=1 PORT=80 HTTPS_PORT=443
"""


def write(path: Path) -> None:
    """Raise FileExistsError rather than lose passwords that databases already know."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        for name in MADE:
            file.write(f"{name}={secrets.token_urlsafe(32)}\n")
        file.write(TO_BE_SET)


if __name__ == "__main__":
    target = Path(__file__).resolve().parent.parent / ".env"
    try:
        write(target)
    except FileExistsError:
        sys.exit(f"{target} exists; nothing was changed.")
    print(f"Wrote {target}. Set OFFICE_NETWORKS in it.")
