"""The demo's phone: a newcomer sees both sides of a conversation."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from messaging import actions
from messaging.models import Message
from staff.models import User

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
DEMO = "/messages/demo/"


def test_both_sides_of_a_conversation(vera: User, sergey: User, signed_in: Browser) -> None:
    browser = signed_in(vera)
    reply = browser.post(f"{DEMO}write/", {"channel": "vk", "address": "anna", "text": "Нет <b>интернета</b>"})
    assert reply.status_code == 302
    message = Message.objects.get()
    actions.send(conversation=message.conversation, text="Проверяем", by=sergey)
    actions.deliver_messages()
    page = browser.get(reply["Location"]).content.decode()
    assert "Нет &lt;b&gt;интернета&lt;/b&gt;" in page
    assert "Проверяем" in page


def test_the_delivery_fails_on_request(vera: User, sergey: User, signed_in: Browser) -> None:
    signed_in(vera).post(f"{DEMO}mood/", {"mood": "refuses"})
    message = actions.send(conversation=actions.conversation(channel="vk", address="anna"), text="А", by=sergey)
    actions.deliver_messages()
    message.refresh_from_db()
    assert message.error == "refused"


def test_bad_input_keeps_what_was_typed(vera: User, signed_in: Browser) -> None:
    data = {"channel": "phone", "address": "не номер", "text": "Помогите"}
    reply = signed_in(vera).post(f"{DEMO}write/", data)
    assert reply.status_code == 422
    assert "Помогите" in reply.content.decode()
    assert signed_in(vera).post(f"{DEMO}mood/", {"mood": "sulks"}).status_code == 404


def test_there_is_no_such_page_outside_the_demo(vera: User, signed_in: Browser, settings: Any) -> None:
    settings.DEMO = False
    assert signed_in(vera).get(DEMO).status_code == 404
    assert signed_in(vera).post(f"{DEMO}write/", {"channel": "vk", "address": "a", "text": "b"}).status_code == 404
