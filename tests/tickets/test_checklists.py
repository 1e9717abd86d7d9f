"""Checklists: steps that come with a ticket, are ticked off, and may hold up its resolving."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from contacts.models import Topic
from staff.models import Role, User
from tests.races.together import errors, together
from tests.tickets.talk import home, opened
from tests.tickets.test_api import Caller
from tickets import actions
from tickets.models import ChecklistItem, ChecklistTemplate, Ticket, TicketEvent

Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def template(vera: User, signed_in: Browser, **more: object) -> ChecklistTemplate:
    said = {"title": "Обрыв", "lines": "Проверить порт\n\n  Позвонить соседям ", "by_itself": "on", "is_active": "on"}
    assert signed_in(vera).post("/settings/checklists/", {**said, **more}).status_code == 302
    return ChecklistTemplate.objects.get(title=more.get("title", "Обрыв"))


@pytest.mark.django_db
def test_a_new_ticket_brings_its_steps_and_waits_for_them(vera: User, sergey: User, signed_in: Browser) -> None:
    template(vera, signed_in, must_be_done="on", desk="support")
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    path = ticket.get_absolute_url()
    page = browser.get(path).content.decode()
    assert "0/2" in page and "Позвонить соседям" in page
    refused = browser.post(f"{path}resolve/", {"code": "mended"}, headers=HTMX)
    assert refused.status_code == 422
    assert "Не выполнены 2 шага" in refused.content.decode() and f"{path}#checklist" in refused.content.decode()
    for step in ticket.checklist.all():
        reply = browser.post(f"{path}checklist/{step.pk}/", {"done": "1"}, headers=HTMX)
    assert "2/2" in reply.content.decode() and "Сергей Титов" in reply.content.decode()
    actions.resolve(ticket=ticket, by=sergey, code="")
    assert Ticket.objects.get(pk=ticket.pk).is_resolved
    assert "шаг выполнен" in browser.get(f"{path}history/").content.decode()


@pytest.mark.django_db
def test_only_the_desk_and_the_topics_of_a_checklist_bring_it(vera: User, sergey: User, signed_in: Browser) -> None:
    one, other = Topic.objects.order_by("pk")[:2]
    template(vera, signed_in, topics=[one.pk])
    template(vera, signed_in, title="Чужой", desk="dispatch")
    template(vera, signed_in, title="По просьбе", by_itself="")
    template(vera, signed_in, title="Старый", is_active="")
    assert opened(sergey, home(), topic=one).checklist.count() == 2
    assert opened(sergey, home("22"), topic=other).checklist.count() == 0
    assert opened(sergey, home("23")).checklist.count() == 0


@pytest.mark.django_db
def test_a_step_is_added_ticked_unticked_and_removed(sergey: User, signed_in: Browser) -> None:
    ticket, browser = opened(sergey, home()), signed_in(sergey)
    path = f"{ticket.get_absolute_url()}checklist/"
    assert browser.post(path, {"text": "  Спросить модель "}, headers=HTMX).status_code == 200
    step = ticket.checklist.get()
    assert (step.text, step.added_by) == ("Спросить модель", sergey)
    assert 'aria-checked="true"' in browser.post(f"{path}{step.pk}/", {"done": "1"}, headers=HTMX).content.decode()
    assert 'aria-checked="false"' in browser.post(f"{path}{step.pk}/", {"done": "0"}, headers=HTMX).content.decode()
    assert browser.post(f"{path}{step.pk}/remove/").status_code == 302
    assert not ticket.checklist.exists()
    kinds = list(TicketEvent.objects.filter(thing=ticket).order_by("pk").values_list("kind", flat=True))
    assert kinds[1:] == ["step_added", "step_done", "step_undone", "step_removed"]
    assert browser.post(path, {"text": "   "}, headers=HTMX).status_code == 422
    ChecklistItem.objects.bulk_create(ChecklistItem(ticket=ticket, text=str(n)) for n in range(50))
    refused = browser.post(path, {"text": "лишний"}, headers=HTMX)
    assert "не больше 50 шагов" in refused.content.decode()


@pytest.mark.django_db
def test_a_step_of_a_ticket_that_one_may_not_see_is_none(sergey: User, anna: User, signed_in: Browser) -> None:
    hidden, own = opened(anna, home(), desk="finance"), opened(sergey, home("22"))
    step = actions.add_step_to(ticket=hidden, text="Сверить", by=anna)
    browser = signed_in(sergey)
    for number in (hidden.number, own.number):
        assert browser.post(f"/tickets/{number}/checklist/{step.pk}/", {"done": "1"}).status_code == 404
    assert signed_in(anna).post(f"/tickets/{hidden.number}/checklist/{step.pk}/", {"done": "1"}).status_code == 302


@pytest.mark.django_db
def test_the_database_knows_who_did_what_is_done(sergey: User) -> None:
    ticket = opened(sergey, home())
    with pytest.raises(IntegrityError), transaction.atomic():
        ChecklistItem.objects.create(ticket=ticket, text="Шаг", done_by=sergey)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChecklistItem.objects.create(ticket=ticket, text="")


@pytest.mark.django_db
def test_wrong_settings_are_said_and_kept(vera: User, signed_in: Browser) -> None:
    browser = signed_in(vera)
    template(vera, signed_in)
    long = "\n".join(["шаг"] * 51)
    for said, words in (({"title": "Обрыв"}, "уже есть"), ({"lines": long}, "50"), ({"lines": " "}, "Обязательное")):
        reply = browser.post("/settings/checklists/", {"title": "Иной", "lines": "раз", **said})
        assert reply.status_code == 422
        assert words in reply.content.decode()


@pytest.mark.django_db
def test_over_rest(sergey: User) -> None:
    ticket, api = opened(sergey, home()), Caller(sergey)
    path = f"{ticket.number}/checklist/"
    made = api.send("post", path, {"text": "Проверить порт"}).json()
    done = api.send("patch", f"{path}{made['id']}/", {"done": True}).json()
    assert done["done_by"] == sergey.pk and done["done_at"]
    assert [one["text"] for one in api.client.get(f"/api/v1/tickets/{path}").json()] == ["Проверить порт"]
    assert api.send("patch", f"{path}{made['id']}/", {"done": "может быть"}).status_code == 400
    assert api.client.delete(f"/api/v1/tickets/{path}{made['id']}/").status_code == 204
    assert api.client.delete(f"/api/v1/tickets/{path}{made['id']}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_people_tick_one_step_at_once_and_one_is_written_down(person: Callable[..., User]) -> None:
    people = [person("sergey", Role.SUPPORT), person("denis", Role.DISPATCHER)]
    ticket = opened(people[0], home())
    for n in range(5):
        step = actions.add_step_to(ticket=ticket, text=f"Шаг {n}", by=people[0])
        outcomes = together(*(partial(actions.check_step, item=step, done=True, by=one) for one in people))
        assert errors(outcomes) == []
        step.refresh_from_db()
        done = TicketEvent.objects.filter(thing=ticket, kind="step_done", data__text=step.text)
        assert [event.by_user_id for event in done] == [step.done_by_id]
