"""The answer on the call screen: found beside a call, given, sent, judged, without leaving the call."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact
from knowledge import actions, queries
from knowledge.models import ArticleUse, MissingAnswer
from messaging import actions as messaging
from messaging.models import Message
from staff.models import User
from tests.factories.town import house
from tests.knowledge.shelf import PART, article, call, north, place, read
from tests.refusals import refused

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def panel(browser: Client, contact: Contact, **asked: str) -> str:
    return read(browser.get(f"/knowledge/contacts/{contact.pk}/", asked, headers=PART))


def titles(page: str) -> list[str]:
    """What is found, in order."""
    found = page[page.index('id="hits"') :]
    return re.findall(r'class="hit-head"><b>(.*?)</b>', found)


def give(browser: Client, contact: Contact, **what: int) -> str:
    reply = browser.post(f"/knowledge/contacts/{contact.pk}/use/", what, headers=PART)
    assert reply.headers["HX-Trigger"] == "contact-changed"
    return read(reply)


def test_before_anything_is_typed_the_nearest_places_and_the_usual_answers_stand_there(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home = house()
    place("Дальний терминал", address="Рынок", **north(2000, of=home.building))
    place("Ближний терминал", address="Двор", commission="2 %", **north(100, of=home.building))
    usual, rare = article("Перезагрузить роутер"), article("Абонентский ящик")
    actions.use(article=usual, by=olga)
    shown = panel(signed_in(olga), call(home))
    assert titles(shown) == ["Ближний терминал", "Дальний терминал", usual.title, rare.title]
    assert "130 м, 2 мин пешком" in shown and "комиссия: 2 %" in shown and "открыто круглосуточно" in shown
    assert "ещё не проверяли" in shown


def test_a_place_in_the_callers_own_house_is_no_walk(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home = house()
    place("Терминал в подъезде", at=home.building)
    shown = panel(signed_in(olga), call(home))
    assert "в этом же доме" in shown and "пешком" not in shown


def test_typing_asks_for_the_list_alone(at_noon: time_machine.Traveller, olga: User, signed_in: Browser) -> None:
    article("Сменить тариф", "Тариф меняется в личном кабинете.")
    article()
    shown = panel(signed_in(olga), call(), q="тариф", part="found")
    assert titles(shown) == ["Сменить тариф"]
    assert "Тариф меняется в личном кабинете." in shown
    assert "<html" not in shown and 'id="answers-q"' not in shown


def test_the_card_says_how_far_it_can_be_trusted(
    at_noon: time_machine.Traveller, olga: User, vera: User, signed_in: Browser
) -> None:
    there = place(hours="пн-пт 9-21")
    actions.check_place(place=there, by=vera)
    at_noon.shift(timedelta(days=5))
    shown = panel(signed_in(olga), call(), q="терминал")
    assert "проверено 5 дней назад, Вера Никитина" in shown
    at_noon.shift(timedelta(hours=9))
    assert "открыто до" not in panel(signed_in(olga), call(), q="терминал")


def test_a_caller_who_asks_for_another_place_is_measured_from_there(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home, work = house("21"), house("5", street="Малая")
    work.building.latitude = 59.80
    work.building.save()
    place("У дома", address="Двор", **north(100, of=home.building))
    place("У работы", address="Площадь", **north(100, of=work.building))
    contact = call(home)
    assert titles(panel(signed_in(olga), contact, q="терминал"))[0] == "У дома"
    shown = panel(signed_in(olga), contact, q="терминал", near="малая 5")
    assert titles(shown)[0] == "У работы" and work.building.title in shown
    lost = panel(signed_in(olga), contact, q="терминал", near="Невский 1")
    assert "Такого дома у нас нет" in lost and "пешком" not in lost


def test_what_is_given_stands_above_with_its_sentence_and_fills_the_wrap_up(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    told = article(body="**Важно**\n\n- раз\n- два", topics=["equipment"], outcome="solved")
    there = place()
    browser, contact = signed_in(olga), call(house())
    shown = give(browser, contact, article=told.pk)
    assert '<p class="say">Выключите роутер на минуту.</p>' in shown
    assert "<strong>Важно</strong>" in shown and "<li>два</li>" in shown
    hint = queries.suggestion(contact)
    assert hint and (hint.topic and hint.topic.code, hint.outcome) == ("equipment", "solved")
    at_noon.shift(timedelta(seconds=5))
    shown = give(browser, contact, place=there.pk)
    assert "Терминал у рынка: Рынок. Круглосуточно." in shown
    hint = queries.suggestion(contact)
    assert hint and (hint.topic and hint.topic.code, hint.outcome) == ("payment_terminal", "answered")
    assert "Терминал у рынка: Рынок" in panel(browser, contact)
    at_noon.shift(timedelta(seconds=5))
    give(browser, contact, article=told.pk)
    assert ArticleUse.objects.filter(contact=contact).count() == 2, "chosen again it is the same use"


def test_an_answer_that_did_not_help_fills_nothing(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    told, browser, contact = article(topics=["equipment"]), signed_in(olga), call()
    give(browser, contact, article=told.pk)
    use = ArticleUse.objects.get()
    path = f"/knowledge/contacts/{contact.pk}/rate/"
    reply = browser.post(path, {"use": use.pk, "useful": "no"}, headers=PART)
    assert "HX-Trigger" not in reply.headers, "she looks for another one: the caret stays"
    shown = read(reply)
    assert "Записано, спасибо" in shown and shown.count('aria-pressed="true"') == 1
    assert queries.suggestion(contact) is None
    browser.post(path, {"use": use.pk, "useful": "yes"}, headers=PART)
    assert queries.suggestion(contact) is not None
    assert ArticleUse.objects.get().is_useful is True


def test_it_goes_by_sms_once_and_the_text_was_shown_before(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home = house()
    there, browser, contact = place(how_to_find="у входа", commission="без комиссии"), signed_in(olga), call(home)
    shown = give(browser, contact, place=there.pk)
    text = "Терминал у рынка: Рынок. У входа. Круглосуточно. Без комиссии."
    assert f'<p class="pre">{text}</p>' in shown and "1 часть" in shown
    assert home.phone(0) not in shown and home.phone(0)[-10:] not in shown, "no number reaches the outsourcer"
    path, sent = f"/knowledge/contacts/{contact.pk}/send/", {"use": ArticleUse.objects.get().pk, "channel": "phone"}
    shown = read(browser.post(path, sent, headers=PART))
    message = Message.objects.get()
    assert (message.text, message.author, message.conversation.address) == (text, olga, home.phone(0))
    assert "Отправлено." in shown and "СМС: " in shown and 'value="phone"' not in shown
    assert "уже отправлено" in refused(browser, path, sent)
    assert Message.objects.count() == 1


def test_it_goes_to_vkontakte_where_exactly_one_is_known(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home, told, browser = house(), article(), signed_in(olga)
    contact = call(home)
    assert 'value="vk"' not in give(browser, contact, article=told.pk)
    messaging.conversation(channel="vk", address="77", subscriber=home.subscribers[0])
    assert 'value="vk"' in panel(browser, contact)
    path, sent = f"/knowledge/contacts/{contact.pk}/send/", {"use": ArticleUse.objects.get().pk, "channel": "vk"}
    assert "VK: " in read(browser.post(path, sent, headers=PART))
    assert Message.objects.get().conversation.address == "77"
    messaging.conversation(channel="vk", address="78", subscriber=home.subscribers[0])
    assert "Неизвестно, куда писать" in refused(browser, path, sent)


def test_a_hidden_number_gets_no_message(at_noon: time_machine.Traveller, olga: User, signed_in: Browser) -> None:
    told, browser, contact = article(), signed_in(olga), call(phone="")
    shown = give(browser, contact, article=told.pk)
    assert "скажите вслух" in shown and 'data-key="F9"' not in shown
    use = ArticleUse.objects.get().pk
    for channel in ("phone", "vk", "email", "", "нет"):
        assert refused(browser, f"/knowledge/contacts/{contact.pk}/send/", {"use": use, "channel": channel})
    assert not Message.objects.exists()


def test_what_is_for_our_own_people_is_neither_found_by_the_outsourcer_nor_sent(
    at_noon: time_machine.Traveller, olga: User, sergey: User, signed_in: Browser
) -> None:
    ours, contact = article("Долг у юристов", audience="staff"), call(house())
    outside, inside = signed_in(olga), signed_in(sergey)
    assert titles(panel(outside, contact, q="юристов")) == []
    assert outside.post(f"/knowledge/contacts/{contact.pk}/use/", {"article": ours.pk}).status_code == 404
    assert titles(panel(inside, contact, q="юристов")) == [ours.title]
    shown = give(inside, contact, article=ours.pk)
    assert "Только для своих" in shown and 'data-key="F9"' not in shown
    sent = {"use": ArticleUse.objects.get().pk, "channel": "phone"}
    assert "только для своих" in refused(inside, f"/knowledge/contacts/{contact.pk}/send/", sent)


def test_a_missing_answer_is_stored_as_it_was_typed_and_counted(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    browser, contact = signed_in(olga), call()
    path = f"/knowledge/contacts/{contact.pk}/missing/"
    for typed in ("Оплата биткоином?", "оплата  БИТКОИНОМ"):
        assert "супервайзер это увидит" in read(browser.post(path, {"q": typed}, headers=PART))
    row = MissingAnswer.objects.get()
    assert (row.phrase, row.asked) == ("оплата биткоином", 2)
    assert "Напечатайте" in refused(browser, path, {"q": " ? "})


def test_without_scripts_the_deeds_lead_back_to_the_call(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    contact = call()
    reply = signed_in(olga).post(f"/knowledge/contacts/{contact.pk}/use/", {"article": article().pk})
    assert (reply.status_code, reply["Location"]) == (302, f"/calls/{contact.pk}/")


def test_nothing_strange_is_given(at_noon: time_machine.Traveller, olga: User, signed_in: Browser) -> None:
    browser, contact, other = signed_in(olga), call(), call()
    retired, closed = article(state="retired"), place(is_active=False)
    path = f"/knowledge/contacts/{contact.pk}/use/"
    for what in ({}, {"article": retired.pk}, {"place": closed.pk}, {"article": "1e9"}, {"place": "9" * 30}):
        assert browser.post(path, what, headers=PART).status_code == 404
    give(browser, other, article=article("Другая").pk)
    use = ArticleUse.objects.get().pk
    assert browser.post(f"/knowledge/contacts/{contact.pk}/rate/", {"use": use, "useful": "no"}).status_code == 404
    assert browser.get("/knowledge/contacts/999999/").status_code == 404
    assert browser.get(f"/knowledge/contacts/{contact.pk}/?q=%00").status_code == 400
    assert panel(browser, contact, q="а" * 5000, near="б" * 5000)


def test_the_panel_costs_the_same_with_few_answers_and_with_many(
    at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    home = house()
    browser, contact = signed_in(olga), call(home)

    def costs(**asked: str) -> int:
        panel(browser, contact, **asked)
        with CaptureQueriesContext(connection) as spent:
            panel(browser, contact, **asked)
        return len(spent)

    for n in range(3):
        article(f"Оплата {n}"), place(f"Терминал {n}", at=house(str(100 + n), flats=1, street="Малая").building)
    give(browser, contact, place=place("Терминал последний", at=home.building).pk)
    few = [costs(), costs(q="оплатить"), costs(q="оплатить", part="found")]
    for n in range(3, 20):
        article(f"Оплата {n}"), place(f"Терминал {n}", at=house(str(100 + n), flats=1, street="Малая").building)
    assert [costs(), costs(q="оплатить"), costs(q="оплатить", part="found")] == few
    assert max(few) <= 14
