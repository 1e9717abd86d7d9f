"""A subscriber's personal data: given out whole, erased with an act, by people who may and nobody else."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from calls.models import Call, CallEvent
from common.grants import FINANCE_APPS
from contacts import actions as contacts
from contacts.models import Contact, Topic
from customers import actions
from customers.models import Erasure, ErasureAct, Phone, Subscriber
from customers.rows import CustomerRows, PhoneRow, SubscriberRow
from dispatch import actions as dispatch
from messaging import actions as messaging
from messaging import files
from messaging.models import Attachment
from staff.models import User
from tests.conftest import NOW
from tests.factories.line import pbx
from tests.factories.town import House, house
from tests.incidents.test_spike_to_visit import on_shift
from tickets import actions as tickets
from tickets.models import Draft, Ticket, TicketEvent, TicketFile, TicketText

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HOME = "/settings/personal-data/"
EMAIL = "ivanova@example.org"
SECRET = "Плачет ребёнок, код 4711"
ASK = {"basis": "consent", "reason": "Заявление от 04.03.2026"}


class Story:
    """Somebody who called, had a ticket and a visit, and is no customer any more; and his neighbour, who stays."""

    def __init__(self, sergey: User, maxim: User) -> None:
        self.home: House = house()
        self.one, self.neighbour = self.home.subscribers[:2]
        self.one.contracts.create(number="Д-1", signed_on="2020-01-01", closed_on="2026-01-01")
        self.line = pbx()
        master = on_shift(maxim)
        for n, someone in enumerate((self.one, self.neighbour)):
            number = self.home.phone(n)
            call = self.line.ring(number)
            self.line.hang_up(call, number, recordingUrl=f"https://pbx.example/{n}.wav")
            contact = Contact.objects.latest("pk")
            contacts.set_topic(contact=contact, topic=Topic.objects.get(code="other"), by=sergey)
            contacts.close(contact=contact, outcome="answered", note=SECRET, by=sergey)
            ticket = tickets.open_ticket(
                desk="support", subject=SECRET, channel="phone", by=sergey, subscriber=someone, text=SECRET
            )
            tickets.take(ticket=ticket, by=sergey)
            tickets.edit(ticket=ticket, by=sergey, subject=f"{SECRET}!", priority=1)
            visit = dispatch.book(
                ticket=ticket,
                start=NOW + timedelta(hours=1 + n),
                length=timedelta(minutes=30),
                master=master,
                by=sergey,
            )
            dispatch.cancel(visit=visit, why=SECRET, by=sergey)
            tickets.resolve(ticket=ticket, by=sergey, text=SECRET)
        self.one.active, self.one.email = False, EMAIL
        self.one.save()

    @property
    def path(self) -> str:
        return f"{HOME}of/{self.one.account}/"

    def everything(self) -> str:
        """Every value of every row that the database holds about anybody, as text."""
        from django.apps import apps

        unread = [one for one in apps.get_models() if not one._meta.managed or one._meta.app_label in FINANCE_APPS]
        rows = [list(model._default_manager.values_list()) for model in apps.get_models() if model not in unread]
        return str(rows)


@pytest.fixture
def story(at_noon: time_machine.Traveller, sergey: User, maxim: User) -> Story:
    return Story(sergey, maxim)


def test_the_export_holds_everything_and_names_what_it_leaves_out(story: Story, vera: User, signed_in: Browser) -> None:
    reply = signed_in(vera).post(f"{story.path}export/", {"format": "json"})
    data = json.loads(reply.content)
    sections = {section["name"]: section["rows"] for section in data["sections"]}
    assert sections["subscriber"][0]["name"] == "Иванова0 Анна Петровна"
    assert sections["subscriber"][0]["email"] == EMAIL
    assert sections["subscriber"][0]["address"] == "Оранжерейная ул., 21, 1"
    assert [row["number"] for row in sections["phones"]] == [story.home.phone(0)]
    assert [row["number"] for row in sections["contracts"]] == ["Д-1"]
    assert sections["contacts"][0]["note"] == SECRET
    assert (sections["calls"][0]["caller"], sections["calls"][0]["recorded"]) == (story.home.phone(0), True)
    assert sections["tickets"][0]["resolution"] == SECRET
    assert "Приоритет: P3 → P1" in str(sections["ticket_history"])
    assert sections["visits"][0]["state"] == "Отменён"
    assert "финансов" in str(data["not_included"])
    assert story.home.phone(1) not in reply.content.decode()
    event = story.one.history.get()
    assert (event.kind, event.by_user, event.via) == ("data_exported", vera, "page")
    assert event.data["sha256"] == hashlib.sha256(reply.content).hexdigest()


def test_the_export_is_a_page_to_read_and_an_archive_too(story: Story, vera: User, signed_in: Browser) -> None:
    client = signed_in(vera)
    page = client.post(f"{story.path}export/", {"format": "page"}).content.decode()
    assert SECRET in page
    assert "04.03.2026 12:00:00" in page
    packed = zipfile.ZipFile(io.BytesIO(client.post(f"{story.path}export/", {"format": "zip"}).content))
    assert json.loads(packed.read("data.json"))["account"] == story.one.account
    assert story.one.history.count() == 2


def test_nothing_is_erased_before_a_second_person_says_yes(
    story: Story, vera: User, person: Any, signed_in: Browser
) -> None:
    client = signed_in(vera)
    card = client.get(story.path)
    planned = {section.title: section for section in card.context["plan"].sections}
    assert (planned["Заявки"].records, planned["История заявок"].texts) == (1, 3)
    assert (planned["Звонки"].records, planned["Обращения"].records, planned["Телефоны"].records) == (1, 1, 1)
    assert client.post(f"{story.path}erase/", ASK).status_code == 302
    actions.carry_out_erasures()
    assert Ticket.objects.get(subscriber=story.one).subject == f"{SECRET}!"
    refused = client.post(f"{story.path}erase/confirm/", {"account": "1"})
    assert refused.status_code == 422
    assert "Это не тот лицевой счёт" in refused.content.decode()
    colleague = person("nina", "supervisor")
    assert signed_in(colleague).post(f"{story.path}erase/confirm/").status_code == 302
    assert Erasure.objects.get().confirmed_by == colleague
    assert actions.carry_out_erasures() == 1
    assert actions.carry_out_erasures() == 0


def erased(story: Story, vera: User, signed_in: Browser) -> ErasureAct:
    client = signed_in(vera)
    client.post(f"{story.path}erase/", ASK)
    client.post(f"{story.path}erase/confirm/", {"account": story.one.account})
    actions.carry_out_erasures()
    return ErasureAct.objects.get()


def test_after_erasing_nothing_of_the_person_is_left_and_the_neighbour_is_whole(
    story: Story, vera: User, signed_in: Browser
) -> None:
    number, name = story.home.phone(0), story.one.name
    others = [Ticket.objects.exclude(subscriber=story.one), TicketEvent.objects.exclude(thing__subscriber=story.one)]
    neighbours = [list(rows.values_list()) for rows in others]
    secrets = story.everything().count(SECRET)
    act = erased(story, vera, signed_in)
    left = story.everything()
    assert number not in left
    assert number.removeprefix("+7") not in left
    assert name not in left
    assert EMAIL not in left
    assert left.count(SECRET) == secrets / 2, "what is left is the neighbour's"
    assert [list(rows.values_list()) for rows in others] == neighbours
    story.one.refresh_from_db()
    assert (story.one.name, story.one.premise, story.one.active) == (f"Удалённый абонент № {story.one.pk}", None, False)
    assert story.one.erased_at == act.at
    assert not Phone.objects.filter(subscriber=story.one).exists()
    found_by = TicketText.objects.filter(ticket__subscriber=story.one).values_list("words", "ticket__number")
    assert all(words == f"'{number}':1" for words, number in found_by), "by its number alone"
    assert TicketText.objects.exclude(ticket__subscriber=story.one).exists()
    event = CallEvent.objects.order_by("pk").first()
    assert event is not None
    assert event.payload.keys() == {"event", "callId", "direction"}
    assert Call.objects.order_by("pk")[0].recording_url == ""


def test_words_that_hang_beside_a_ticket_are_erased_too(
    story: Story, sergey: User, vera: User, signed_in: Browser
) -> None:
    ticket = Ticket.objects.get(subscriber=story.one)
    other = tickets.open_ticket(desk="support", subject="Другая", channel="phone", by=sergey)
    tickets.add_time(ticket=ticket, minutes=5, note="Зовут Кузя, код 0001", by=sergey)
    tickets.link(ticket=ticket, to=other, kind="blocks", reason="Кузя, код 0001", by=sergey)
    erased(story, vera, signed_in)
    assert "код 0001" not in story.everything()


def test_history_keeps_who_when_and_what_but_no_words(story: Story, vera: User, signed_in: Browser) -> None:
    ticket = Ticket.objects.get(subscriber=story.one)
    before = list(ticket.history.values_list("pk", "at", "kind", "by_user", "via", "address"))
    act = erased(story, vera, signed_in)
    assert list(ticket.history.values_list("pk", "at", "kind", "by_user", "via", "address")) == before
    edit, note = ticket.history.get(kind="edited"), ticket.history.get(kind="commented")
    assert note.data == {"text": "[удалено]"}
    assert edit.changed == {"subject": ["[удалено]", "[удалено]"], "priority": [3, 1]}
    assert act.counts["ticket_history: history"] == 3
    page = signed_in(vera).get(f"/tickets/{ticket.number}/").content.decode()
    assert "P3 → <b>P1</b>" in page
    assert "[удалено]" in page


def test_the_act_is_kept_with_the_export_of_the_event_log(story: Story, vera: User, signed_in: Browser) -> None:
    act = erased(story, vera, signed_in)
    client = signed_in(vera)
    page = client.get(f"{HOME}acts/{act.pk}/").content.decode()
    for words in (story.one.account, "Заявление от 04.03.2026", "Вера Никитина", act.sha256, "Отозвано согласие"):
        assert words in page, words
    file = client.get(f"{HOME}acts/{act.pk}/document.json").content
    assert hashlib.sha256(file).hexdigest() == act.sha256
    log = json.loads(file)
    done = [(row["section"], row["records"], row["what"]) for row in log["events"]]
    assert ("Заявки", 1, "erased") in done
    assert ("История заявок", 3, "history masked") in done
    assert log["subject"]["account"] == story.one.account
    assert [event.kind for event in story.one.history.all()] == ["erasure_asked", "erasure_confirmed", "erased"]


def test_open_work_and_a_contract_in_force_block_it_and_are_named(
    story: Story, sergey: User, vera: User, signed_in: Browser
) -> None:
    client, stays = signed_in(vera), story.neighbour
    stays.contracts.create(number="Д-2", signed_on="2021-01-01")
    ticket = tickets.open_ticket(desk="support", subject="x", channel="phone", by=sergey, subscriber=stays)
    visit = dispatch.book(ticket=ticket, start=NOW + timedelta(hours=5), length=timedelta(minutes=30), by=sergey)
    path = f"{HOME}of/{stays.account}/"
    page = client.get(path).content.decode()
    for words in (f"заявка № {ticket.number} открыта", f"выезд № {visit.pk} не завершён", "договор Д-2 действует"):
        assert words in page, words
    refused = client.post(f"{path}erase/", ASK)
    assert refused.status_code == 422
    assert "Заявление от 04.03.2026" in refused.content.decode(), "what was typed is kept"
    assert not Erasure.objects.exists()


def test_what_appears_after_the_confirmation_is_waited_for(
    story: Story, sergey: User, vera: User, signed_in: Browser
) -> None:
    client = signed_in(vera)
    client.post(f"{story.path}erase/", ASK)
    client.post(f"{story.path}erase/confirm/", {"account": story.one.account})
    late = tickets.open_ticket(desk="support", subject=SECRET, channel="phone", by=sergey, subscriber=story.one)
    assert actions.carry_out_erasures() == 0
    assert f"заявка № {late.number} открыта" in client.get(story.path).content.decode()
    tickets.resolve(ticket=late, by=sergey)
    assert actions.carry_out_erasures() == 1
    assert set(Ticket.objects.filter(subscriber=story.one).values_list("subject", flat=True)) == {"[удалено]"}


def test_one_request_at_a_time_and_a_cancelled_one_erases_nothing(story: Story, vera: User, signed_in: Browser) -> None:
    client = signed_in(vera)
    client.post(f"{story.path}erase/", ASK)
    assert client.post(f"{story.path}erase/", ASK).status_code == 422
    assert client.post(f"{story.path}erase/", {**ASK, "reason": " "}).status_code == 422
    assert client.post(f"{story.path}erase/", {**ASK, "basis": "because"}).status_code == 422
    client.post(f"{story.path}erase/cancel/")
    assert client.post(f"{story.path}erase/confirm/", {"account": story.one.account}).status_code == 422
    assert actions.carry_out_erasures() == 0
    assert client.post(f"{story.path}erase/", ASK).status_code == 302, "and may be asked for anew"


def test_the_towns_files_do_not_bring_him_back(story: Story, vera: User, signed_in: Browser, tmp_path: Any) -> None:
    number = story.home.phone(0)
    erased(story, vera, signed_in)
    row = SubscriberRow(story.one.account, "Иванова Анна", "Оранжерейная", "street", "21", "1", active=True)
    rows = CustomerRows(subscribers=[row], phones=[PhoneRow(story.one.account, number)])
    actions.load_subscribers(rows=rows, by=vera)
    story.one.refresh_from_db()
    assert story.one.name.startswith("Удалённый")
    assert not story.one.phones.exists()
    assert Subscriber.objects.count() == 8


def test_a_shared_number_stays_with_whoever_else_has_it(story: Story, vera: User, signed_in: Browser) -> None:
    shared = story.home.phone(0)
    story.neighbour.phones.create(number=shared)
    call = story.line.ring(shared)  # nobody can tell who it is: two have the number
    erased(story, vera, signed_in)
    assert Call.objects.get(call_id=call).caller == shared
    assert story.neighbour.phones.filter(number=shared).exists()


def test_no_log_says_anything_personal(
    story: Story, vera: User, signed_in: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    number = story.home.phone(0)
    with caplog.at_level("DEBUG"):
        erased(story, vera, signed_in)
        signed_in(vera).post(f"{story.path}export/", {"format": "json"})
    said = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    for secret in (number, number[2:], "Иванова0", SECRET):
        assert secret not in said


def test_found_by_account_phone_or_name(story: Story, vera: User, signed_in: Browser) -> None:
    client = signed_in(vera)
    for text in (story.one.account, story.home.phone(0), "иванова0"):
        found = client.get(HOME, {"q": text}).context["found"]
        assert [one.pk for one in found] == [story.one.pk], text
    assert "Никого не нашлось" in client.get(HOME, {"q": "нет такого"}).content.decode()


def test_only_the_supervisor_comes_near_it(story: Story, sergey: User, olga: User, signed_in: Browser) -> None:
    for somebody in (sergey, olga):
        for path in (HOME, story.path):
            assert signed_in(somebody).get(path).status_code == 403
        assert signed_in(somebody).post(f"{story.path}export/", {"format": "json"}).status_code == 403
    assert not story.one.history.exists()


def test_the_search_forgets_his_words_and_still_finds_the_number(story: Story, vera: User, signed_in: Browser) -> None:
    his, others = Ticket.objects.get(subscriber=story.one), Ticket.objects.get(subscriber=story.neighbour)
    erased(story, vera, signed_in)
    assert [row.ticket_id for row in TicketText.objects.filter(words="ребёнок".replace("ё", "е"))] == [others.pk]
    assert TicketText.objects.filter(words=his.number).get().ticket_id == his.pk
    assert str(TicketText.objects.get(ticket=his).words) == f"'{his.number}':1"


def test_messages_are_given_out_with_their_files_and_erased_with_them(
    story: Story, vera: User, signed_in: Browser, settings: Any, tmp_path: Any
) -> None:
    settings.DATA_DIR = tmp_path
    one, other = (
        messaging.conversation(channel="email", address=f"{name}@example.org", subscriber=someone)
        for name, someone in (("anna", story.one), ("maria", story.neighbour))
    )
    for talk in (one, other):
        upload = SimpleUploadedFile("паспорт.txt", SECRET.encode(), content_type="text/plain")
        attachment = files.accept(upload, by=vera)
        messaging.receive(
            channel="email", address=talk.address, text=SECRET, key=f"id-{talk.pk}", attachments=[attachment]
        )
    opened = Ticket.objects.unresolved().get(subscriber=story.one)  # what he wrote made a ticket
    loose = files.accept(SimpleUploadedFile("заметка.txt", SECRET.encode(), content_type="text/plain"), by=vera)
    note = tickets.comment(ticket=opened, text=SECRET, by=vera)
    TicketFile.objects.create(ticket=opened, attachment=loose, note=note)
    Draft.objects.create(ticket=opened, user=vera, kind="note", text=SECRET)
    tickets.resolve(ticket=opened, by=vera)
    packed = zipfile.ZipFile(io.BytesIO(signed_in(vera).post(f"{story.path}export/", {"format": "zip"}).content))
    name = next(name for name in packed.namelist() if name.startswith("messages/"))
    assert packed.read(name).decode().strip() == SECRET
    assert "maria" not in packed.read("data.json").decode()
    erased(story, vera, signed_in)
    assert one.messages.get().text == "[удалено]"
    assert other.messages.get().text == SECRET
    kept = [files.path_of(row).exists() for row in Attachment.objects.order_by("pk")]
    assert kept == [False, True, False]
    assert Draft.objects.get().text == "[удалено]"
    assert "anna@example.org" not in story.everything()
    assert Attachment.objects.order_by("pk")[0].name == "[удалено]"
