"""Vera writes a script: node by node, tried out, published, taken back."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils.translation import override

from contacts.models import Topic
from guidance import actions, queries
from guidance.models import Script, ScriptVersion
from staff.models import User

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture
def editor(vera: User, signed_in: Browser) -> Client:
    return signed_in(vera)


def made(editor: Client) -> Script:
    topic = Topic.objects.get(code="equipment")
    said = {"key": "box", "title_ru": "Приставка", "title_en": "Set-top box", "topics": [topic.pk], "is_active": "on"}
    assert editor.post("/settings/scripts/new/", said).status_code == 302
    return Script.objects.get(key="box")


def node(editor: Client, script: Script, key: str, **said: Any) -> Any:
    """Write a node as the page with it does: `was` names the node that is shown, by default the one of this key."""
    shown = editor.get(f"/settings/scripts/{script.pk}/?node={said.get('was', key)}").context["node_form"].initial
    known = {name: shown.get(name, "") for name in ("was", "seen")}
    return editor.post(f"/settings/scripts/{script.pk}/draft/", {"key": key, "who": "first_line", **known, **said})


def write(editor: Client, script: Script) -> None:
    lines = "yes: Да / Yes -> fine\nno: Нет -> pass"
    assert node(editor, script, "lamp", ask="Лампочка горит?", say="Посмотрите", answers=lines).status_code == 302
    assert node(editor, script, "fine", leaf="solved", say="Отлично").status_code == 302
    assert node(editor, script, "pass", leaf="hand_over", desk="support", say="Передаю").status_code == 302


def test_written_tried_published_and_offered(editor: Client, vera: User, olga: User, signed_in: Browser) -> None:
    script = made(editor)
    path = f"/settings/scripts/{script.pk}/"
    assert "Вопросов пока нет" in editor.get(path).content.decode()
    node(editor, script, "lamp", ask="Лампочка горит?", answers="yes: Да -> fine\nno: Нет -> pass")
    page = editor.get(path).content.decode()
    assert "Черновик пока нельзя опубликовать" in page and "ведёт в «fine», такого узла нет" in page
    assert "ведёт в" in editor.post(f"{path}publish/", follow=True).content.decode()
    write(editor, script)
    page = editor.get(f"{path}?node=lamp").content.decode()
    assert "yes: Да / Yes -&gt; fine" in page and "нельзя опубликовать" not in page
    tried = editor.get(f"{path}try/?a=no").content.decode()
    assert "Передаю" in tried and "Лампочка горит?" in tried
    assert "Лампочка горит?" in editor.get(f"{path}try/?a=nonsense").content.decode()
    assert not Script.objects.published().filter(key="box").exists()
    editor.post(f"{path}publish/", follow=True)
    script.refresh_from_db()
    assert script.published is not None and (script.published.number, script.draft) == (1, {})
    assert "Приставка" in editor.get("/settings/scripts/").content.decode()
    assert signed_in(olga).get(path).status_code == 403


def test_a_try_names_facts_and_ends_in_words(editor: Client) -> None:
    script = made(editor)
    path = f"/settings/scripts/{script.pk}/try/"
    node(editor, script, "debt", ask="Приостановлен?", fact="suspended", answers="yes: Да -> pass\nno: Нет -> pass")
    node(editor, script, "pass", leaf="hand_over", desk="support", say="Передаю")
    begun, ended = editor.get(path).content.decode(), editor.get(f"{path}?a=yes").content.decode()
    assert "оплата: приостановлен или нет" in begun and ">debt<" not in begun
    assert "Передано" in ended and ">hand_over<" not in ended


def test_a_try_and_the_heat_speak_the_readers_language(editor: Client) -> None:
    script = Script.objects.get(key="no_internet")
    for page in ("", "try/"):
        told = editor.get(f"/settings/scripts/{script.pk}/{page}", headers={"accept-language": "en"}).content.decode()
        assert "Is the service suspended for debt?" in told, page
    with override("en"):
        assert queries.heat(script.published, days=7)[0].node.ask == "Is the service suspended for debt?"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"answers": "Да -> fine"}, "Строка 1"),
        ({"answers": "yes: Да -> fine\nчто"}, "Строка 2"),
        ({"answers": "\n".join(f"a{n}: Да -> fine" for n in range(10))}, "Не больше 9 ответов"),
        ({"key": "Плохое имя"}, "латинские"),
        ({"say": "а" * 601}, "не более 600"),
        ({"fact": "weather"}, "Выберите корректный"),
    ],
)
def test_a_wrong_node_is_said_beside_its_field_and_nothing_is_lost(
    said: dict[str, str], words: str, editor: Client
) -> None:
    script = made(editor)
    reply = node(editor, script, **{"key": "lamp", "ask": "Горит ли лампочка?", **said})
    page = reply.content.decode()
    assert reply.status_code == 422
    assert words in page and "Горит ли лампочка?" in page
    assert not Script.objects.get(pk=script.pk).draft


def test_a_node_is_renamed_with_all_that_leads_to_it_and_removed(editor: Client) -> None:
    script = made(editor)
    write(editor, script)
    node(editor, script, "good", was="fine", leaf="solved", say="Отлично")
    script.refresh_from_db()
    assert [one["to"] for one in script.draft["nodes"]["lamp"]["answers"]] == ["good", "pass"]
    node(editor, script, "first", was="lamp", ask="Горит?", answers="yes: Да -> good\nno: Нет -> pass")
    script.refresh_from_db()
    assert script.draft["start"] == "first"
    editor.post(f"/settings/scripts/{script.pk}/nodes/good/remove/")
    script.refresh_from_db()
    assert "good" not in script.draft["nodes"]
    assert "такого узла нет" in editor.get(f"/settings/scripts/{script.pk}/").content.decode()


def test_a_new_or_renamed_node_does_not_write_over_another(editor: Client) -> None:
    script = made(editor)
    write(editor, script)
    for said in ({"was": "", "seen": ""}, {"was": "pass"}):
        reply = node(editor, script, "fine", **{"leaf": "solved", "say": "Вместо другого", **said})
        page = reply.content.decode()
        assert reply.status_code == 422
        assert "Так называется другой узел" in page and "Вместо другого" in page
    script.refresh_from_db()
    assert script.draft["nodes"]["fine"]["say"] == "Отлично" and set(script.draft["nodes"]) == {"lamp", "fine", "pass"}


def test_of_two_who_write_one_node_the_second_is_told_and_loses_nothing(editor: Client) -> None:
    script = made(editor)
    write(editor, script)
    path = f"/settings/scripts/{script.pk}/"
    seen = editor.get(f"{path}?node=fine").context["node_form"].initial["seen"]
    assert node(editor, script, "fine", leaf="solved", say="Написала первая").status_code == 302
    assert node(editor, script, "pass", leaf="hand_over", desk="support", say="Другой узел").status_code == 302
    late = {"leaf": "solved", "say": "Написала вторая", "seen": seen}
    reply = node(editor, script, "fine", **late)
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "изменили, пока вы писали" in page and "Написала вторая" in page
    script.refresh_from_db()
    assert script.draft["nodes"]["fine"]["say"] == "Написала первая"
    removed = editor.post(f"{path}nodes/fine/remove/", {"seen": seen}, follow=True)
    assert "изменили, пока вы писали" in removed.content.decode()
    form = reply.context["node_form"].data
    again = editor.post(
        f"{path}draft/", {**late, "key": "fine", "who": "first_line", "was": "fine", "seen": form["seen"]}
    )
    assert again.status_code == 302, "knowing it, she saves once more"
    script.refresh_from_db()
    assert script.draft["nodes"]["fine"]["say"] == "Написала вторая"


def test_an_earlier_version_comes_back_as_the_draft(editor: Client, vera: User) -> None:
    script = made(editor)
    path = f"/settings/scripts/{script.pk}/"
    write(editor, script)
    editor.post(f"{path}publish/")
    node(editor, script, "fine", leaf="solved", say="Прекрасно")
    editor.post(f"{path}publish/")
    page = editor.get(path).content.decode()
    assert "~ fine" in page and "работает версия 2" in page
    editor.post(f"{path}restore/", {"version": "1"})
    editor.post(f"{path}publish/")
    script.refresh_from_db()
    assert script.published is not None
    assert (script.published.number, script.published.tree["nodes"]["fine"]["say"]) == (3, "Отлично")
    assert editor.post(f"{path}restore/", {"version": "77"}).status_code == 404
    with pytest.raises(actions.NothingToPublish):
        actions.publish(script=script, by=vera)
    with pytest.raises(DatabaseError), transaction.atomic():
        ScriptVersion.objects.filter(script=script).update(number=9)


def test_a_draft_that_changed_meanwhile_is_not_published_unseen(editor: Client, vera: User) -> None:
    script = made(editor)
    write(editor, script)
    seen = {"seen": "2026-01-01T00:00:00+00:00"}
    reply = editor.post(f"/settings/scripts/{script.pk}/publish/", seen, follow=True)
    assert "Черновик тем временем изменили" in reply.content.decode()
    script.refresh_from_db()
    assert script.published is None and script.draft
    editor.post(f"/settings/scripts/{script.pk}/drop/")
    script.refresh_from_db()
    assert script.draft == {}


def test_out_as_a_file_and_in_again(editor: Client) -> None:
    script = Script.objects.get(key="no_internet")
    path = f"/settings/scripts/{script.pk}/file/"
    text = editor.get(path).content.decode()
    raw = json.loads(text)
    assert script.published is not None and raw == script.published.tree
    raw["nodes"]["works"]["say"] = "Номер карты 4111 1111 1111 1111"
    loaded = editor.post(path, {"file": SimpleUploadedFile("a.json", json.dumps(raw).encode())})
    assert loaded.status_code == 302
    script.refresh_from_db()
    assert "4111 1111" not in json.dumps(script.draft)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "Это не JSON"),
        (b"\xff\xfe", "Это не JSON"),
        (b"[" * 100_000, "Это не JSON"),
        (b"[]", "нужны начало и узлы"),
        (b'{"start": "q", "nodes": {"q": {"ask": "?"}}}', "хотя бы два ответа"),
        (b'"' + b"x" * 500_001 + b'"', "слишком большой"),
    ],
)
def test_a_bad_file_changes_nothing(content: bytes, words: str, editor: Client) -> None:
    script = Script.objects.get(key="no_tv")
    reply = editor.post(f"/settings/scripts/{script.pk}/file/", {"file": SimpleUploadedFile("a.json", content)})
    assert reply.status_code == 422
    assert words in reply.content.decode()
    script.refresh_from_db()
    assert script.draft == {}


def test_two_scripts_have_two_keys(editor: Client) -> None:
    made(editor)
    again = editor.post("/settings/scripts/new/", {"key": "box", "title_ru": "Ещё", "title_en": "More"})
    assert again.status_code == 422
    assert "Такой ключ есть у другого скрипта" in again.content.decode()


def test_the_first_scripts_are_not_written_twice(vera: User) -> None:
    from guidance.seeds import seed

    script = Script.objects.get(key="no_tv")
    actions.save_script(script=script, by=vera, title_ru="ТВ молчит")
    seed()
    script.refresh_from_db()
    assert script.title_ru == "ТВ молчит"
    assert Script.objects.count() == 3
