"""A caller is handed to a desk: cold, or warm with the operator on the line until somebody takes it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from firstline.actions import DESKS
from staff.actions import set_presence
from staff.models import Notice, User
from tests.factories.line import pbx
from tests.factories.town import house
from tests.firstline.test_calls import shown, talks_to
from tests.refusals import refused
from tests.tickets.talk import home, opened
from tests.tickets.test_api import Caller
from tickets import actions as tickets
from tickets.desk_time import Step, desk_time
from tickets.models import TICKET_DESKS, FieldDefinition, Ticket
from tickets.queries import desk_time_of
from tickets.seeds import seed_fields

Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
SAID = {"desk": "support", "topic": "no_internet", "subject": "Нет интернета", "note": "Лампа мигает", "warm": "1"}
SAID["field-what_fails"] = "Ничего, с утра"


@pytest.mark.django_db
def test_warm_the_operator_stays_until_somebody_takes_it(
    at_noon: time_machine.Traveller, olga: User, sergey: User, person: Callable[..., User], signed_in: Browser
) -> None:
    away = person("nikita", "support", "Никита", "Орлов")
    set_presence(user=sergey, state="ready", by=sergey)
    set_presence(user=away, state="away", by=away)
    browser, contact = signed_in(olga), talks_to(olga, pbx(), house().phone(0))
    assert browser.post(f"/calls/{contact.pk}/let-go/", headers=HTMX).status_code == 422, "nothing was handed over"
    page = browser.post(f"/calls/{contact.pk}/ticket/", SAID, headers=HTMX).content.decode()
    ticket = Ticket.objects.get()
    assert "ещё не взяли" in page and f"ticket:{ticket.number}" in page
    contact.refresh_from_db()
    assert contact.outcome == ""
    assert [one.user for one in Notice.objects.all()] == [sergey]
    assert ticket.number in signed_in(sergey).get("/notices/").content.decode()
    browser.post(f"/calls/{contact.pk}/ticket/", SAID, headers=HTMX)
    assert Ticket.objects.count() == 1, "an impatient hand opens no second one"
    tickets.take(ticket=ticket, by=sergey)
    assert "Сергей" in shown(browser, contact) and "заявка взята" in shown(browser, contact)
    browser.post(f"/calls/{contact.pk}/let-go/", {"note": "Передала"})
    contact.refresh_from_db()
    assert (contact.outcome, contact.note) == ("ticket", "Передала")
    assert "let-go" not in shown(browser, contact)


@pytest.mark.django_db
def test_what_comes_back_comes_with_a_reason_and_the_history_counts_it(
    at_noon: time_machine.Traveller, sergey: User, dmitry: User, signed_in: Browser
) -> None:
    ticket = opened(sergey, home())
    at_noon.shift(timedelta(minutes=10))
    tickets.hand_over(ticket=ticket, to="dispatch", by=sergey)
    at_noon.shift(timedelta(minutes=90))
    path = f"/tickets/{ticket.number}/hand-over/"
    refused = signed_in(dmitry).post(path, {"desk": "support"}, headers=HTMX)
    assert (refused.status_code, "почему возвращаете" in refused.content.decode()) == (422, True)
    assert Caller(dmitry).send("patch", f"{ticket.number}/", {"desk": "support"}).status_code == 422
    done = Caller(dmitry).send("patch", f"{ticket.number}/", {"desk": "support", "reason": "Мастер не нужен"})
    assert done.json()["desk"] == "support"
    at_noon.shift(timedelta(minutes=5))
    tickets.resolve(ticket=ticket, by=sergey)
    at_noon.shift(timedelta(hours=9))
    page = signed_in(sergey).get(f"/tickets/{ticket.number}/history/").content.decode()
    assert '<b class="n">0:15</b>' in page and '<b class="n">1:30</b>' in page
    assert "передавали 2 раза, возвращали 1 раз" in page


@pytest.mark.django_db
def test_who_waits_with_the_caller_sees_who_gave_it_back_and_why_and_hands_it_over_again(
    at_noon: time_machine.Traveller, olga: User, sergey: User, signed_in: Browser
) -> None:
    browser, contact = signed_in(olga), talks_to(olga, pbx(), house().phone(0))
    browser.post(f"/calls/{contact.pk}/ticket/", SAID, headers=HTMX)
    ticket = Ticket.objects.get()
    tickets.hand_over(ticket=ticket, to="first_line", by=sergey, reason="Сначала перезагрузите роутер")
    page = shown(browser, contact)
    assert "Сергей Титов: вернули заявку" in page and "Сначала перезагрузите роутер" in page
    assert "let-go" not in page, "nobody has the caller"
    again, said = f"/calls/{contact.pk}/hand-again/", {"ticket": ticket.number, "desk": "support"}
    assert browser.post(again, said, headers=HTMX).status_code == 422, "nothing new was said"
    page = browser.post(again, {**said, "reason": "Не помогло"}, headers=HTMX).content.decode()
    assert "ещё не взяли" in page and "вернули заявку" not in page
    ticket.refresh_from_db()
    assert ticket.desk == "support"
    stranger = talks_to(olga, pbx(), "anonymous")
    assert browser.post(f"/calls/{stranger.pk}/hand-again/", said, headers=HTMX).status_code == 404


NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_the_sums_of_an_afternoon() -> None:
    at = [NOW + timedelta(minutes=n) for n in (0, 10, 40, 50, 70)]
    steps = [Step(at[0], "a"), Step(at[1], "b"), Step(at[2], None), Step(at[3], "b"), Step(at[4], "a")]
    found = desk_time(steps, NOW + timedelta(minutes=75))
    assert {desk: spent.total_seconds() / 60 for desk, spent in found.spent.items()} == {"a": 15, "b": 50}
    assert (found.handed, found.returned) == (2, 1)


@given(st.lists(st.tuples(st.integers(0, 500), st.sampled_from([None, "a", "b", "c"])), max_size=20))
def test_no_minute_is_lost_or_counted_twice(steps: list[tuple[int, str | None]]) -> None:
    ordered = [Step(NOW + timedelta(minutes=n), desk) for n, desk in sorted(steps, key=lambda one: one[0])]
    end = NOW + timedelta(minutes=600)
    found = desk_time(ordered, end)
    held = timedelta(0)
    for step, following in zip(ordered, [*(one.at for one in ordered), end][1:], strict=True):
        held += following - step.at if step.desk else timedelta(0)
    assert sum(found.spent.values(), timedelta(0)) == held
    assert 0 <= found.returned <= found.handed


@pytest.mark.django_db
@pytest.mark.parametrize(("one", "other"), [*permutations(TICKET_DESKS, 2)])
def test_between_every_two_desks_what_comes_back_comes_with_a_reason(
    one: str, other: str, at_noon: time_machine.Traveller, vera: User, signed_in: Browser
) -> None:
    ticket, browser = opened(vera, home(), desk=one), signed_in(vera)
    path = f"/tickets/{ticket.number}/hand-over/"
    browser.post(path, {"desk": other}, headers=HTMX)
    ticket.refresh_from_db()
    assert ticket.desk == other, "the first time needs no reason"
    assert "почему возвращаете" in refused(browser, path, {"desk": one})
    browser.post(path, {"desk": one, "reason": "Не наше"}, headers=HTMX)
    assert (desk_time_of(ticket).handed, desk_time_of(ticket).returned) == (2, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("desk", DESKS)
def test_what_a_call_opened_goes_back_to_the_first_line_with_a_reason_too(
    desk: str, at_noon: time_machine.Traveller, olga: User, vera: User, signed_in: Browser
) -> None:
    contact = talks_to(olga, pbx(), house().phone(0))
    fields = {"topic": "contract", "subject": "Договор", "note": "Просит копию"}
    assert signed_in(olga).post(f"/calls/{contact.pk}/ticket/", {"desk": desk, **fields}).status_code == 302
    ticket, browser = Ticket.objects.get(), signed_in(vera)
    assert ticket.desk == desk
    path = f"/tickets/{ticket.number}/hand-over/"
    assert "почему возвращаете" in refused(browser, path, {"desk": "first_line"})
    at_noon.shift(timedelta(minutes=20))
    browser.post(path, {"desk": "first_line", "reason": "Не хватает адреса"}, headers=HTMX)
    found = desk_time_of(ticket)
    assert (found.handed, found.returned) == (2, 1)
    assert {name: spent.total_seconds() for name, spent in found.spent.items()} == {"first_line": 0, desk: 1200}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("desk", "topic", "asks"),
    [
        ("support", "no_tv", "Что не работает и с какого времени"),
        ("dispatch", "visit_move", "Когда удобно и как попасть"),
        ("finance", "refund", "За какой период вопрос"),
    ],
)
def test_each_desk_asks_one_thing_from_the_start_and_a_supervisor_changes_it(
    desk: str, topic: str, asks: str, at_noon: time_machine.Traveller, olga: User, vera: User, signed_in: Browser
) -> None:
    browser, contact = signed_in(olga), talks_to(olga, pbx(), house().phone(0))
    said, path = {"desk": desk, "topic": topic, "subject": "Вопрос"}, f"/calls/{contact.pk}/ticket/"
    assert asks in refused(browser, path, said)
    field = FieldDefinition.objects.get(label_ru=asks)
    changed = {"label_ru": "Спросите иначе", "label_en": "Ask", "key": field.key, "kind": "text", "position": "10"}
    assert signed_in(vera).post(f"/settings/fields/{field.pk}/", changed).status_code == 302
    seed_fields()  # as after every update
    field.refresh_from_db()
    assert (field.label_ru, field.is_active, FieldDefinition.objects.count()) == ("Спросите иначе", False, 3)
    assert browser.post(path, said).status_code == 302, "what is switched off is asked no more"
