"""What is typed of a note is never lost and never another's."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from contacts.models import Contact
from firstline import actions
from firstline.models import NoteDraft
from incidents import actions as incidents
from incidents.models import Incident
from staff.models import User
from tests.conftest import NOW
from tests.factories.line import pbx
from tests.factories.town import house
from tests.firstline.test_calls import shown, talks_to

pytestmark = pytest.mark.django_db
TOPIC = "payment_terminal"
Browser = Callable[[User], Client]


@pytest.fixture
def contact(at_noon: time_machine.Traveller, olga: User) -> Contact:
    return talks_to(olga, pbx(), house().phone(0))


def note_on(browser: Client, contact: Contact) -> str:
    return shown(browser, contact).partition('<textarea id="note"')[2].partition(">")[2].partition("</textarea>")[0]


def test_what_two_type_at_once_is_each_ones_own(contact: Contact, olga: User, irina: User, signed_in: Browser) -> None:
    one, other = signed_in(olga), signed_in(irina)
    for text in ("Про", "Просит тише"):
        assert one.post(f"/calls/{contact.pk}/note/", {"note": text}).status_code == 204
    other.post(f"/calls/{contact.pk}/note/", {"note": "Видит рябь"})
    assert (note_on(one, contact), note_on(other, contact)) == ("Просит тише", "Видит рябь")
    one.post(f"/calls/{contact.pk}/close/", {"topic": TOPIC, "outcome": "answered", "note": "Просит тише", "seen": ""})
    contact.refresh_from_db()
    assert contact.note == "Просит тише"
    assert [draft.user for draft in NoteDraft.objects.all()] == [irina]


def test_a_note_can_be_cleared(contact: Contact, olga: User, signed_in: Browser) -> None:
    browser = signed_in(olga)
    browser.post(f"/calls/{contact.pk}/close/", {"topic": TOPIC, "outcome": "answered", "note": "Не тот"})
    browser.post(f"/calls/{contact.pk}/note/", {"note": ""})
    assert note_on(browser, contact) == ""
    browser.post(f"/calls/{contact.pk}/close/", {"outcome": "solved", "note": ""})
    contact.refresh_from_db()
    assert (contact.outcome, contact.note) == ("solved", "")
    browser.post(f"/calls/{contact.pk}/note/", {"note": " "})
    assert not NoteDraft.objects.exists()


def test_who_is_told_of_the_incident_keeps_the_note(
    contact: Contact, olga: User, sergey: User, signed_in: Browser
) -> None:
    incident = Incident.objects.create(scope_kind="building", building=contact.building, started_at=NOW)
    incidents.confirm(incident=incident, by=sergey)
    said = {"incident": incident.pk, "note": "Дома больной"}
    signed_in(olga).post(f"/calls/{contact.pk}/incident/", said)
    contact.refresh_from_db()
    assert (contact.outcome, contact.note) == ("incident", "Дома больной")


def test_a_draft_that_nobody_came_back_to_is_forgotten(
    contact: Contact, olga: User, at_noon: time_machine.Traveller
) -> None:
    actions.keep_note(contact=contact, text="Пусто", by=olga)
    at_noon.shift(timedelta(days=6))
    actions.forget_notes()
    assert NoteDraft.objects.exists()
    at_noon.shift(timedelta(days=2))
    actions.forget_notes()
    assert not NoteDraft.objects.exists()
