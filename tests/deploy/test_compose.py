"""The production shape holds: the right processes, each secret where it is needed, doors where they belong."""

import ast
import re

import pytest

from contactcenter.processes import processes
from scripts.production_env import MADE, write
from tests.architecture.test_structure import ROOT
from tests.deploy.compose import APP, FILE, ONCE, OTHERS, SERVICES, TEXT, VARIABLE, environment, networks, variables

# fmt: off
KEYS = {
    "build", "cap_add", "cap_drop", "command", "depends_on", "entrypoint", "environment", "healthcheck", "image",
    "init", "logging", "networks", "ports", "read_only", "restart", "security_opt", "shm_size", "stop_grace_period",
    "tmpfs", "user", "volumes",
}
# fmt: on
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
TABLE = {process.name: process for process in processes(host="0.0.0.0", port="8000", finance_port="8001")}  # noqa: S104
# Read by programs that are not ours.
FOREIGN = {
    "postgres": {"POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS"},
    "redis": {"REDIS_PASSWORD", "REDISCLI_AUTH"},
    "proxy": {"PUBLIC_SITE", "OFFICE_ORIGIN", "OFFICE_NETWORKS", "XDG_DATA_HOME", "XDG_CONFIG_HOME"},
    "web": {"FORWARDED_ALLOW_IPS"},
    "finance": {"FORWARDED_ALLOW_IPS"},
}


def test_every_process_of_the_product_and_nothing_unknown() -> None:
    assert set(SERVICES) == APP | OTHERS
    assert set(TABLE) == APP - ONCE


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_compose_will_take_it(name: str) -> None:
    service = SERVICES[name]
    assert set(service) <= KEYS
    assert "image" in service
    assert networks(name) <= set(FILE["networks"])
    for other, how in service.get("depends_on", {}).items():
        assert other in SERVICES
        assert how["condition"] in CONDITIONS
        assert how["condition"] != "service_healthy" or "healthcheck" in SERVICES[other]
        assert (how["condition"] == "service_completed_successfully") == (other in ONCE)
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        assert (ROOT / source).exists() if source.startswith("./") else source in FILE["volumes"]


@pytest.mark.parametrize("name", sorted(APP - ONCE))
def test_commands_are_those_of_the_table(name: str) -> None:
    process = TABLE[name]
    assert SERVICES[name]["command"] == ["python", *process.command]
    assert environment(name)["PROCESS"] == process.kind


def test_one_shots_are_commands_of_ours() -> None:
    own = {path.stem for path in (ROOT / "contactcenter/management/commands").glob("*.py")} | {"migrate"}
    for name in ONCE:
        python, manage, command, *_ = SERVICES[name]["command"]
        assert (python, manage) == ("python", "manage.py")
        assert command in own
        assert SERVICES[name]["restart"] == "no"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_nobody_is_root_and_nothing_can_be_written(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "build" in service or not service["user"].startswith(("0", "root"))  # images: test_image
    assert set(service.get("cap_add", [])) <= ({"NET_BIND_SERVICE"} if name == "proxy" else set())


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONCE - {"beat"}))
def test_every_long_running_service_is_watched(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert {"interval", "timeout", "retries"} <= set(check)
    assert SERVICES[name]["restart"] == "unless-stopped"


def names_read_by_us() -> set[str]:
    """Every word in capitals that settings, commands or the environment's readers name."""
    found = set()
    for path in (ROOT / "contactcenter").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value} if re.fullmatch(r"[A-Z][A-Z_]+", node.value) else set()
    return found


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_variable_is_one_that_somebody_reads(name: str) -> None:
    known = FOREIGN.get(name, set()) | (names_read_by_us() if name in APP else set())
    assert set(environment(name)) <= known


FINANCE = {"finance", "finance-worker", "finance-sweep"}
HOLDERS = {
    "FINANCE_PASSWORD": {"roles", *FINANCE},
    "FINANCE_SECRET_KEY": FINANCE,
    "OWNER_PASSWORD": {"roles", "migrate"},
    "POSTGRES_PASSWORD": {"postgres", "roles"},
    "FIRST_ADMIN_PASSWORD": {"first-admin"},
    "APP_PASSWORD": APP - FINANCE - {"migrate"},
    "SECRET_KEY": APP - FINANCE,
    "REDIS_PASSWORD": APP | {"redis"},
}


@pytest.mark.parametrize("secret", MADE)
def test_a_secret_goes_only_where_it_is_needed(secret: str) -> None:
    assert {name for name, service in SERVICES.items() if secret in variables(service)} == HOLDERS[secret]


def test_no_secret_stands_in_the_file() -> None:
    """Whatever is a password or a key comes from the operator, and a missing one stops the start."""
    asked = {found["name"]: found["op"] for found in reversed([*VARIABLE.finditer(TEXT)])}
    assert {name for name in asked if re.search("PASSWORD|SECRET", name)} == set(MADE)
    assert {asked[name] for name in (*MADE, "OFFICE_NETWORKS")} == {":?"}
    for name in SERVICES:
        for key, value in environment(name).items():
            if re.search("PASSWORD|SECRET|AUTH$", key):
                assert VARIABLE.fullmatch(value), f"{name}: {key}"
            for password in re.findall(r"//[^:/@]+:(.*)@", value):
                assert VARIABLE.fullmatch(password), f"{name}: {key}"


def test_the_operators_file_is_private_and_never_overwritten(tmp_path) -> None:
    path = tmp_path / ".env"
    write(path)
    assert path.stat().st_mode & 0o777 == 0o600
    lines = dict(line.split("=", 1) for line in path.read_text().splitlines() if line[:1].isalpha())
    assert len({lines[name] for name in MADE}) == len(MADE)
    assert all(len(lines[name]) >= 40 for name in MADE)
    with pytest.raises(FileExistsError):
        write(path)


def test_only_the_proxy_has_doors_and_the_office_one_opens_on_this_host_alone() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy"}
    public, secure, office = SERVICES["proxy"]["ports"]
    assert (public, secure) == ("${PORT:-8000}:8080", "${HTTPS_PORT:-8443}:8443")
    assert office == "${OFFICE_ADDRESS:-127.0.0.1}:${FINANCE_PORT:-8001}:8081"


def test_networks_keep_apart_what_must_not_meet() -> None:
    members = {net: {name for name in SERVICES if net in networks(name)} for net in FILE["networks"]}
    assert members["front"] == {"proxy", "web"}
    assert members["office"] == {"proxy", "finance"}
    assert members["edge"] == {"proxy"}
    # What may leave, leaves from where it is kept: letters with a sum only from the finance desk's own two.
    assert members["outside"] == {"worker", "sweep", "finance-worker", "finance-sweep"}
    assert members["data"] == APP | {"postgres", "redis"}
    assert {net for net, how in FILE["networks"].items() if how.get("internal")} == {"front", "office", "data"}


def test_only_the_proxys_own_address_may_say_who_the_client_is() -> None:
    for name, net in (("web", "front"), ("finance", "office")):
        assert environment(name)["FORWARDED_ALLOW_IPS"] == SERVICES["proxy"]["networks"][net]["ipv4_address"]


def test_postgres_is_as_new_as_the_embedded_one() -> None:
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]  # 18 makes a folder of its version
