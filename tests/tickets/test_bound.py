"""Links, splits, and a common ticket with one answer for all that belongs to it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from common import clock
from contactcenter.sweep import sweep
from dispatch import actions as dispatch
from messaging.models import Message
from staff.models import User
from tests.factories.town import house as built
from tests.incidents.test_spike_to_visit import on_shift
from tests.tickets.talk import home, opened, writes
from tests.tickets.test_api import Caller
from tickets import actions
from tickets.models import CommonAnswer, CommonAnswerLine, Link, Ticket, TicketMessage

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_linked_seen_from_both_sides_and_taken_away(sergey: User, signed_in: Browser) -> None:
    house, browser = home(), signed_in(sergey)
    cable, silent = opened(sergey, house, subject="Обрыв"), opened(sergey, house, subject="Молчит телефон")
    path = f"/tickets/{silent.number}/links/"
    reply = browser.post(path, {"kind": "blocks:back", "to": cable.number, "reason": "один кабель"}, headers=HTMX)
    assert "ждёт" in reply.content.decode() and "один кабель" in reply.content.decode()
    assert "задерживает" in browser.get(cable.get_absolute_url()).content.decode()
    browser.post(path, {"kind": "blocks:back", "to": cable.number})
    browser.post(path, {"kind": "related", "to": cable.number})
    browser.post(f"/tickets/{cable.number}/links/", {"kind": "related", "to": silent.number})
    assert [(one.one, one.other, one.kind) for one in Link.objects.all()] == [
        (cable, silent, "blocks"),
        (cable, silent, "related"),
    ]
    history = browser.get(f"/tickets/{cable.number}/history/").content.decode()
    assert "заявка связана с другой" in history and "задерживает" in history
    for link in Link.objects.all():
        browser.post(f"/tickets/{silent.number}/links/{link.pk}/remove/")
    assert not Link.objects.exists()
    assert "связь убрана" in browser.get(f"/tickets/{silent.number}/history/").content.decode()


def test_a_wrong_link_is_said_and_makes_nothing(sergey: User, anna: User, signed_in: Browser) -> None:
    house, browser = home(), signed_in(sergey)
    ticket, hidden = opened(sergey, house), opened(anna, house, desk="finance")
    path = f"/tickets/{ticket.number}/links/"
    for said in (
        {"kind": "related", "to": ticket.number},
        {"kind": "related", "to": hidden.number},
        {"kind": "nonsense", "to": ticket.number},
        {"kind": "related", "to": "\x01" * 5},
        {"kind": "related"},
        {"kind": "attach", "to": ticket.number},
    ):
        assert browser.post(path, said, headers=HTMX).status_code == 422, said
    assert not Link.objects.exists()
    assert hidden.number not in browser.get(ticket.get_absolute_url()).content.decode()


def test_a_link_to_another_desks_ticket_is_counted_not_shown(
    sergey: User, anna: User, vera: User, signed_in: Browser
) -> None:
    house = home()
    ticket, hidden = opened(sergey, house), opened(anna, house, desk="finance", subject="Перерасчёт")
    actions.link(ticket=ticket, to=hidden, kind="related", by=vera)
    page = signed_in(sergey).get(ticket.get_absolute_url()).content.decode()
    assert "1 заявка другого отдела" in page and "Перерасчёт" not in page
    assert "Перерасчёт" in signed_in(vera).get(ticket.get_absolute_url()).content.decode()


def test_the_database_refuses_what_no_link_may_be(sergey: User) -> None:
    house = home()
    one, other = opened(sergey, house), opened(sergey, house)
    actions.link(ticket=one, to=other, kind="blocks", by=sergey)
    for facts in (
        {"one": one, "other": one, "kind": "blocks"},
        {"one": one, "other": other, "kind": "blocks"},
        {"one": other, "other": one, "kind": "related"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Link.objects.create(by=sergey, **facts)


def test_a_second_matter_becomes_a_ticket_of_its_own(sergey: User, signed_in: Browser) -> None:
    house, browser = home(), signed_in(sergey)
    ticket = opened(sergey, house)
    actions.reply(ticket=ticket, text="Здравствуйте", by=sergey)
    said = TicketMessage.objects.get(message=writes("И ещё не показывает НТВ", phone=house.phone(0)))
    page = browser.get(f"/tickets/{ticket.number}/split/?from=message-{said.pk}").content.decode()
    assert page.count("И ещё не показывает НТВ") == 2  # the subject and the text
    for nonsense in ("message-0", "note-999999999999999999", "x", "message-abc", "note-1%00"):
        assert browser.get(f"/tickets/{ticket.number}/split/?from={nonsense}").status_code in {200, 400}
    empty = browser.post(f"/tickets/{ticket.number}/split/", {"subject": " ", "desk": "support", "text": "Слова"})
    assert empty.status_code == 422 and "Слова" in empty.content.decode()
    browser.post(
        f"/tickets/{ticket.number}/split/", {"subject": "Нет НТВ", "desk": "dispatch", "text": "Не показывает"}
    )
    new = Ticket.objects.get(subject="Нет НТВ")
    assert (new.subscriber, new.building, new.desk) == (ticket.subscriber, ticket.building, "dispatch")
    assert "выделена из" in browser.get(new.get_absolute_url()).content.decode()
    # He is answered on both through one conversation; his words come to the one that answered him last.
    writes("Ау", phone=house.phone(0))
    assert fresh(ticket).last_message.message.text == "Ау"  # type: ignore[union-attr]
    actions.reply(ticket=fresh(new), text="Проверим НТВ", by=sergey)
    writes("Спасибо", phone=house.phone(0))
    assert fresh(new).last_message.message.text == "Спасибо"  # type: ignore[union-attr]


def test_split_to_a_desk_one_does_not_see_leads_back(olga: User, sergey: User, signed_in: Browser) -> None:
    ticket = opened(sergey, home())
    browser = signed_in(sergey)
    reply = browser.post(f"/tickets/{ticket.number}/split/", {"subject": "Перерасчёт", "desk": "finance"})
    assert reply["Location"] == ticket.get_absolute_url()


def common(by: User, flats: int = 3) -> tuple[Ticket, list[Ticket]]:
    """A cause, and a ticket of each flat that belongs to it; the last subscriber has no phone."""
    house = built("7", flats=flats)
    cause = actions.open_ticket(desk="support", subject="Обрыв на Ленина", channel="phone", by=by)
    inside = [opened(by, house, subscriber=one) for one in house.subscribers]
    house.subscribers[-1].phones.all().delete()
    for one in inside:
        actions.attach(ticket=one, to=cause, by=by)
    return cause, inside


def test_one_answer_resolves_all_that_belongs_to_a_cause(sergey: User, signed_in: Browser) -> None:
    cause, inside = common(sergey)
    browser = signed_in(sergey)
    page = browser.get(f"/tickets/{cause.number}/children/").content.decode()
    assert "не решено 3 из 3" in page and "Ответить и решить 3 заявки" in page
    refused = browser.post(f"/tickets/{cause.number}/resolve/", {"code": "solved"}, headers=HTMX)
    assert refused.status_code == 422, "a cause does not close over what belongs to it"
    empty = browser.post(f"/tickets/{cause.number}/children/answer/", {"text": " ", "code": "solved"})
    assert empty.status_code == 422
    said = {"text": "{name}, обрыв устранён, проверьте связь.", "code": "solved"}
    browser.post(f"/tickets/{cause.number}/children/answer/", said)
    actions.detach(ticket=inside[1], by=sergey)  # while the worker was on its way
    sweep()
    sweep()
    assert [fresh(one).status for one in inside] == ["resolved", "new", "resolved"]
    sent = Message.objects.get(direction="out")
    assert sent.text.endswith("обрыв устранён, проверьте связь.") and "{" not in sent.text
    assert fresh(inside[0]).resolution_code.code == "solved"  # type: ignore[union-attr]
    assert fresh(cause).status == "resolved"
    answer = CommonAnswer.objects.get()
    assert answer.ended_at and answer.refusal == ""
    assert [line.outcome for line in answer.lines.all()] == ["told", "skipped", "untold"]
    page = browser.get(f"/tickets/{cause.number}/children/").content.decode()
    assert "готово 3 из 3" in page and "1 абоненту написать нельзя" in page and inside[2].number in page


def test_one_that_refuses_holds_nobody_up_and_keeps_the_cause_open(
    at_noon: time_machine.Traveller, sergey: User, dmitry: User, maxim: User, signed_in: Browser
) -> None:
    cause, inside = common(sergey)
    dispatch.book(ticket=inside[0], start=clock.now() + timedelta(hours=1), by=dmitry, master=on_shift(maxim))
    actions.answer_children(ticket=cause, text="Готово", code="solved", by=sergey)
    with pytest.raises(actions.AnswerUnderWay):
        actions.answer_children(ticket=cause, text="Готово", code="solved", by=sergey)
    sweep()
    assert [fresh(one).status for one in inside] == ["visit", "resolved", "resolved"]
    assert not Message.objects.filter(direction="out", conversation__subscriber=inside[0].subscriber).exists()
    page = signed_in(sergey).get(f"/tickets/{cause.number}/children/").content.decode()
    assert "Общая заявка не решена" in page
    assert fresh(cause).status == "new"
    line = CommonAnswerLine.objects.get(outcome="refused")
    assert line.ticket == inside[0] and line.refusal


def test_five_hundred_are_answered_in_passes(sergey: User) -> None:
    cause = actions.open_ticket(desk="support", subject="Авария", channel="phone", by=sergey)
    for _ in range(45):
        one = actions.open_ticket(desk="support", subject="Нет связи", channel="phone", by=sergey)
        Ticket.objects.filter(pk=one.pk).update(parent=cause)
    actions.answer_children(ticket=cause, text="Готово", code="solved", by=sergey)
    passes = [actions.give_answers() for _ in range(4)]
    assert passes == [20, 20, 5, 0]
    assert fresh(cause).status == "resolved"


def test_what_belongs_to_what_has_one_level(sergey: User, vera: User, signed_in: Browser) -> None:
    house, browser = home(), signed_in(sergey)
    cause, child, other = (opened(sergey, house) for _ in range(3))
    path = f"/tickets/{cause.number}/children/attach/"
    browser.post(path, {"numbers": f"№{child.number}, {int(other.number)}"})
    assert {fresh(one).parent for one in (child, other)} == {cause}
    for where, said in ((child, cause.number), (child, other.number), (cause, cause.number), (cause, "7, 8")):
        page = browser.post(f"/tickets/{where.number}/children/attach/", {"numbers": said})
        assert page.status_code == 422, said
    assert fresh(cause).parent is None
    browser.post(f"/tickets/{child.number}/detach/", {"here": cause.number})
    assert fresh(child).parent is None
    for here in ("../../", "a/b", "x" * 40, "999999"):
        for path in (f"/tickets/{child.number}/detach/", f"/tickets/{child.number}/merge/undo/"):
            assert browser.post(path, {"here": here}).status_code in {302, 404}, here
    assert [one.kind for one in cause.history.order_by("pk")][-3:] == ["child_joined", "child_joined", "child_left"]
    actions.resolve(ticket=other, by=sergey)
    actions.resolve(ticket=cause, by=sergey)
    with pytest.raises(actions.CannotAttach):
        actions.attach(ticket=child, to=cause, by=sergey)
    actions.reopen(ticket=other, by=vera)
    assert fresh(other).parent == cause, "a child comes back alone"


def test_bound_over_rest(sergey: User) -> None:
    house, api = home(), Caller(sergey)
    cause, child = opened(sergey, house), opened(sergey, house)
    assert api.send("post", f"{cause.number}/children/", {"number": child.number}).status_code == 201
    assert api.send("post", f"{cause.number}/children/", {"number": "nothing"}).status_code == 422
    inside = api.client.get(f"/api/v1/tickets/{cause.number}/children/").json()["results"]
    assert [one["number"] for one in inside] == [child.number]
    made = api.send("post", f"{cause.number}/common-answers/", {"text": "Готово", "resolution_code": "solved"})
    assert (made.status_code, made.json()["lines"][0]["outcome"]) == (202, "")
    sweep()
    answers = api.client.get(f"/api/v1/tickets/{cause.number}/common-answers/").json()["results"]
    assert answers[0]["lines"][0]["outcome"] == "told"
    assert api.send("post", f"{child.number}/detach/", {}).json()["parent"] is None
    linked = api.send("post", f"{cause.number}/links/", {"to": child.number, "kind": "duplicates"}).json()
    assert (linked["one"], linked["other"]) == (cause.number, child.number)
    assert len(api.client.get(f"/api/v1/tickets/{child.number}/links/").json()["results"]) == 1
    assert api.client.delete(f"/api/v1/tickets/{child.number}/links/{linked['id']}/").status_code == 204
    new = api.send("post", f"{cause.number}/split/", {"subject": "Второе", "desk": "support"}, key="s-1")
    assert new.status_code == 201
    assert (
        api.send("post", f"{cause.number}/split/", {"subject": "Второе", "desk": "support"}, key="s-1").json()
        == new.json()
    )
