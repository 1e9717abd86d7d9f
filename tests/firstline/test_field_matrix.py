"""A thousand pages as the outsourcer's people see them: no telephone, no sum, no document is on any of them."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import cycle, islice

import pytest
import time_machine
from django.test import Client

from contacts.models import Contact, Topic
from customers.models import Contract, Phone, Subscriber
from firstline import actions as firstline
from incidents import actions as incidents
from staff.actions import issue_api_key
from staff.models import Desk, User
from tests.architecture.test_access import ENDPOINTS, ORDINARY, PATHS, filled, urls
from tests.factories.line import pbx
from tests.factories.town import house
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
        incident = incidents.declare(building=home.building, by=sergey) if hasattr(incidents, "declare") else None
        self.incident = incident
        self.phones = {one.number[-10:] for one in Phone.objects.all()} | {re.sub(r"\D", "", OTHERS_PHONE)[1:]}
        self.contracts = [one.number for one in Contract.objects.all()]

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
