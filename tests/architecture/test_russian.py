"""Every word on a screen has its Russian: what templates and code mark for translation is in the catalogue."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation import gettext, override

from tests.architecture.test_structure import ROOT, sources

CATALOGUE = polib.pofile(str(ROOT / "locale/ru/LC_MESSAGES/django.po"))
KNOWN = {entry.msgid for entry in CATALOGUE} | {entry.msgid_plural for entry in CATALOGUE}
MARKERS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
IN_TEMPLATE = re.compile(r"""\b_\((?P<a>"[^"]+"|'[^']+')\)|{%\s*trans(?:late)?\s+(?P<b>"[^"]+"|'[^']+')""")
BLOCK = re.compile(r"{%\s*blocktrans(?:late)?[^%]*%}(.*?){%\s*endblocktrans(?:late)?\s*%}", re.DOTALL)


def marked(path: Path) -> Iterator[str]:
    """The message ids that a file asks to have translated."""
    text = path.read_text()
    if path.suffix == ".html":
        for found in IN_TEMPLATE.finditer(text):
            yield (found["a"] or found["b"])[1:-1]
        for block in BLOCK.findall(text):
            for part in re.split(r"{%\s*plural\s*%}", block):
                yield re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", " ".join(part.split()))
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


@pytest.mark.parametrize("path", sorted(sources(".py", ".html")), ids=lambda p: str(p.relative_to(ROOT)))
def test_everything_marked_has_its_russian(path: Path) -> None:
    if "tests" in path.parts:
        return
    missing = set(marked(path)) - KNOWN
    with override("ru"):  # what Django itself translates needs no line of ours
        missing = {words for words in missing if gettext(words) == words}
    assert not missing


def test_the_catalogue_is_complete_and_keeps_its_placeholders() -> None:
    assert not CATALOGUE.untranslated_entries()
    assert not CATALOGUE.fuzzy_entries()
    names = re.compile(r"%\(\w+\)[sd]|{\w*}")
    for entry in CATALOGUE:
        for translation in [entry.msgstr, *entry.msgstr_plural.values()]:
            if translation and not entry.msgid_plural:
                assert sorted(names.findall(translation)) == sorted(names.findall(entry.msgid)), entry.msgid
