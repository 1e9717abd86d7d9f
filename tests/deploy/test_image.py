"""The images install only what the lock names and run as nobody in particular."""

import re
from fnmatch import fnmatch

import pytest

from tests.architecture.test_structure import ROOT


def instructions(name: str) -> list[tuple[str, str]]:
    text = re.sub(r"(?m)^\s*#.*\n", "", (ROOT / name).read_text()).replace("\\\n", " ")
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("name", ["Dockerfile", "deploy/proxy.Dockerfile"])
def test_it_does_not_run_as_root(name: str) -> None:
    last = [value for word, value in instructions(name) if word in {"FROM", "USER"}][-1]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", last)


@pytest.mark.parametrize("name", ["Dockerfile", "deploy/proxy.Dockerfile"])
def test_nothing_is_fetched_past_the_lock(name: str) -> None:
    for word, value in instructions(name):
        assert word != "ADD"
        for install in re.findall(r"pip[^&|;]*\binstall\b[^&|;]*", value):
            assert "--require-hashes" in install
            assert "-r requirements.txt" in install
        assert not re.search(r"\b(curl|wget|npm install|apt-get install)\b", value)


def test_the_lock_is_installed_at_all() -> None:
    assert any("--require-hashes" in value for word, value in instructions("Dockerfile") if word == "RUN")


def test_the_runtime_image_carries_no_secret() -> None:
    for word, value in instructions("Dockerfile"):
        if word in {"ENV", "ARG"}:
            assert not re.search("SECRET|PASSWORD|_URL", value)


@pytest.mark.parametrize("path", [".env", ".env.local", ".git", ".data", "tests", "staff/__pycache__"])
def test_secrets_and_data_stay_outside(path: str) -> None:
    patterns = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert any(fnmatch(path, pattern) for pattern in patterns)
    assert not any(pattern.startswith("!") for pattern in patterns)


def test_the_operators_secrets_are_not_committed() -> None:
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()
