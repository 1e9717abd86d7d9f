"""Olga asks what the script says; support hears nothing twice."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing import actions as billing
from common.history import System
from contacts.models import Contact, Topic
from customers.models import Subscriber
from customers.personal_data import holdings
from firstline import actions as firstline
from guidance import actions, queries
from guidance.facts import KNOWN
from guidance.models import CalmingPhrase, Script, Walk, WalkStep
from incidents import actions as incidents
from incidents.actions.lifecycle import suspect
from staff.models import Desk, User
from tests.database import become
from tests.factories.line import pbx
from tests.factories.town import house
from tests.firstline.test_calls import talks_to
from tests.races.together import errors, together
from tests.tickets.talk import home, opened
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def contact(at_noon: time_machine.Traveller, olga: User) -> Contact:
    made = talks_to(olga, pbx(), house().phone(0))
    made.topic = Topic.objects.get(code="no_internet")
    made.save()
    return made


def script(key: str = "no_internet") -> Script:
    return Script.objects.get(key=key)


def panel(browser: Client, contact: Contact) -> str:
    reply = browser.get(f"/scripts/contacts/{contact.pk}/")
    assert reply.status_code == 200
    return reply.content.decode()


def says(browser: Client, walk: Walk, node: str, answer: str, **more: Any) -> Any:
    said = {"node": node, "answer": answer, **more}
    return browser.post(f"/scripts/walks/{walk.pk}/answer/", said, headers=HTMX)


def begun(browser: Client, contact: Contact) -> Walk:
    reply = browser.post(f"/scripts/contacts/{contact.pk}/begin/", {"script": script().pk}, headers=HTMX)
    assert reply.status_code == 200
    return Walk.objects.get()


def path(walk: Walk) -> list[tuple[str, str, str]]:
    return list(walk.steps.filter(taken_back_at=None).order_by("place").values_list("node", "answer", "source"))


def test_the_script_of_the_topic_is_offered_and_begun(contact: Contact, olga: User, signed_in: Browser) -> None:
    browser = signed_in(olga)
    offered = panel(browser, contact)
    assert "Вопросы: Нет интернета" in offered and 'data-key="Alt+G"' in offered and "Абонент расстроен" in offered
    assert "Вопросы: Не работает ТВ" not in offered
    walk = begun(browser, contact)
    assert walk.history.get(kind="begun").by_user == olga
    page = panel(browser, contact)
    assert "Вопросы: Нет интернета" not in page and 'data-key="1"' in page


def test_what_the_house_knows_nobody_is_asked(contact: Contact, olga: User, signed_in: Browser) -> None:
    walk = begun(signed_in(olga), contact)
    assert path(walk) == [("debt", "no", "suspended"), ("incident", "no", "incident")]
    page = panel(signed_in(olga), contact)
    assert "Скажите, пожалуйста, телевидение показывает?" in page
    assert "известно: оплата: приостановлен или нет" in page
    assert 'data-key="3"' in page and "вопрос 3" in page


@pytest.mark.django_db(transaction=True)
def test_a_debt_ends_the_script_at_once_and_the_wrap_up_knows(
    contact: Contact, olga: User, anna: User, signed_in: Browser
) -> None:
    assert contact.subscriber is not None
    become("finance")
    billing.suspend(subscriber=contact.subscriber, reason="Долг", by=anna)
    become("app")
    browser = signed_in(olga)
    reply = browser.post(f"/scripts/contacts/{contact.pk}/begin/", {"script": script().pk}, headers=HTMX)
    assert reply.headers["HX-Trigger"] == "contact-changed"
    assert "Интернет приостановлен из-за неоплаты" in reply.content.decode()
    found = queries.suggestion(contact)
    assert found is not None and found.outcome == "solved"
    assert 'value="solved" data-key="Enter Alt+R" data-wrap-up' in browser.get(f"/calls/{contact.pk}/").content.decode()


def test_an_incident_is_told_of(contact: Contact, olga: User, sergey: User, signed_in: Browser) -> None:
    scope = {"scope_kind": "building", "building_id": contact.building_id}
    made = suspect(scope=scope, seen={"reporters": 3}, started_at=contact.at, by=System.DETECTOR)
    assert KNOWN["incident"].answer(contact) == "no", "a suspicion is nothing to tell a caller"
    incidents.confirm(incident=made, by=System.DETECTOR)
    walk = begun(signed_in(olga), contact)
    assert (walk.node, walk.leaf) == ("told", "incident")


def test_answers_go_along_and_support_goes_on_at_its_own_question(
    contact: Contact, olga: User, sergey: User, signed_in: Browser
) -> None:
    browser = signed_in(olga)
    walk = begun(browser, contact)
    for node, answer in (("tv", "yes"), ("lamps", "green"), ("reboot", "no")):
        page = says(browser, walk, node, answer).content.decode()
    assert 'formaction="/calls/' in page and 'value="support"' in page and "Передать в техподдержку" in page
    browser.post(f"/calls/{contact.pk}/ticket/", {"desk": "support", "subject": "", "note": ""}, headers=HTMX)
    ticket = Ticket.objects.get()
    learned = ticket.fields["what_fails"]
    assert learned.startswith("Телевидение работает: Да; "), "nobody types what the script has asked"
    support = signed_in(sergey)
    shown = support.get(f"/scripts/tickets/{ticket.number}/").content.decode()
    assert "После перезагрузки интернет появился?" in shown and "Ольга Белова" in shown
    assert "Продолжить нашими вопросами" in shown
    resumed = support.post(f"/scripts/walks/{walk.pk}/resume/", {"ticket": ticket.number}, headers=HTMX)
    assert "Есть ли линк на порту коммутатора?" in resumed.content.decode()
    for node, answer in (("port", "up"), ("session", "yes"), ("direct", "no")):
        says(support, walk, node, answer, ticket=ticket.number)
    wrong = says(support, walk, "speed", "loss", words="много", ticket=ticket.number)
    assert wrong.status_code == 422 and "12,5" in wrong.content.decode()
    says(support, walk, "speed", "loss", words="12,5", ticket=ticket.number)
    walk.refresh_from_db()
    assert (walk.node, walk.leaf, walk.steps.count()) == ("visit", "visit", 9)
    last = support.get(f"/scripts/tickets/{ticket.number}/").content.decode()
    assert "12,5" in last and "Сергей Титов" in last
    assert f"/scripts/tickets/{ticket.number}/" in support.get(ticket.get_absolute_url()).content.decode()


def test_back_loses_nothing_and_asks_the_house_again(contact: Contact, olga: User, signed_in: Browser) -> None:
    browser = signed_in(olga)
    walk = begun(browser, contact)
    assert browser.post(f"/scripts/walks/{walk.pk}/back/", headers=HTMX).status_code == 422  # nobody has answered yet
    says(browser, walk, "tv", "no")
    says(browser, walk, "lamps", "none")
    browser.post(f"/scripts/walks/{walk.pk}/back/", headers=HTMX)
    walk.refresh_from_db()
    assert (walk.node, WalkStep.objects.filter(node="lamps").exclude(taken_back_at=None).count()) == ("lamps", 1)
    says(browser, walk, "lamps", "red")
    walk.refresh_from_db()
    assert (walk.node, walk.leaf) == ("pass", "hand_over")
    browser.post(f"/scripts/walks/{walk.pk}/back/", headers=HTMX)
    walk.refresh_from_db()
    assert (walk.node, walk.leaf, walk.ended_at) == ("lamps", "", None)
    assert walk.history.filter(kind="taken_back").count() == 2


def test_the_same_script_is_begun_once_and_a_late_answer_is_refused(
    contact: Contact, olga: User, irina: User, signed_in: Browser
) -> None:
    walk, other = begun(signed_in(olga), contact), begun(signed_in(irina), contact)
    assert walk == other
    node = Walk.objects.get().node
    first = "yes" if node == "tv" else "no"
    assert says(signed_in(olga), walk, node, first).status_code == 200
    late = says(signed_in(irina), walk, node, first)
    assert late.status_code == 422 and "Коллега уже ответил" in late.content.decode()
    assert says(signed_in(irina), walk, Walk.objects.get().node, "nonsense").status_code == 422
    assert says(signed_in(irina), walk, "x" * 400, "yes").status_code == 422


def test_a_ticket_without_a_call_has_walks_of_its_own(sergey: User, signed_in: Browser) -> None:
    ticket = opened(sergey, home(), topic=Topic.objects.get(code="no_tv"))
    support = signed_in(sergey)
    offered = support.get(f"/scripts/tickets/{ticket.number}/").content.decode()
    assert "Не работает ТВ" in offered
    chosen = {"script": script("no_tv").pk}
    assert support.post(f"/scripts/tickets/{ticket.number}/begin/", chosen, headers=HTMX).status_code == 200
    walk = Walk.objects.get()
    assert (walk.ticket, walk.contact) == (ticket, None)
    says(support, walk, walk.node, "no")
    assert walk.steps.filter(by=sergey).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Walk.objects.update(ticket=None)


def test_a_walk_goes_on_with_the_version_it_began_with(
    contact: Contact, olga: User, vera: User, signed_in: Browser
) -> None:
    walk = begun(signed_in(olga), contact)
    made = script()
    actions.save_node(script=made, key="tv", was="tv", node={"ask": "Иначе?", "answers": []}, by=vera)
    with pytest.raises(actions.BadTree):
        actions.publish(script=made, by=vera)
    raw = made.published.tree if made.published else {}
    fresh = json.loads(json.dumps(raw).replace("Телевидение работает?", "ТВ показывает?"))
    fresh["nodes"]["tv"]["ask"] = "ТВ показывает?"
    actions.load_draft(script=made, raw=fresh, by=vera)
    actions.publish(script=made, by=vera)
    walk.refresh_from_db()
    assert walk.version.number == 1
    assert "ТВ показывает?" not in panel(signed_in(olga), contact)


def test_who_may_not_walk_is_refused(
    contact: Contact, dmitry: User, maxim: User, olga: User, signed_in: Browser
) -> None:
    walk = begun(signed_in(olga), contact)
    for user in (dmitry, maxim):
        assert says(signed_in(user), walk, "tv", "yes").status_code == 403
    assert signed_in(olga).post("/scripts/walks/999999/back/").status_code == 404


def test_the_outsourcer_sees_only_her_tickets_walks(sergey: User, olga: User, signed_in: Browser) -> None:
    ticket = opened(sergey, home(), topic=Topic.objects.get(code="no_tv"))
    walk = actions.begin(script=script("no_tv"), ticket=ticket, by=sergey)
    assert says(signed_in(olga), walk, walk.node, "no").status_code == 404
    assert signed_in(olga).get(f"/scripts/tickets/{ticket.number}/").status_code == 404


def test_phrases_calm_and_are_kept_by_the_supervisor(
    contact: Contact, olga: User, vera: User, signed_in: Browser
) -> None:
    assert CalmingPhrase.objects.count() >= 5
    said = {"text_ru": "Я рядом.", "text_en": "I am here.", "position": "1", "is_active": "on"}
    assert signed_in(vera).post("/settings/scripts/phrases/", said).status_code == 302
    assert signed_in(vera).post("/settings/scripts/phrases/", said).status_code == 422
    assert "Я рядом." in panel(signed_in(olga), contact)
    phrase = CalmingPhrase.objects.get(text_ru="Я рядом.")
    signed_in(vera).post(f"/settings/scripts/phrases/{phrase.pk}/", {**said, "is_active": ""})
    assert "Я рядом." not in panel(signed_in(olga), contact)


def test_the_panel_costs_the_same_whatever_was_answered(contact: Contact, olga: User, signed_in: Browser) -> None:
    browser = signed_in(olga)
    walk = begun(browser, contact)

    def cost() -> int:
        panel(browser, contact)
        with CaptureQueriesContext(connection) as seen:
            panel(browser, contact)
        return len(seen)

    few = cost()
    for node, answer in (("tv", "yes"), ("lamps", "green"), ("reboot", "no")):
        says(browser, walk, node, answer)
    assert cost() == few <= 12


def test_the_heat_map_says_where_walks_fail(
    contact: Contact, at_noon: time_machine.Traveller, olga: User, vera: User, signed_in: Browser
) -> None:
    browser = signed_in(olga)
    walk = begun(browser, contact)
    at_noon.shift(timedelta(seconds=20))
    says(browser, walk, "tv", "yes")
    browser.post(f"/scripts/walks/{walk.pk}/back/", headers=HTMX)
    says(browser, walk, "tv", "no")
    at_noon.shift(timedelta(hours=1))  # and was left at the lamps
    rows = {row.node.key: row for row in queries.heat(script().published, days=30)}
    assert (rows["tv"].reached, rows["tv"].back, rows["tv"].stopped) == (1, 1, 0)
    assert (rows["lamps"].reached, rows["lamps"].stopped, rows["lamps"].failed) == (1, 1, 100)
    assert rows["tv"].seconds == 10
    assert rows["power"].reached == 0
    page = signed_in(vera).get(f"/settings/scripts/{script().pk}/heat/").content.decode()
    assert "Бросили здесь" in page and "пройден 1 раз" in page and "100 %" in page
    assert (
        "никто не шёл" in signed_in(vera).get(f"/settings/scripts/{script('no_tv').pk}/heat/?days=7").content.decode()
    )
    published = script().published
    assert published is not None
    actions.load_draft(script=script(), raw=published.tree, by=vera)
    actions.publish(script=script(), by=vera)
    path = f"/settings/scripts/{script().pk}/heat/"
    assert "никто не шёл" in signed_in(vera).get(path).content.decode(), "the version that is walked, by default"
    assert "пройден 1 раз" in signed_in(vera).get(f"{path}?version=1").content.decode()
    assert "никто не шёл" in signed_in(vera).get(f"{path}?version=77").content.decode()


def test_typed_words_are_exported_and_erased(contact: Contact, sergey: User) -> None:
    slow = actions.begin(script=script("slow_internet"), contact=contact, by=sergey)
    actions.answer(walk=slow, node="how", key="cable", by=sergey)
    actions.answer(walk=slow, node="test", key="speed", words="17", by=sergey)
    holding = next(one for one in holdings() if one.name == "walks")
    someone = Subscriber.objects.get(pk=contact.subscriber_id)
    assert "17" in {row["answer"] for row in holding.export(someone)}
    assert holding.count(someone) == 1
    holding.erase(someone)
    assert not WalkStep.objects.filter(words="17").exists()
    assert holding.count(someone) == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_is_kept(olga: User, irina: User) -> None:
    made = Contact.objects.create(channel="phone", key="line:1", at="2026-11-05T09:00:00Z")
    walk = actions.begin(script=script(), contact=made, by=olga)
    say = partial(actions.answer, walk=walk, node=walk.node, key="no")
    done = together(partial(say, by=olga), partial(say, by=irina))
    assert [type(one) for one in errors(done)] == [actions.StepTaken]
    assert walk.steps.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_at_once_there_is_one_walk(olga: User, irina: User) -> None:
    made = Contact.objects.create(channel="phone", key="line:1", at="2026-11-05T09:00:00Z")
    start = partial(actions.begin, script=script(), contact=made)
    assert not errors(together(partial(start, by=olga), partial(start, by=irina)))
    assert Walk.objects.count() == 1


def test_firstline_hands_over_without_a_script_too(contact: Contact, olga: User) -> None:
    said = {"subject": "Нет сети", "note": "", "values": {"what_fails": "Всё, с утра"}}
    firstline.pass_on(contact=contact, desk=Desk.SUPPORT, by=olga, **said)
    assert re.fullmatch(r"\d{6}", Ticket.objects.get().number)
    assert not Walk.objects.exists()
