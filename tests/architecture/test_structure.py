"""What import-linter cannot see: hidden imports, sizes, the shape of the tree."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
THINGS = (
    "guidance",
    "tickets",
    "incidents",
    "calls",
    "messaging",
    "knowledge",
    "contacts",
    "customers",
    "network",
    "staff",
    "common",
)
DESKS = ("supervision", "firstline", "techsupport", "billing", "dispatch")
APPS = (*DESKS, *THINGS, "contactcenter")
BUDGET = 400


def sources(*suffixes: str) -> Iterator[Path]:
    for folder in (*APPS, "tests", "benchmarks", "scripts", "templates", "static"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in suffixes and "migrations" not in path.parts and "vendor" not in path.parts:
                yield path


def python() -> list[Path]:
    return [path for path in sources(".py") if path.relative_to(ROOT).parts[0] in APPS]


def test_every_package_of_the_contract_exists() -> None:
    for app in APPS:
        assert (ROOT / app / "__init__.py").exists(), app
        assert (ROOT / app / "apps.py").exists(), app


@pytest.mark.parametrize("path", sorted(sources(".py", ".html", ".js", ".css")), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_outgrows_its_budget(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= BUDGET


@pytest.mark.parametrize("path", python(), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_hidden_imports(path: Path) -> None:
    """Models looked up by name and tasks sent by name are imports that no contract sees."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in {"get_model", "send_task", "signature"}, f"line {node.lineno}"


def test_foreign_keys_across_apps_have_no_reverse_accessor() -> None:
    """A reverse accessor is a hidden import upwards: the owner of the key offers a query instead."""
    from django.apps import apps

    offenders = []
    for model in apps.get_models():
        if model._meta.app_label not in APPS:
            continue
        for field in model._meta.get_fields():
            remote = getattr(field, "remote_field", None)
            if not getattr(field, "concrete", False) or remote is None or not hasattr(remote, "model"):
                continue
            other = remote.model._meta.app_label
            if other != model._meta.app_label and other in APPS and not remote.hidden:
                offenders.append(f"{model.__name__}.{field.name}")
    assert not offenders


def test_only_actions_save() -> None:
    """Views, receivers, tasks and forms call actions; they never write."""
    writing = re.compile(r"\.(save|create|bulk_create|update_or_create|get_or_create|delete)\(")
    for path in python():
        parts = path.relative_to(ROOT).parts
        if parts[1] in {"views", "views.py", "forms.py", "receivers.py", "queries.py", "urls.py"}:
            for number, line in enumerate(path.read_text().splitlines(), 1):
                assert not writing.search(line), f"{path.relative_to(ROOT)}:{number} writes"


def test_templates_hold_no_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", re.IGNORECASE)
    for path in (ROOT / "templates").rglob("*.html"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            assert not inline.search(line), f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
