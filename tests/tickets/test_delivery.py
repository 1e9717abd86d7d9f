"""What becomes of a reply: it leaves, arrives, fails and is tried again; what is secret is not kept."""

import html
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from messaging import actions as messaging
from messaging import files
from messaging.models import Attachment, Message
from staff.models import Notice, User
from tests.refusals import refused
from tests.tickets.talk import home, opened, writes
from tickets import actions
from tickets.models import Draft, Ticket

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
CARD = "4111 1111 1111 1111"


def page(browser: Client, ticket: Ticket) -> str:
    return html.unescape(browser.get(f"/tickets/{ticket.number}/").content.decode())


def test_a_reply_leaves_when_it_can_no_longer_be_taken_back_and_its_fate_is_shown(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    path = f"/tickets/{ticket.number}/"
    browser.post(f"{path}reply/", {"text": "Добрый день", "seen": "0"})
    messaging.deliver_messages()
    assert "Отправляется" in page(browser, ticket) and "Взять назад" in page(browser, ticket)
    at_noon.shift(timedelta(seconds=11))
    messaging.deliver_messages()
    shown = page(browser, ticket)
    assert "Отправлено" in shown and "Взять назад" not in shown
    message = Message.objects.get()
    assert "отправлен" in refused(browser, f"{path}take-back/", {"message": ticket.messages.get().pk})
    assert Message.objects.get().state == "sent" and not Draft.objects.exists()
    messaging.mark(message=message, state="read")
    assert "Прочитано" in page(browser, ticket)


def test_what_did_not_arrive_says_why_and_is_tried_again(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    path = f"/tickets/{ticket.number}/"
    messaging.set_mood(mood="refuses")
    said = actions.reply(ticket=ticket, text="Добрый день", by=sergey)
    messaging.deliver_messages()
    shown = page(browser, ticket)
    assert "Не доставлено" in shown and "не принял адрес" in shown
    messaging.set_mood(mood="works")
    browser.post(f"{path}retry/", {"message": said.pk})
    messaging.deliver_messages()
    assert Message.objects.get().state == "sent"
    assert refused(browser, f"{path}retry/", {"message": said.pk})


def test_delivery_is_told_to_the_open_page_of_the_ticket(
    sergey: User, monkeypatch: pytest.MonkeyPatch, at_noon: time_machine.Traveller
) -> None:
    ticket, told = opened(sergey, home()), []
    actions.reply(ticket=ticket, text="Добрый день", by=sergey)
    monkeypatch.setattr("tickets.receivers.live.hint", lambda *topics: told.extend(topics))
    messaging.deliver_messages()
    assert f"ticket:{ticket.number}" in told


def test_a_reply_with_a_file_that_was_taken_back_can_be_sent_after_all(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    path = f"/tickets/{ticket.number}/"
    upload = SimpleUploadedFile("схема.txt", "порт 3".encode(), content_type="text/plain")
    browser.post(f"{path}files/", {"kind": "reply", "seen": "0", "files": [upload]})
    browser.post(f"{path}reply/", {"text": "Смотрите", "seen": "0"})
    browser.post(f"{path}take-back/", {"message": ticket.messages.get().pk})
    assert "схема.txt" in page(browser, ticket)
    browser.post(f"{path}reply/", {"text": "Смотрите схему", "seen": "0"})
    sent = Message.objects.get(text="Смотрите схему")
    assert [one.name for one in sent.attachments.all()] == ["схема.txt"]


def test_a_card_number_is_kept_nowhere(sergey: User, signed_in: Browser) -> None:
    house = home()
    ticket, browser = opened(sergey, house), signed_in(sergey)
    path, text = f"/tickets/{ticket.number}/", f"карта {CARD} до 12/27"
    browser.post(f"{path}draft/", {"kind": "note", "text": text, "seen": "0"})
    assert CARD not in Draft.objects.get().text and "1111" in Draft.objects.get().text
    browser.post(f"{path}comment/", {"text": text})
    browser.post(f"{path}reply/", {"text": text, "seen": "0"})
    writes(text, phone=house.phone(0))
    assert CARD not in page(browser, ticket)
    assert not Message.objects.filter(text__contains=CARD).exists()
    assert not ticket.history.filter(data__text__contains=CARD).exists()


def test_files_are_shown_to_those_who_see_the_ticket_and_a_drafts_to_its_writer(
    sergey: User, vera: User, anna: User, signed_in: Browser
) -> None:
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    path = f"/tickets/{ticket.number}/"
    upload = SimpleUploadedFile("порт.txt", b"crc", content_type="text/plain")
    browser.post(f"{path}files/", {"kind": "note", "seen": "0", "files": [upload]})
    file = Attachment.objects.get()
    assert [files.may_see(one, file) for one in (sergey, vera, anna)] == [True, False, False]
    browser.post(f"{path}comment/", {"text": "смотрите"})
    assert [files.may_see(one, file) for one in (sergey, vera, anna)] == [True, True, False]


def test_whose_messages_they_are_and_the_owner_is_told_of_his(sergey: User, anna: User, vera: User) -> None:
    house = home()
    ticket = opened(sergey, house)
    actions.take(ticket=ticket, by=sergey)
    message = writes("Ау", phone=house.phone(0))
    seen = [Message.objects.visible_to(one).filter(pk=message.pk).exists() for one in (sergey, vera, anna)]
    assert seen == [True, True, False]
    assert [one.url.split("#")[0] for one in Notice.objects.filter(user=sergey)] == [f"/tickets/{ticket.number}/"]


def test_a_text_with_a_variable_that_is_none_is_refused_beside_its_field(vera: User, signed_in: Browser) -> None:
    words = {"shortcut": "имя", "title_ru": "Имя", "title_en": "Name", "text_ru": "Здравствуйте, {имя}!"}
    reply = signed_in(vera).post("/settings/texts/", words)
    assert reply.status_code == 422
    shown = html.unescape(reply.content.decode())
    assert "Такой подстановки нет: {имя}" in shown and "Здравствуйте, {имя}!" in shown
