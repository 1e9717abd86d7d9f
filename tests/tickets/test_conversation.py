"""What is said on a ticket: to the subscriber, by him, and among colleagues."""

import html
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from messaging.models import Conversation, Message
from staff.models import Role, User
from tests.refusals import refused
from tests.tickets.talk import home, opened, writes
from tickets import actions
from tickets.models import Draft, Mention, Status, Ticket, TicketMessage

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def page(browser: Client, ticket: Ticket) -> str:
    return html.unescape(browser.get(f"/tickets/{ticket.number}/").content.decode())


def test_a_reply_goes_by_sms_to_whoever_called_and_is_the_first_response(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    house = home()
    ticket, browser = opened(sergey, house), signed_in(sergey)
    assert "Отправить абоненту по СМС" in page(browser, ticket)
    at_noon.shift(timedelta(minutes=3))
    reply = browser.post(f"/tickets/{ticket.number}/reply/", {"text": " Перезагрузите роутер ", "seen": "0"})
    assert reply.headers["Location"] == f"/tickets/{ticket.number}/"
    message = Message.objects.get()
    assert (message.text, message.author, message.direction) == ("Перезагрузите роутер", sergey, "out")
    assert (message.conversation.channel, message.conversation.address) == ("phone", house.phone(0))
    ticket.refresh_from_db()
    assert ticket.first_response_at == message.at
    assert ticket.last_message is not None and ticket.last_message.message == message
    assert ticket.history.filter(kind="replied").count() == 1
    shown = page(browser, ticket)
    assert "Перезагрузите роутер" in shown
    assert "Взять назад" in shown


def test_an_answer_joins_the_ticket_and_makes_it_work_again(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    house = home()
    ticket, browser = opened(sergey, house), signed_in(sergey)
    actions.take(ticket=ticket, by=sergey)
    browser.post(f"/tickets/{ticket.number}/reply/", {"text": "Проверьте", "seen": "0", "status": "waiting"})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.awaits_reply_since) == ("waiting", None)
    at_noon.shift(timedelta(minutes=9))
    writes("Всё равно не работает", phone=house.phone(0))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == ("in_work", sergey)
    first = ticket.awaits_reply_since
    assert first == ticket.last_in_at
    at_noon.shift(timedelta(minutes=1))
    writes("Алло?", phone=house.phone(0))
    ticket.refresh_from_db()
    assert ticket.awaits_reply_since == first  # the oldest unanswered one waits
    assert Ticket.objects.count() == 1
    assert "Всё равно не работает" in page(browser, ticket)


def test_whoever_writes_first_gets_a_ticket_at_the_first_line(at_noon: time_machine.Traveller, olga: User) -> None:
    house = home()
    text = "Здравствуйте!\nНет интернета с утра"
    writes(text, phone=house.phone(1), key="vk-1")
    writes(text, phone=house.phone(1), key="vk-1")  # the provider repeats itself
    ticket = Ticket.objects.get()
    assert (ticket.desk, ticket.subject, ticket.subscriber) == ("first_line", "Здравствуйте!", house.subscribers[1])
    assert TicketMessage.objects.count() == 1
    assert ticket.awaits_reply_since is not None


def test_a_message_after_the_end_reopens_or_opens_a_linked_one_by_the_desks_rule(
    at_noon: time_machine.Traveller, sergey: User, vera: User
) -> None:
    house = home()
    ticket = opened(sergey, house)
    actions.reply(ticket=ticket, text="Готово", by=sergey, status=Status.RESOLVED)
    writes("Снова пропал", phone=house.phone(0))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == ("new", None)
    actions.resolve(ticket=ticket, by=sergey)
    actions.save_policy(desk="support", by=vera, reopening="new")
    writes("Опять", phone=house.phone(0))
    ticket.refresh_from_db()
    new = Ticket.objects.get(continues=ticket)
    assert (ticket.status, new.status, new.conversation) == ("resolved", "new", ticket.conversation)
    writes("И ещё", phone=house.phone(0))
    assert new.messages.count() == 2


def test_a_reply_written_over_a_newer_message_asks_first_and_keeps_the_words(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    house = home()
    ticket, browser = opened(sergey, house), signed_in(sergey)
    actions.reply(ticket=ticket, text="Проверьте кабель", by=sergey)
    ticket.refresh_from_db()
    path, seen = f"/tickets/{ticket.number}/", str(ticket.last_message_id)
    browser.post(f"{path}draft/", {"kind": "reply", "text": "Пришлю мас", "seen": seen})
    writes("Заработало, мастер не нужен", phone=house.phone(0))
    ticket.refresh_from_db()
    newest = str(ticket.last_message_id)
    asked = browser.post(f"{path}reply/?part=ticket", {"text": "Пришлю мастера", "seen": seen}, headers=HTMX)
    assert asked.status_code == 409
    words = html.unescape(asked.content.decode())
    assert "мастер не нужен" in words and "Пришлю мастера" in words and f'name="anyway" value="{newest}"' in words
    assert f'name="seen" value="{seen}"' in words  # the ordinary button goes on asking
    assert Message.objects.filter(text="Пришлю мастера").count() == 0
    assert browser.post(f"{path}reply/", {"text": "Пришлю мастера", "seen": seen}).status_code == 302
    assert "Пришлю мастера" in page(browser, ticket)  # and without scripts nothing is lost either
    assert Message.objects.filter(text="Пришлю мастера").count() == 0
    browser.post(f"{path}reply/", {"text": "Отлично!", "seen": seen, "anyway": newest})
    assert Message.objects.filter(text="Отлично!").count() == 1
    assert not Draft.objects.exists()


def test_who_says_that_he_has_read_it_is_not_asked_again(
    at_noon: time_machine.Traveller, sergey: User, signed_in: Browser
) -> None:
    house = home()
    ticket, browser = opened(sergey, house), signed_in(sergey)
    path = f"/tickets/{ticket.number}/"
    browser.post(f"{path}draft/", {"kind": "reply", "text": "Пишу", "seen": "0"})
    writes("Ещё вопрос", phone=house.phone(0))
    ticket.refresh_from_db()
    assert "пришло сообщение" in page(browser, ticket)
    newest = str(ticket.last_message_id)
    browser.post(f"{path}draft/", {"kind": "reply", "text": "Пишу", "seen": "0", "read": newest})
    assert "пришло сообщение" not in page(browser, ticket)
    assert browser.post(f"{path}reply/", {"text": "Пишу дальше", "seen": newest}).status_code == 302
    assert Message.objects.filter(text="Пишу дальше").exists()


def test_nobody_closes_over_a_message_he_has_not_seen(sergey: User, signed_in: Browser) -> None:
    house = home()
    ticket, browser = opened(sergey, house), signed_in(sergey)
    writes("Подождите, ещё вопрос", phone=house.phone(0))
    path = f"/tickets/{ticket.number}/resolve/"
    assert "новое сообщение" in refused(browser, path, {"text": "Готово", "seen": "0"})
    ticket.refresh_from_db()
    browser.post(path, {"text": "Готово", "seen": str(ticket.last_message_id)})
    ticket.refresh_from_db()
    assert ticket.is_resolved


def test_a_colleagues_reply_is_newer_too(sergey: User, vera: User, signed_in: Browser) -> None:
    ticket = opened(sergey, home())
    actions.reply(ticket=ticket, text="Уже ответила", by=vera)
    with pytest.raises(actions.NewerMessage) as met:
        actions.reply(ticket=ticket, text="И я", by=sergey, seen=0)
    assert [one.message.text for one in met.value.newer] == ["Уже ответила"]


def test_reply_and_resolve_is_one_step_and_a_refusal_sends_nothing(
    sergey: User, vera: User, signed_in: Browser
) -> None:
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    actions.save_policy(desk="support", by=vera, needs_code=True)
    path = f"/tickets/{ticket.number}/reply/"
    assert refused(browser, path, {"text": "Готово", "seen": "0", "status": "resolved"})
    assert not Message.objects.exists()
    assert Draft.objects.get().text == "Готово"
    browser.post(path, {"text": "Готово", "seen": "0", "status": "resolved", "code": "solved"})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.resolution) == ("resolved", "Готово")
    assert Message.objects.count() == 1


def test_nobody_to_write_to_is_said_with_what_can_be_done(sergey: User, signed_in: Browser) -> None:
    ticket = actions.open_ticket(desk="support", subject="Аноним", channel="phone", by=sergey)
    browser = signed_in(sergey)
    assert "Этому абоненту нельзя написать" in page(browser, ticket)
    assert "Назовите абонента" in refused(browser, f"/tickets/{ticket.number}/reply/", {"text": "Вы тут?", "seen": "0"})
    landline = home("5")
    landline.subscribers[0].phones.update(number="+78124700000")
    other = opened(sergey, landline)
    assert "мобильного номера" in page(browser, other)


def test_he_chooses_the_number_and_an_operator_sees_it_masked(
    olga: User, sergey: User, signed_in: Browser, at_noon: time_machine.Traveller
) -> None:
    house = home()
    second = house.subscribers[0].phones.create(number="+79215550000")
    ticket = opened(sergey, house)
    browser = signed_in(sergey)
    assert "+7 921 555-00-00" in page(browser, ticket)
    sent = {"text": "На второй номер", "seen": "0", "through": f"phone-{second.pk}"}
    browser.post(f"/tickets/{ticket.number}/reply/", sent)
    assert Conversation.objects.get().address == "+79215550000"
    stranger = home("77").subscribers[0].phones.get()
    assert refused(browser, f"/tickets/{ticket.number}/reply/", {**sent, "through": f"phone-{stranger.pk}"})
    hers = opened(olga, house, desk="first_line")
    shown = page(signed_in(olga), hers)
    assert "+7 *** ***-00-00" in shown and "555-00-00" not in shown


def test_a_note_calls_colleagues_who_may_see_it_and_no_others(
    at_noon: time_machine.Traveller, sergey: User, dmitry: User, anna: User, signed_in: Browser
) -> None:
    ticket = opened(sergey, home())
    browser = signed_in(sergey)
    offered = html.unescape(browser.get(f"/tickets/{ticket.number}/people/").content.decode())
    assert "Дмитрий Лапин" in offered and "Анна Седова" not in offered
    text = "@Дмитрий Лапин нужен мастер, @Анна Седова и почта a@Дмитрий Лапин"
    browser.post(f"/tickets/{ticket.number}/comment/", {"text": text})
    assert [one.user for one in Mention.objects.all()] == [dmitry]
    assert "<mark>@Дмитрий Лапин</mark>" in page(browser, ticket)
    assert not Message.objects.exists()
    hers = signed_in(dmitry)
    listed = html.unescape(hers.get("/tickets/mentions/").content.decode())
    assert "нужен мастер" in listed and f"/tickets/{ticket.number}/#note-" in listed
    alone = hers.get("/tickets/mentions/?part=list", headers=HTMX).content.decode()
    assert "нужен мастер" in alone and "<html" not in alone  # what keeps itself true is the list, not a page in a page
    actions.hand_over(ticket=ticket, to="finance", by=sergey)
    assert "нужен мастер" not in html.unescape(hers.get("/tickets/mentions/").content.decode())


def test_a_reply_that_has_not_left_is_taken_back_and_is_a_draft_again(
    at_noon: time_machine.Traveller, sergey: User, vera: User, signed_in: Browser
) -> None:
    house = home()
    ticket, browser = opened(sergey, house), signed_in(sergey)
    writes("Где мастер?", phone=house.phone(0))
    ticket = Ticket.objects.latest("pk")
    waiting = ticket.awaits_reply_since
    path = f"/tickets/{ticket.number}/"
    browser.post(f"{path}reply/", {"text": "Уже едет", "seen": str(ticket.last_message_id)})
    ticket.refresh_from_db()
    sent = ticket.last_message_id
    assert refused(signed_in(vera), f"{path}take-back/", {"message": sent})  # not hers
    browser.post(f"{path}take-back/", {"message": sent})
    ticket.refresh_from_db()
    assert (ticket.awaits_reply_since, ticket.first_response_at) == (waiting, None)
    draft = Draft.objects.get(user=sergey)
    assert draft.text == "Уже едет"
    assert browser.post(f"{path}take-back/", {"message": sent}).status_code == 404
    shown = page(browser, ticket)
    assert shown.count("Уже едет") == 1  # in the field, not in the conversation
    browser.post(f"{path}reply/", {"text": "Уже едет к вам", "seen": str(draft.seen)})
    assert Message.objects.filter(text="Уже едет к вам").exists()


def test_who_may_not_see_the_ticket_says_and_hears_nothing_there(
    sergey: User, anna: User, maxim: User, signed_in: Browser
) -> None:
    ticket = opened(sergey, home())
    deeds = ("reply", "comment", "draft", "take-back", "retry", "files", "files/remove", "presence", "leave")
    for user, verdict in ((anna, 404), (maxim, 403)):
        browser = signed_in(user)
        for deed in deeds:
            reply = browser.post(f"/tickets/{ticket.number}/{deed}/", {"text": "Я", "seen": "0", "message": "1"})
            assert reply.status_code == verdict, (user, deed)
        for shown in ("texts", "people", "presence", "files/1"):
            assert browser.get(f"/tickets/{ticket.number}/{shown}/").status_code == verdict, (user, shown)
    assert not Message.objects.exists() and not Draft.objects.exists()


def test_who_may_see_is_exactly_for_whom_it_is_visible(
    olga: User,
    larisa: User,
    sergey: User,
    anna: User,
    dmitry: User,
    maxim: User,
    vera: User,
    person: Callable[..., User],
) -> None:
    from tickets.queries import who_may_see

    person("boris", Role.SUPPORT, is_active=False)
    house = home()
    for desk in ("first_line", "support", "finance", "dispatch"):
        for opener in (olga, anna, sergey):
            ticket = opened(opener, house, desk=desk)
            visible = {
                one
                for one in User.objects.filter(is_active=True)
                if Ticket.objects.visible_to(one).filter(pk=ticket.pk).exists()
            }
            assert set(who_may_see(ticket)) == visible, (desk, opener)


def test_texts_too_long_empty_or_odd_are_refused_by_name(sergey: User, signed_in: Browser) -> None:
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    path = f"/tickets/{ticket.number}/"
    for deed in ("reply/", "comment/"):
        assert refused(browser, path + deed, {"text": "  ", "seen": "0"})
        assert refused(browser, path + deed, {"text": "я" * 10_001, "seen": "0"})
    for seen in ("", "x", "-1", "9" * 40, "²"):
        assert browser.post(f"{path}draft/", {"kind": "reply", "text": "т", "seen": seen}).status_code == 200
    assert refused(browser, f"{path}draft/", {"kind": "poem", "text": "т"})
    assert refused(browser, f"{path}draft/", {"kind": "note", "text": "я" * 10_001})
    assert browser.post(f"{path}take-back/", {"message": "x"}).status_code == 404
    assert not Message.objects.exists()


def test_the_page_costs_the_same_with_few_words_and_with_many(
    at_noon: time_machine.Traveller, sergey: User, vera: User, signed_in: Browser
) -> None:
    from tests.architecture.test_query_counts import cost

    house = home()
    ticket, browser = opened(sergey, house), signed_in(sergey)

    def talk(times: int) -> None:
        for n in range(times):
            at_noon.shift(timedelta(minutes=1))
            writes(f"Вопрос {n}", phone=house.phone(0))
            actions.reply(ticket=Ticket.objects.get(pk=ticket.pk), text=f"Ответ {n}", by=vera)
            actions.note(ticket=ticket, text=f"@Сергей Титов заметка {n}", by=vera)
            actions.edit(ticket=ticket, by=sergey, priority=1 + n % 3)

    actions.reply(ticket=ticket, text="Здравствуйте", by=sergey)
    talk(3)
    few, _ = cost(browser, f"/tickets/{ticket.number}/")
    talk(14)
    many, shown = cost(browser, f"/tickets/{ticket.number}/")
    assert "Вопрос 13" in shown
    assert len(many) == len(few), "\n".join(many)
    assert len(many) <= 15, "\n".join(many)
