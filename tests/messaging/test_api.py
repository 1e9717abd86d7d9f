from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.test import Client

from messaging import actions, files, gateways
from messaging.models import Message, conversation
from staff.actions import issue_api_key
from staff.models import User
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def api() -> Callable[[User], Client]:
    return lambda user: Client(headers={"Authorization": f"Token {issue_api_key(user=user, name='test')}"})


def test_who_reads_which_messages(
    api: Callable[[User], Client], vera: User, sergey: User, olga: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = actions.conversation(channel="vk", address="42")
    came = actions.receive(channel="vk", address="42", text="Здравствуйте", key="vk:1")
    went = actions.send(conversation=talk, text="Добрый день", by=sergey)
    monkeypatch.setattr(conversation, "_scopes", [])

    def read(user: User) -> list[int]:
        return sorted(one["id"] for one in api(user).get("/api/v1/messages/").json()["results"])

    assert read(vera) == [came.pk, went.pk]
    assert read(sergey) == [went.pk]
    assert read(olga) == []
    assert api(olga).get(f"/api/v1/messages/{went.pk}/").status_code == 404
    conversation.register_scope(lambda user: Q(pk=came.pk) if user == olga else Q(pk__in=[]))
    assert read(olga) == [came.pk]
    only = api(vera).get("/api/v1/messages/?direction=in").json()["results"]
    assert [one["text"] for one in only] == ["Здравствуйте"]
    assert Message.objects.visible_to(sergey).count() == 1


@pytest.mark.parametrize("table", [{"pigeon": "fake"}, {"walk_in": "fake"}, {"vk": "pigeon"}])
def test_a_nonsense_table_of_gateways_stops_the_start(table: dict[str, str]) -> None:
    from django.core.exceptions import ImproperlyConfigured

    with pytest.raises(ImproperlyConfigured):
        gateways.check(table)


def test_a_ticket_shows_its_messages_and_files_to_its_desk_alone(
    api: Callable[[User], Client],
    signed_in: Callable[[User], Client],
    sergey: User,
    olga: User,
    anna: User,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.FILES_DIR = tmp_path
    kept = files.accept(SimpleUploadedFile("a.txt", b"hello"), by=None)
    came = actions.receive(channel="vk", address="42", text="Здравствуйте", key="vk:1", attachments=[kept])
    ticket = Ticket.objects.get()  # the first line's
    for user in (olga, anna):
        sees = Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists()
        assert sees is (user == olga)
        assert signed_in(user).get(f"/files/{kept.pk}/").status_code == (200 if sees else 404)
        ids = [one["id"] for one in api(user).get("/api/v1/messages/").json()["results"]]
        assert ids == ([came.pk] if sees else [])
