"""What others wrote reaches the outsourcer's people without its numbers; what they send back does not destroy it."""

import re
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from contacts import actions as contacts
from contacts.models import Contact, Topic
from customers.models import Subscriber
from dispatch import actions as dispatch
from guidance import actions as guidance
from guidance.models import Script
from knowledge import actions as knowledge
from network import actions as network
from staff.models import Desk, User
from tests.factories.line import pbx
from tests.factories.town import House, house
from tests.firstline.test_calls import shown, talks_to
from tests.knowledge.shelf import article
from tickets import actions as tickets

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
PHONE, SUM = "8 (911) 765-43-21", "7 654,32 ₽"
SECRET = f"Долг {SUM}, звонить {PHONE}"


@pytest.fixture
def home() -> House:
    return house()


@pytest.fixture
def contact(at_noon: time_machine.Traveller, olga: User, home: House) -> Contact:
    return talks_to(olga, pbx(), home.phone(0))


def note_field(page: str) -> str:
    found = re.search(r'<textarea id="note"[^>]*>([^<]*)</textarea>', page)
    assert found is not None
    return found[1]


def test_a_note_of_support_is_read_masked_and_grows_by_what_the_operator_adds(
    contact: Contact, olga: User, sergey: User, signed_in: Browser
) -> None:
    contacts.assign(contact=contact, user=olga)
    contacts.set_topic(contact=contact, topic=Topic.objects.get(code="no_internet"), by=sergey)
    contacts.close(contact=contact, outcome="solved", note=SECRET, by=sergey)
    browser = signed_in(olga)
    page = shown(browser, contact)
    assert SUM not in page and PHONE not in page
    assert "Долг ••• ₽" in page and note_field(page) == ""
    browser.post(f"/calls/{contact.pk}/close/", {"outcome": "answered", "note": "Перезвонит сам"})
    contact.refresh_from_db()
    assert contact.note == f"{SECRET}\nПерезвонит сам"
    assert SECRET in note_field(shown(signed_in(sergey), contact)), "our own people read and edit it whole"


def test_her_own_note_comes_back_to_be_corrected(contact: Contact, olga: User, signed_in: Browser) -> None:
    browser = signed_in(olga)
    first = {"topic": "payment_terminal", "outcome": "answered", "note": "Просила счёт"}
    browser.post(f"/calls/{contact.pk}/close/", first)
    assert note_field(shown(browser, contact)) == "Просила счёт"
    browser.post(f"/calls/{contact.pk}/close/", {"outcome": "answered", "note": "Просила справку"})
    contact.refresh_from_db()
    assert contact.note == "Просила справку"


def test_an_answer_for_our_own_people_is_not_shown_beside_her_call(
    contact: Contact, olga: User, sergey: User, signed_in: Browser
) -> None:
    ours = article("Как списать долг", "Начальник списывает сам.", audience="staff")
    used = knowledge.use(contact=contact, article=ours, by=sergey)
    path = f"/knowledge/contacts/{contact.pk}/"
    assert "Начальник списывает" in signed_in(sergey).get(path).content.decode()
    assert "Начальник списывает" not in signed_in(olga).get(path).content.decode()
    rated = signed_in(olga).post(f"{path}rate/", {"use": used.pk, "useful": "no"}, headers=HTMX)
    assert rated.status_code == 404


def test_what_was_typed_into_a_script_or_about_a_house_is_masked_on_pages_of_public_words(
    contact: Contact, home: House, olga: User, sergey: User, signed_in: Browser
) -> None:
    further = [{"key": "ok", "title": "Дальше", "to": "end"}]
    question = {"ask": "Какой код на экране?", "input": "text", "answers": further}
    tree = {"start": "code", "nodes": {"code": question, "end": {"leaf": "solved", "say": "Пополните на 100 ₽."}}}
    script = guidance.save_script(by=sergey, key="codes", title_ru="Коды", title_en="Codes")
    guidance.load_draft(script=script, raw=tree, by=sergey)
    guidance.publish(script=script, by=sergey)
    walk = guidance.begin(script=Script.objects.get(pk=script.pk), contact=contact, by=sergey)
    guidance.answer(walk=walk, node="code", key="ok", words=SECRET, by=sergey)
    amber = network.set_connection(building=home.building, state="amber", reason=f"Ключ: {SECRET}", by=sergey)
    browser = signed_in(olga)
    asked = browser.get(f"/scripts/contacts/{contact.pk}/").content.decode()
    assert "100 ₽" in asked, "a price is a public word"
    house_page = browser.get(f"/visits/connections/of-contact/{contact.pk}/?open=1").content.decode()
    made = dispatch.ask_connection(contact=contact, building=amber, flat="99", by=olga)
    dispatch.answer_check(request=made, is_possible=False, reason=f"Хозяин против: {SECRET}", by=sergey)
    refused = browser.get(f"/visits/connections/of-contact/{contact.pk}/").content.decode()
    for page, words in ((asked, "Долг"), (house_page, "Ключ"), (refused, "Хозяин против")):
        assert words in page
        assert SUM not in page and PHONE not in page


def test_a_masked_subject_that_comes_back_leaves_the_subject_whole(
    home: House, olga: User, vera: User, signed_in: Browser
) -> None:
    someone = home.subscribers[0]
    ticket = tickets.open_ticket(
        desk=Desk.FIRST_LINE, subject="Вопрос", channel="phone", subscriber=someone, by=olga, text="Просит помочь"
    )
    ticket = tickets.edit(ticket=ticket, subject=SECRET, by=vera)
    browser, path = signed_in(olga), f"/tickets/{ticket.number}/edit/"
    page = browser.get(path).content.decode()
    field = re.search(r'name="subject" value="([^"]*)"', page)
    assert field is not None and "•••" in field[1] and SUM not in page and PHONE not in page
    assert someone.account not in page
    said = {"subject": field[1], "priority": ticket.priority, "account": ""}
    assert browser.post(path, said).status_code == 302
    reply = browser.post(path, {**said, "subject": f"{field[1]}, срочно"})
    assert reply.status_code == 422 and "скрыты" in reply.content.decode()
    own = "Другой номер 8 (911) 222-33-44"
    assert f'value="{own}"' in browser.post(path, {**said, "subject": own, "account": "нет"}).content.decode()
    ticket.refresh_from_db()
    assert (ticket.subject, ticket.subscriber) == (SECRET, Subscriber.objects.get(pk=someone.pk))
