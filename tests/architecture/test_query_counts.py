"""Every list costs the same with 3 rows as with 30: a query per row is found here, not on a busy evening."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing import actions as billing
from common import clock
from common.history import System
from contacts import actions as contacts
from contacts.models import Contact
from customers import actions as customers
from customers.models import Phone
from dispatch import actions as dispatch
from dispatch.models import Master, Shift
from firstline import actions as firstline
from guidance import actions as guidance
from incidents import actions as incidents
from incidents.actions.lifecycle import suspect
from knowledge import actions as knowledge
from messaging import actions as messaging
from network import actions as network
from staff.actions import issue_api_key, notify, set_presence
from staff.models import Desk, Role, User
from tests.architecture.test_access import ENDPOINTS, ORDINARY
from tests.conftest import NOW
from tests.database import become
from tests.factories.line import pbx
from tests.factories.town import house
from tickets import actions as tickets

FEW, MANY = 3, 30
MOST_OF_A_POP = 90  # statements of the call screen and of all that it loads after it
# A page that shows rows, who looks at it, and a word of a row: proof that the rows are there.
PAGES = {
    "/tickets/": (Role.SUPPORT, "Нет сигнала"),
    "/tickets/?view=mine": (Role.SUPPORT, "Нет сигнала"),
    "/tickets/?view=resolved": (Role.SUPPORT, "Уже решено"),
    "/tickets/?q=сигнала": (Role.SUPPORT, "<mark>сигнал"),
    "/tickets/home/": (Role.SUPPORT, "Нет сигнала"),
    "/find/?q=сигнала": (Role.SUPPORT, "Нет сигнала"),
    "/settings/exports/": (Role.SUPERVISOR, "XLSX"),
    "/tickets/mentions/": (Role.SUPPORT, "Позвал"),
    "/settings/rules/": (Role.SUPERVISOR, "Правило города"),
    "/settings/rules/log/": (Role.SUPERVISOR, "tag green"),
    "/settings/texts/": (Role.SUPERVISOR, "Заготовка"),
    "/settings/fields/": (Role.SUPERVISOR, "Модель роутера"),
    "/settings/topics/": (Role.SUPERVISOR, "Раздел города"),
    "/settings/scripts/": (Role.SUPERVISOR, "Скрипт города"),
    "/settings/scripts/phrases/": (Role.SUPERVISOR, "Слова покоя"),
    "/settings/checklists/": (Role.SUPERVISOR, "Порядок работ"),
    "/settings/templates/": (Role.SUPERVISOR, "Частая заявка"),
    "/calls/": (Role.OPERATOR, 'href="/calls/'),
    "/calls/people/": (Role.SUPERVISOR, "Фамилия"),
    "/calls/people/contacts/": (Role.SUPERVISOR, 'class="nowrap"'),
    "/calls/unfinished/": (Role.SUPERVISOR, 'href="/calls/'),
    "/calls/call-backs/": (Role.OPERATOR, "Оранжерейная"),
    "/incidents/": (Role.SUPPORT, "Оранжерейная"),
    "/incidents/works/": (Role.SUPPORT, "Замена"),
    "/visits/": (Role.DISPATCHER, "Оранжерейная"),
    "/visits/shifts/": (Role.DISPATCHER, "Мастер"),
    "/visits/connections/": (Role.DISPATCHER, "Оранжерейная"),
    "/visits/connections/demand/": (Role.DISPATCHER, "Далёкая"),
    "/visits/connections/houses/": (Role.DISPATCHER, "Проверить подвал"),
    "/visits/today/": (Role.MASTER, "Оранжерейная"),
    "/notices/": (Role.DISPATCHER, "взгляните"),
    "/overview/": (Role.SUPERVISOR, "Оранжерейная"),
    "/knowledge/": (Role.OPERATOR, 'class="hit"'),
    "/knowledge/?q=терминал&near=Оранжерейная 1": (Role.OPERATOR, 'class="hit"'),
    "/settings/knowledge/": (Role.SUPERVISOR, "Статья номер"),
    "/settings/knowledge/places/": (Role.SUPERVISOR, "Терминал номер"),
    "/settings/knowledge/missing/": (Role.SUPERVISOR, "вопрос номер"),
    "/settings/knowledge/synonyms/": (Role.SUPERVISOR, "кабель провод"),
    "/settings/webhooks/": (Role.SUPERVISOR, "Учёт склада"),
    "/messages/demo/": (Role.SUPERVISOR, "<b>client-"),
    "/settings/personal-data/": (Role.SUPERVISOR, 'href="/settings/personal-data/of/'),
    "/settings/personal-data/readings/": (Role.SUPERVISOR, "Абонент подтверждён"),
    "/settings/personal-data/?q=Иванова": (Role.SUPERVISOR, "Оранжерейная"),
}
LISTS = sorted(path for method, path, _ in ENDPOINTS if method == "GET" and re.fullmatch(r"/api/v1/\w+/", path))
# The last ones hold what a supervisor writes: a dozen rows.
NOT_LISTS = {"/api/v1/schema/", "/api/v1/docs/", "/api/v1/promises/", "/api/v1/calendars/"}
NOT_LISTS |= {"/api/v1/tickets-csv/", "/api/v1/tickets-xlsx/"}
# Settings, and addresses that other pages' forms post to.
NOT_A_LIST = {
    "/settings/webhooks/new/",
    "/messages/demo/write/",
    "/messages/demo/mood/",
    "/settings/",
    "/calls/by-hand/",
    "/tickets/bulk/",
    "/tickets/new/",
    "/tickets/new/fill/",
    "/tickets/look-up/houses/",
    "/tickets/views/",
    "/tickets/export/csv/",
    "/tickets/export/xlsx/",
    "/settings/desks/",
    "/settings/desks/support/",
    "/settings/promises/",
    "/settings/promises/new/",
    "/settings/rules/new/",
    "/settings/topics/groups/new/",
    "/settings/scripts/new/",
    "/settings/promises/steps/",
    "/settings/calendars/",
    "/knowledge/missing/",
    "/knowledge/nothing/",
    "/settings/knowledge/new/",
    "/settings/knowledge/preview/",
    "/settings/knowledge/files/",
    "/settings/knowledge/files/export/",
    "/overview/detector/",
    "/incidents/works/announce/",
    "/calls/bar/",
    "/visits/shifts/set/",
}


def worker(username: str, role: str, first: str = "", last: str = "") -> User:
    """Without a password, which takes longer to hash than all the rest."""
    return User.objects.create(username=username, role=role, first_name=first, last_name=last)


class Town:
    """Rows of every kind, made by the actions that make them in life."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.line = pbx()
        self.viewers = {role: worker(f"viewer-{role}", role) for role in Role}
        self.busy_master = self._master(self.viewers[Role.MASTER])
        incidents.learn_rates()

    @staticmethod
    def _master(user: User) -> Master:
        master = Master.objects.create(user=user, skills=["copper", "switch"])
        hours = DateTimeTZRange(NOW - timedelta(hours=3), NOW + timedelta(days=3))
        Shift.objects.create(master=master, hours=hours)
        return master

    def grow(self, rows: int) -> None:
        for _ in range(rows):
            self._one(next(self.numbers))

    def _one(self, n: int) -> None:
        support, supervisor = self.viewers[Role.SUPPORT], self.viewers[Role.SUPERVISOR]
        home = house(str(n), flats=2)
        someone = home.subscribers[0]
        self.line.ring(home.phone(0))  # waits in the queue
        contact = Contact.objects.latest("pk")
        self.line.hang_up(self.line.ring(home.phone(1)), home.phone(1))  # and nobody has said how it ended
        colleague = worker(f"colleague-{n}", Role.OPERATOR, "Имя", f"Фамилия{n}")
        set_presence(user=colleague, state="ready", by=colleague)
        contacts.assign(contact=Contact.objects.latest("pk"), user=colleague)
        facts = dict(channel="phone", by=support, subscriber=someone, contact=contact)
        ticket = tickets.open_ticket(desk=Desk.SUPPORT, subject="Нет сигнала", text="Мигает", **facts)
        tickets.take(ticket=ticket, by=support)
        tickets.save_board(name=f"Вид {n}", query="state=open", by=supervisor)
        tickets.note_export(kind="xlsx", query="", rows=n, by=support)
        firstline.ask_call_back(contact=contact, by=support)
        customers.read_card(subscriber=someone, by=support, why="verified", contact_id=contact.pk)
        messaging.receive(channel="vk", address=f"client-{n}", text="Добрый день", key=f"vk:{n}")
        told = dict(url="https://8.8.8.8/", facts=["visits.skills_set"])  # numbers ask no name server
        messaging.create_webhook(title=f"Учёт склада {n}", by=supervisor, **told)
        notify(user=self.viewers[Role.DISPATCHER], text="взгляните", by=support)
        tickets.note(ticket=ticket, text=f"@{support.title} Позвал", by=supervisor)
        words = {"title_ru": "Заготовка", "title_en": "Text", "text_ru": "Текст"}
        tickets.save_text(by=supervisor, shortcut=f"т{n}", **words)
        spec = {"all": [], "any": [], "do": [{"do": "priority", "value": "2", "text": ""}]}
        ours = tickets.save_rule(rule=None, by=supervisor, title="Правило города", trigger="edited", spec=spec)
        tickets.switch_rule(rule=ours, on=True, by=supervisor)
        tickets.edit(ticket=ticket, subject=f"Нет сигнала {n}", by=support)
        tickets.run_rules()
        tickets.switch_rule(rule=ours, on=False, by=supervisor)
        guidance.save_script(by=supervisor, key=f"s{n}", title_ru=f"Скрипт города {n}", title_en="Script")
        guidance.save_phrase(by=supervisor, text_ru=f"Слова покоя {n}", text_en="Calm")
        contacts.save_group(by=supervisor, code=f"group{n}", title_ru="Раздел города", title_en="Group")
        names = {"label_ru": "Модель роутера", "label_en": "Router"}
        tickets.save_field(by=supervisor, key=f"router{n}", desk=Desk.DISPATCH, **names)
        steps = tickets.save_checklist(by=supervisor, title=f"Порядок работ {n}", lines="Шаг", by_itself=False)
        often = {"title": f"Частая заявка {n}", "desk": Desk.SUPPORT, "subject": "Перенос"}
        tickets.save_template(by=supervisor, checklist=steps, **often)
        done = tickets.open_ticket(desk=Desk.SUPPORT, subject="Уже решено", **facts)
        tickets.resolve(ticket=done, text="Готово", by=support)
        told = knowledge.save_article(by=supervisor, title=f"Статья номер {n}", spoken="Терминал", state="published")
        knowledge.use(article=told, by=support)
        there = knowledge.save_place(
            by=supervisor, title=f"Терминал номер {n}", hours="круглосуточно", building=home.building
        )
        knowledge.check_place(place=there, by=worker(f"checker-{n}", Role.SUPERVISOR))
        asked = knowledge.report_missing(text=f"Вопрос номер {n}", by=support)
        if n % 2:
            knowledge.answer_missing(missing=asked, article=told, by=supervisor)
        knowledge.save_synonyms(phrases=f"кабель провод {n}, шнур {n}", by=supervisor)
        # Half an hour each, so that thirty of them fit into one master's days.
        dispatch.book(
            ticket=ticket,
            start=NOW + timedelta(minutes=30 * n),
            length=timedelta(minutes=30),
            master=self.busy_master,
            by=supervisor,
        )
        dispatch.ask_connection(building=home.building, flat="2", by=supervisor)
        dispatch.ask_connection(address=f"Далёкая {n}", by=supervisor)
        network.set_connection(building=home.building, state="amber", reason="Проверить подвал", by=support)
        self._master(worker(f"master-{n}", Role.MASTER, "Имя", f"Мастер{n}"))
        customers.ask_erasure(subscriber=home.subscribers[1], basis="consent", reason="Заявление", by=supervisor)
        scope = {"scope_kind": "building", "building_id": home.building.pk}
        incident = suspect(scope=scope, seen={"reporters": 3}, started_at=clock.now(), by=System.DETECTOR)
        incidents.confirm(incident=incident, by=support)  # and a master is sent
        ends = NOW + timedelta(hours=2)
        incidents.announce_works(buildings=[home.building], starts_at=NOW, ends_at=ends, text=f"Замена {n}", by=support)


@pytest.fixture
def town(at_noon: time_machine.Traveller) -> Town:
    return Town()


def cost(client: Client, path: str) -> tuple[list[str], str]:
    """The statements of one request, and what it answered."""
    client.get(path)  # the first request of a session costs its own
    with CaptureQueriesContext(
        connection,
    ) as queries:
        reply = client.get(path)
    assert reply.status_code == 200, f"{path}: {reply.status_code}"
    return [query["sql"] for query in queries.captured_queries], reply.content.decode()


def grown(few: list[str], many: list[str]) -> str:
    """Which statements became more: what a failure should say."""
    shapes: dict[str, int] = {}
    for sign, statements in ((-1, few), (1, many)):
        for sql in statements:
            shape = sql[:160]
            shapes[shape] = shapes.get(shape, 0) + sign
    return f"{len(few)} -> {len(many)}: " + "; ".join(f"+{n} {shape}" for shape, n in shapes.items() if n > 0)


def test_every_page_without_an_argument_is_measured_here_or_known_not_to_be_a_list() -> None:
    without_argument = {path for path, _ in ORDINARY if not re.search(r"\d|accept", path)}
    assert without_argument - {path.split("?")[0] for path in PAGES} == NOT_A_LIST


@pytest.mark.django_db
def test_a_page_costs_the_same_with_few_rows_and_with_many(town: Town) -> None:
    clients = {role: Client() for role in Role}
    for role, client in clients.items():
        client.force_login(town.viewers[role])
    town.grow(FEW)
    few = {path: cost(clients[role], path) for path, (role, _) in PAGES.items()}
    town.grow(MANY - FEW)
    worse = {}
    for path, (role, word) in PAGES.items():
        many, page = cost(clients[role], path)
        shown = page.count(word), few[path][1].count(word)
        assert shown[0] > shown[1] > 0, f"{path} shows {shown[1]}, then {shown[0]} times {word}"
        if len(many) != len(few[path][0]):
            worse[path] = grown(few[path][0], many)
    assert not worse, "\n".join(f"{path} {how}" for path, how in worse.items())


@pytest.mark.django_db
def test_a_list_of_the_interface_costs_the_same_with_few_rows_and_with_many(town: Town) -> None:
    paths = [f"{path}?page_size=200" for path in LISTS if path not in NOT_LISTS]
    assert len(paths) >= 8
    key = issue_api_key(user=town.viewers[Role.SUPERVISOR], name="test")
    client = Client(headers={"Authorization": f"Token {key}"})
    town.grow(FEW)
    few = {path: cost(client, path) for path in paths}
    town.grow(MANY - FEW)
    worse = {}
    for path in paths:
        many, body = cost(client, path)
        assert body.count('"id"') + body.count('"number"') > few[path][1].count('"id"') + few[path][1].count('"number"')
        if len(many) != len(few[path][0]):
            worse[path] = grown(few[path][0], many)
    assert not worse, "\n".join(f"{path} {how}" for path, how in worse.items())


@pytest.fixture
def as_finance(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = "contactcenter.urls_finance"
    become("finance")
    yield
    become("app")


@pytest.mark.django_db(transaction=True)
def test_the_finance_desks_pages_too(as_finance: None, person: Callable[..., User]) -> None:
    anna = person("anna", Role.ACCOUNTANT)
    client = Client()
    client.force_login(anna)
    someone = house("1", flats=FEW).subscribers[0]
    search, account = "/accounts/?q=Иванова", f"/accounts/{someone.account}/"

    def suspended(times: int) -> None:
        for n in range(times):
            billing.suspend(subscriber=someone, reason=f"Долг {n}", by=anna)
            billing.resume(subscriber=someone, by=anna)

    suspended(FEW)
    few = [len(cost(client, path)[0]) for path in (search, account)]
    house("2", flats=MANY)
    suspended(MANY - FEW)
    assert [len(cost(client, path)[0]) for path in (search, account)] == few


class Caller:
    """Somebody who calls often: every list of his card has rows; and a number that many people share."""

    SHARED = "+79215550101"

    def __init__(self, town: Town) -> None:
        self.town, self.rows = town, count(1)
        self.home, self.others = house("900", flats=2), house("901", flats=MANY)
        self.someone, self.number = self.home.subscribers[0], self.home.phone(0)
        scope = {"scope_kind": "building", "building_id": self.home.building.pk}
        made = suspect(scope=scope, seen={"reporters": 3}, started_at=NOW, by=System.DETECTOR)
        incidents.confirm(incident=made, by=town.viewers[Role.SUPPORT])

    def rings(self, number: str) -> Contact:
        self.town.line.ring(number)
        return Contact.objects.latest("pk")

    def grow(self, rows: int) -> None:
        for n in [next(self.rows) for _ in range(rows)]:
            support, operator = self.town.viewers[Role.SUPPORT], self.town.viewers[Role.OPERATOR]
            facts: dict[str, Any] = {"channel": "phone", "subscriber": self.someone, "subject": f"Вопрос {n}"}
            ticket = tickets.open_ticket(desk=Desk.SUPPORT, by=support, **facts)
            tickets.open_ticket(desk=Desk.DISPATCH, by=operator, **facts)
            start, length = NOW + timedelta(minutes=30 * n), timedelta(minutes=30)
            dispatch.book(ticket=ticket, start=start, length=length, master=self.town.busy_master, by=support)
            firstline.ask_call_back(contact=self.rings(self.number), phone=f"+79215560{n:03d}", by=operator)
            told = knowledge.save_article(by=support, title=f"Статья {n}", spoken="Терминал", state="published")
            knowledge.use(article=told, by=operator)
            Phone.objects.create(subscriber=self.others.subscribers[n - 1], number=self.SHARED)


@pytest.mark.django_db
def test_a_whole_pop_with_its_panels_costs_the_same_with_few_rows_and_with_many(town: Town) -> None:
    caller, client = Caller(town), Client()
    client.force_login(town.viewers[Role.OPERATOR])

    def pop(number: str) -> tuple[dict[str, list[str]], str]:
        """The statements of the screen and of each panel that it loads, and all that they show."""
        contact = caller.rings(number)
        statements, page = cost(client, f"/calls/{contact.pk}/")
        spent, shown = {"the screen": statements}, page
        panels = re.findall(r'hx-get="([^"]+)" hx-trigger="load"', page)
        assert len(panels) >= 3, "articles, scripts, a connection; visits of who is known"
        for path in panels:
            statements, panel = cost(client, path)
            spent[re.sub(r"\d+", "N", path)] = statements
            shown += panel
        return spent, shown

    numbers = (caller.number, caller.SHARED)
    caller.grow(FEW)
    few = [pop(number) for number in numbers]
    caller.grow(MANY - FEW)
    for (before, less), (after, more) in zip(few, [pop(number) for number in numbers], strict=True):
        assert len(more) > len(less)
        worse = {path: grown(before[path], after[path]) for path in before if len(after[path]) != len(before[path])}
        assert not worse, "\n".join(f"{path} {how}" for path, how in worse.items())
        assert sum(map(len, after.values())) <= MOST_OF_A_POP
