"""A thousand pages as the outsourcer's people see them: no telephone, no sum, no document is on any of them."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import cycle, islice

import pytest
import time_machine
from django.test import Client

from common import clock
from common.history import System
from contacts import actions as contacts
from contacts.models import Contact, Topic
from customers.models import Contract, Phone, Subscriber
from dispatch import actions as dispatch
from dispatch.models import ConnectionRequest
from firstline import actions as firstline
from guidance import actions as guidance
from guidance.models import Script
from incidents import actions as incidents
from incidents.actions import lifecycle
from incidents.models import Incident
from knowledge import actions as knowledge
from network import actions as network
from staff.actions import issue_api_key
from staff.models import Desk, User
from tests.architecture.test_access import ENDPOINTS, ORDINARY, PATHS, filled, urls
from tests.factories.line import pbx
from tests.factories.town import House, house
from tests.knowledge.shelf import article
from tests.tickets.talk import writes
from tickets import actions as tickets
from tickets.models import Ticket

LEAST = 1000
SUM, PASSPORT, OTHERS_PHONE = "7 654,32", "4012 345678", "8 (911) 765-43-21"
SECRET = f"Долг {SUM} ₽, паспорт {PASSPORT}, перезвонить на {OTHERS_PHONE}"
# Ten digits in a row, with whatever people put between them. On purpose not the product's own idea of a telephone.
_DIGITS = re.compile(r"(?=((?:\d[\s()\u00a0-]{0,3}){10}))\d")


def numbers(page: str) -> set[str]:
    return {re.sub(r"\D", "", found) for found in _DIGITS.findall(page)}


class Town:
    """Twenty-five callers about whom everybody has written down too much."""

    def __init__(self, olga: User, sergey: User, vera: User) -> None:
        home, line = house(flats=25), pbx()
        # Numbers in the usual shape: the factory's are short of a digit.
        for n, someone in enumerate(home.subscribers):
            Phone.objects.filter(subscriber=someone).update(number=f"+7921{555_0000 + n:07d}")
            Contract.objects.create(subscriber=someone, number=f"ДГ-2019/{77_000 + n}", signed_on=date(2019, 5, 1))
        self.contacts, self.tickets = [], []
        for n, someone in enumerate(home.subscribers):
            phone = someone.phones.get().number
            line.answer(line.ring(phone), phone, user=olga.extension)
            contact = Contact.objects.latest("pk")
            firstline.verify(contact=contact, said=someone.account, by=olga)
            desk = (Desk.SUPPORT, Desk.FINANCE, Desk.DISPATCH)[n % 3]
            said = {"subject": f"Вопрос {n}", "note": "Просит помочь", "topic": Topic.objects.get(code="other")}
            ticket = firstline.pass_on(contact=contact, desk=desk, by=olga, **said)
            tickets.note(ticket=ticket, text=SECRET, by=vera)
            writes(f"Мой другой номер {OTHERS_PHONE}, {SUM} руб.", phone=phone)
            tickets.reply(ticket=ticket, text=SECRET, by=vera)
            mine = tickets.open_ticket(
                desk=Desk.FIRST_LINE, subject=f"Уточнить {n}", channel="phone", subscriber=someone, by=olga, text=SECRET
            )
            firstline.ask_call_back(contact=contact, by=olga, note=SECRET)
            self.contacts.append(contact.pk)
            self.tickets += [ticket.number, mine.number]
        for pk in self.contacts[::2]:  # support has had the caller too, and has written down what it heard
            contacts.close(contact=Contact.objects.get(pk=pk), outcome="solved", note=SECRET, by=sergey)
        tickets.edit(ticket=Ticket.objects.get(number=self.tickets[1]), subject=f"Долг {SUM} ₽", by=vera)
        self.incident = self.told_of(home, sergey)
        self.asked(home, Contact.objects.get(pk=self.contacts[1]), sergey)
        self.walked(Contact.objects.get(pk=self.contacts[0]), sergey)
        ours = article("Как списать долг", f"Долг {SUM} ₽ списывает начальник.", audience="staff")
        knowledge.use(contact=Contact.objects.get(pk=self.contacts[2]), article=ours, by=sergey)
        self.phones = {one.number[-10:] for one in Phone.objects.all()} | {re.sub(r"\D", "", OTHERS_PHONE)[1:]}
        self.contracts = [one.number for one in Contract.objects.all()]

    def told_of(self, home: House, sergey: User) -> Incident:
        """An open incident of the house, in words that somebody typed."""
        scope = {"scope_kind": "building", "building_id": home.building.pk}
        found = lifecycle.suspect(scope=scope, seen={"reporters": 5}, started_at=clock.now(), by=System.DETECTOR)
        incidents.confirm(incident=found, by=sergey)
        return incidents.edit(incident=found, public_text=f"Кабель перебит. {SECRET}", by=sergey)

    def asked(self, home: House, contact: Contact, sergey: User) -> None:
        """A connection request that an engineer refused, and a house about which one wrote too much."""
        said = f"Ключ у старшей: {SECRET}"
        amber = network.set_connection(building=home.building, state="amber", reason=said, by=sergey)
        made = dispatch.ask_connection(contact=contact, building=amber, flat="99", wants="internet", by=sergey)
        assert isinstance(made, ConnectionRequest)
        dispatch.answer_check(request=made, is_possible=False, reason=f"Хозяин против: {SECRET}", by=sergey)

    def walked(self, contact: Contact, sergey: User) -> None:
        """A script whose answer was typed."""
        further = [{"key": "ok", "title": "Дальше", "to": "end"}]
        question = {"ask": "Какой код на экране?", "input": "text", "answers": further}
        tree = {"start": "code", "nodes": {"code": question, "end": {"leaf": "solved", "say": "Спасибо."}}}
        script = guidance.save_script(by=System.SETUP, key="codes", title_ru="Коды", title_en="Codes", topics=[])
        guidance.load_draft(script=script, raw=tree, by=System.SETUP)
        guidance.publish(script=script, by=System.SETUP)
        walk = guidance.begin(script=Script.objects.get(pk=script.pk), contact=contact, by=sergey)
        guidance.answer(walk=walk, node="code", key="ok", words=SECRET, by=sergey)

    def of(self, argument: str) -> list[str]:
        """Real values of an address's argument."""
        known = {
            "contact_id": [str(pk) for pk in self.contacts],
            "number": self.tickets,
            "account": [one.account for one in Subscriber.objects.all()],
            "subscriber_id": [str(one.pk) for one in Subscriber.objects.all()],
        }
        return known.get(argument, [PATHS[argument]])

    def leaks(self, page: str) -> set[str]:
        found = numbers(page) & self.phones
        found |= {secret for secret in (SUM, PASSPORT, PASSPORT.replace(" ", ""), *self.contracts) if secret in page}
        return found


def addresses(town: Town, allowed: set[str]) -> Iterator[str]:
    """Every address that may be read, with one real argument after another, round and round."""
    routes = [
        route
        for conf, route, _view in urls()
        if conf == "contactcenter.urls"
        and filled(route) in allowed
        and not route.startswith(("i18n", "login", "logout"))
    ]
    fixed = [filled(route) for route in routes if "<" not in route and "(?P" not in route]
    ways = []
    for route in routes:
        names = re.findall(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>", route)
        if names:
            name = names[-1][0] or names[-1][1]
            ways.append(cycle([_with(route, name, value) for value in town.of(name)]))
    yield from fixed
    while True:
        for way in ways:
            yield next(way)


def _with(route: str, name: str, value: str) -> str:
    was = PATHS[name]
    PATHS[name] = value
    try:
        return filled(route)
    finally:
        PATHS[name] = was


@pytest.mark.django_db
def test_a_thousand_pages_hold_no_number_that_is_not_the_outsourcers_business(
    at_noon: time_machine.Traveller,
    olga: User,
    larisa: User,
    sergey: User,
    vera: User,
    signed_in: Callable[[User], Client],
) -> None:
    town = Town(olga, sergey, vera)
    key = issue_api_key(user=olga, name="outsourcer")
    readers = [
        (signed_in(olga), {path for path, _code in ORDINARY}, {}),
        (signed_in(larisa), {path for path, _code in ORDINARY}, {}),
        (Client(), {path for method, path, _ in ENDPOINTS if method == "GET"}, {"Authorization": f"Token {key}"}),
    ]
    seen, leaked = 0, {}
    for reader, allowed, headers in readers:
        for path in islice(addresses(town, allowed), 1_500):
            reply = reader.get(path, headers=headers)
            if reply.status_code != 200 or reply.streaming:
                continue
            seen += 1
            if found := town.leaks(reply.content.decode(errors="replace")):
                leaked[path] = found
    assert not leaked
    assert seen >= LEAST
    # The same pages do hold them for our own people: what is looked for can be found.
    own = signed_in(sergey)
    support = Ticket.objects.filter(desk=Desk.SUPPORT, number__in=town.tickets)[0]
    assert {SUM, PASSPORT} <= town.leaks(own.get(support.get_absolute_url()).content.decode())
