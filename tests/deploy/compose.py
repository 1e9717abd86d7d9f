"""docker-compose.yml as Compose reads it: merged, and with the variables an operator would have set."""

import re
from typing import Any

import yaml

from tests.architecture.test_structure import ROOT

TEXT = (ROOT / "docker-compose.yml").read_text()
VARIABLE = re.compile(r"(?<!\$)\$\{(?P<name>\w+)(?P<op>:-|:\?)?(?P<rest>[^}]*)\}")
FILE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = FILE["services"]

# fmt: off
APP = {
    "roles", "migrate", "first-admin", "web", "finance", "worker", "finance-worker", "beat", "sweep", "finance-sweep",
}
# fmt: on
ONCE = {"roles", "migrate", "first-admin"}
OTHERS = {"postgres", "redis", "proxy"}


def variables(value: Any) -> set[str]:
    """The names of the operator's variables that a part of the file asks for."""
    if isinstance(value, dict):
        return set().union(*(variables(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(variables(item) for item in value))
    return {found["name"] for found in VARIABLE.finditer(str(value))}


def environment(service: str) -> dict[str, str]:
    return {name: str(value) for name, value in (SERVICES[service].get("environment") or {}).items()}


def networks(service: str) -> set[str]:
    return set(SERVICES[service].get("networks", []))
