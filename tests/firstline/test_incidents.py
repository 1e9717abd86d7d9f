"""What a caller from a place in trouble is told, what is promised to him, and how a slip of the hand is taken back."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from contactcenter.sweep import sweep
from contacts.models import Contact, Topic
from customers.models import Phone
from firstline.models import CallBack
from incidents import actions as incidents
from incidents.models import ApartContact, Incident, IncidentContact
from messaging.models import Message
from staff.models import User
from tests.conftest import NOW
from tests.factories.line import pbx
from tests.factories.town import House, house
from tests.firstline.test_calls import shown, talks_to
from tests.races.together import errors, together

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
MOBILE, OTHER_MOBILE = "+79215550177", "+79215550178"


@pytest.fixture
def home(at_noon: time_machine.Traveller) -> House:
    """A house whose first two subscribers have numbers that get SMS."""
    made = house()
    for number, someone in zip((MOBILE, OTHER_MOBILE), made.subscribers, strict=False):
        Phone.objects.filter(subscriber=someone).update(number=number)
    return made


@pytest.fixture
def suspected(home: House) -> Incident:
    return Incident.objects.create(scope_kind="building", building=home.building, started_at=NOW)


@pytest.fixture
def incident(suspected: Incident, sergey: User) -> Incident:
    return incidents.confirm(incident=suspected, by=sergey)


def told(browser: Client, contact: Contact, incident: Incident, **more: str) -> None:
    said = {"incident": incident.pk, "wants_word": "1", **more}
    assert browser.post(f"/calls/{contact.pk}/incident/", said).status_code == 302
    contact.refresh_from_db()
    assert contact.outcome == "incident"


def ends(browser: Client, contact: Contact, outcome: str) -> None:
    said = {"outcome": outcome, "topic": "no_internet", "seen": contact.outcome}
    assert browser.post(f"/calls/{contact.pk}/close/", said).status_code == 302
    contact.refresh_from_db()
    assert contact.outcome == outcome


def test_a_suspicion_is_shown_and_told_to_nobody(suspected: Incident, olga: User, signed_in: Browser) -> None:
    browser, contact = signed_in(olga), talks_to(olga, pbx(), MOBILE)
    page = shown(browser, contact)
    assert "Возможно, авария: проверяется" in page
    assert 'data-key="L"' not in page and f"/calls/{contact.pk}/incident/" not in page
    reply = browser.post(f"/calls/{contact.pk}/incident/", {"incident": suspected.pk}, headers=HTMX)
    assert (reply.status_code, reply.headers["HX-Retarget"], reply.headers["HX-Reswap"]) == (
        404,
        "#toasts",
        "beforeend",
    )
    assert "Ничего не изменено" in reply.content.decode() and "<html" not in reply.content.decode()


def test_a_deed_that_is_not_hers_is_a_toast_too(home: House, olga: User, signed_in: Browser) -> None:
    contact = talks_to(olga, pbx(), MOBILE)
    reply = signed_in(olga).post(f"/calls/{contact.pk}/open-card/", {"reason": "так"}, headers=HTMX)
    assert (reply.status_code, reply.headers["HX-Retarget"]) == (403, "#toasts")
    assert "нет на это прав" in reply.content.decode()


def test_who_was_promised_word_gets_one_message_when_it_works_again(
    incident: Incident, home: House, olga: User, sergey: User, signed_in: Browser
) -> None:
    line, browser = pbx(), signed_in(olga)
    page = shown(browser, talks_to(olga, line, MOBILE))
    assert 'name="wants_word" value="1" checked' in page
    told(browser, Contact.objects.latest("pk"), incident)
    told(browser, talks_to(olga, line, MOBILE), incident)  # the same number again
    told(browser, talks_to(olga, line, "anonymous"), incident)  # nowhere to write to
    quiet = talks_to(olga, line, OTHER_MOBILE)
    assert browser.post(f"/calls/{quiet.pk}/incident/", {"incident": incident.pk}).status_code == 302
    sweep()
    assert not Message.objects.exists(), "it does not work yet"
    incidents.restore(incident=incident, by=sergey)
    for _ in range(2):
        sweep()
    message = Message.objects.select_related("conversation").get()
    assert (message.conversation.channel, message.conversation.address) == ("phone", MOBILE)
    assert message.text.startswith(f"{incident.scope_title}: связь восстановлена")
    said = incident.history.get(kind="word_sent")
    assert (said.by_system, said.data["messages"], said.data["promised"]) == ("sweep", 1, 3)
    assert MOBILE[-7:] not in str(said.data)


def test_good_news_of_the_night_is_sent_in_the_morning(
    at_noon: time_machine.Traveller, incident: Incident, olga: User, sergey: User, signed_in: Browser
) -> None:
    told(signed_in(olga), talks_to(olga, pbx(), MOBILE), incident)
    at_noon.shift(timedelta(hours=10))
    incidents.restore(incident=incident, by=sergey)
    at_noon.shift(timedelta(minutes=1))
    sweep()
    assert not Message.objects.exists(), "it is past ten in the evening"
    at_noon.shift(timedelta(hours=9, minutes=59))
    for _ in range(2):
        sweep()
    assert "связь восстановлена в 22:00" in Message.objects.get().text


def test_a_caller_without_a_number_for_sms_is_promised_nothing(
    incident: Incident, home: House, olga: User, signed_in: Browser
) -> None:
    Phone.objects.filter(subscriber=home.subscribers[2]).update(number="+78124700000")
    assert 'value="1" disabled' in shown(signed_in(olga), talks_to(olga, pbx(), "+78124700000"))


def test_what_was_no_incident_is_no_good_news(incident: Incident, olga: User, sergey: User, signed_in: Browser) -> None:
    told(signed_in(olga), talks_to(olga, pbx(), MOBILE), incident)
    incidents.dismiss(incident=incident, by=sergey)
    sweep()
    assert not Message.objects.exists()


def test_who_is_told_has_called_about_what_the_incident_is_about(
    incident: Incident, home: House, olga: User, signed_in: Browser
) -> None:
    line, browser = pbx(), signed_in(olga)
    first = talks_to(olga, line, home.phone(3))
    told(browser, first, incident)
    assert first.topic is not None and first.topic.code == "no_internet", "the incident's text says: no connection"
    for n in (4, 5):
        contact = talks_to(olga, line, home.phone(n))
        browser.post(f"/calls/{contact.pk}/topic/", {"topic": "no_tv"})
        told(browser, contact, incident)
    last = talks_to(olga, line, home.phone(6))
    told(browser, last, incident)
    assert last.topic is not None and last.topic.code == "no_tv"


def test_a_slip_is_taken_back_with_what_it_left_behind(incident: Incident, olga: User, signed_in: Browser) -> None:
    browser, contact = signed_in(olga), talks_to(olga, pbx(), MOBILE)
    ends(browser, contact, "call_back")
    promise = CallBack.objects.get()
    ends(browser, contact, "answered")
    promise.refresh_from_db()
    assert (promise.result, promise.done_by) == ("withdrawn", olga)
    assert promise.history.get(kind="done").data["contact"] == contact.pk
    assert contact.history.filter(kind="closed").latest("pk").data["instead_of"] == "call_back"
    told(browser, contact, incident)
    assert IncidentContact.objects.get().wants_word
    ends(browser, contact, "call_back")
    assert not IncidentContact.objects.exists()
    assert CallBack.objects.open().count() == 1
    told(browser, contact, incident)
    assert not CallBack.objects.open().exists()
    assert IncidentContact.objects.get().contact == contact


def test_a_promise_that_others_wait_for_outlives_the_slip(
    home: House, at_noon: time_machine.Traveller, olga: User, signed_in: Browser
) -> None:
    line, browser = pbx(), signed_in(olga)
    contact = talks_to(olga, line, MOBILE)
    ends(browser, contact, "call_back")
    at_noon.shift(timedelta(minutes=1))
    ring = line.ring(MOBILE)
    at_noon.shift(timedelta(seconds=25))
    line.hang_up(ring, MOBILE, cause="cancel")
    sweep()
    ends(browser, contact, "answered")
    assert CallBack.objects.open().get().missed == 1


def joined(contact: Contact, incident: Incident) -> bool:
    sweep()
    return IncidentContact.objects.filter(contact=contact, incident=incident, by_hand=False).exists()


def test_what_the_detector_attached_stays_attached_when_the_telling_is_taken_back(
    incident: Incident, olga: User, signed_in: Browser
) -> None:
    browser, contact = signed_in(olga), talks_to(olga, pbx(), MOBILE)
    assert joined(contact, incident)
    told(browser, contact, incident)
    ends(browser, contact, "answered")
    link = IncidentContact.objects.get(contact=contact)
    assert (link.by_hand, link.wants_word) == (False, False)


def test_what_joined_by_itself_is_seen_and_set_apart_for_good(
    incident: Incident, olga: User, signed_in: Browser
) -> None:
    browser, contact = signed_in(olga), talks_to(olga, pbx(), MOBILE)
    assert joined(contact, incident)
    page = shown(browser, contact)
    assert f"Само присоединено к аварии № {incident.pk}" in page
    page = browser.post(f"/calls/{contact.pk}/apart/", headers=HTMX).content.decode()
    assert "Само присоединено" not in page and 'id="contact"' in page
    browser.post(f"/calls/{contact.pk}/topic/", {"topic": "no_internet"})  # the detector looks again
    assert not joined(contact, incident)
    assert ApartContact.objects.get().by == olga
    assert incident.history.filter(kind="grew").latest("pk").data["removed"] == contact.pk
    told(browser, contact, incident)  # it was about that after all
    assert (IncidentContact.objects.count(), ApartContact.objects.count()) == (1, 0)
    reply = browser.post(f"/calls/{contact.pk}/apart/", headers=HTMX)
    assert reply.status_code == 422, "who was told is corrected by another outcome"


def test_the_database_keeps_word_to_the_promise(incident: Incident, olga: User) -> None:
    contact = talks_to(olga, pbx(), MOBILE)
    with pytest.raises(IntegrityError), transaction.atomic():
        IncidentContact.objects.create(contact=contact, incident=incident, wants_word=False, word_at=NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("at_noon")
def test_two_sweeps_write_once(olga: User, sergey: User) -> None:
    home = house()
    Phone.objects.filter(subscriber=home.subscribers[0]).update(number=MOBILE)
    made = Incident.objects.create(scope_kind="building", building=home.building, started_at=NOW)
    incident = incidents.confirm(incident=made, by=sergey)
    contact = Contact.objects.create(
        channel="phone", key="line:1", at=NOW, phone=MOBILE, topic=Topic.objects.get(code="no_internet")
    )
    incidents.attach(incident=incident, contact=contact, by=olga, wants_word=True)
    incidents.restore(incident=incident, by=sergey)
    assert errors(together(*[partial(incidents.send_word) for _ in range(3)])) == []
    assert Message.objects.count() == 1
