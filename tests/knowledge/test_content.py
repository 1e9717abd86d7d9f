"""The content of the demo, and the command that loads files."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from contacts.models import Topic
from knowledge import demo, files
from knowledge.models import Article, PlaceCard

CONTENT = demo.CONTENT


def test_the_content_is_readable_and_said_in_two_sentences() -> None:
    found = files.read((path.name, path.read_bytes()) for path in CONTENT.iterdir())
    assert not found.problems
    assert len(found.articles) >= 40 and len(found.places) >= 20
    for one in found.articles:
        assert len(re.findall(r"[.!?](?=\s|$)", one.spoken)) <= 3, one.code
    assert {"terminal", "office", "shop"} == {one.kind for one in found.places}


@pytest.mark.django_db
def test_every_topic_that_the_first_line_answers_has_an_article() -> None:
    demo.load()
    told = set(Article.objects.values_list("topics__code", flat=True))
    asked = set(Topic.objects.exclude(code__in={"other", "connection_when"}).values_list("code", flat=True))
    assert asked <= told, asked - told
    assert not PlaceCard.objects.filter(checked_on=None).exists()


@pytest.mark.django_db
def test_files_are_loaded_by_the_command_all_or_none(tmp_path: Path) -> None:
    good = "---\ncode: a-b\ntitle: Вопрос\nstate: published\n---\nОтвет.\n"
    (tmp_path / "a.md").write_text(good)
    out = StringIO()
    call_command("import_knowledge", str(tmp_path), "--dry-run", stdout=out)
    assert "1 would be new" in out.getvalue()
    assert not Article.objects.exists()
    call_command("import_knowledge", str(tmp_path), stdout=out)
    call_command("import_knowledge", str(tmp_path / "a.md"), stdout=out)
    assert "0 new, 0 changed, 1 the same" in out.getvalue()
    (tmp_path / "a.md").write_text(good.replace("Ответ", "Другой ответ"))
    (tmp_path / "b.md").write_text("---\ncode: Плохой\n---\n")
    with pytest.raises(CommandError, match="nothing was written"):
        call_command("import_knowledge", str(tmp_path), stderr=StringIO())
    assert Article.objects.get().spoken == "Ответ."
    with pytest.raises(CommandError):
        call_command("import_knowledge", str(tmp_path / "none.md"))
