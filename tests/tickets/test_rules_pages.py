"""The supervisor writes rules on a page and through REST; what she typed is never lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from staff.actions import issue_api_key
from staff.models import User
from tests.tickets.talk import home, opened
from tickets import actions
from tickets.models import Rule, RuleRun, Ticket

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
FORM = {
    "title": "Нет интернета — срочно",
    "trigger": "opened",
    "all-0-kind": "subject",
    "all-0-was": "subject",
    "all-0-is": "has",
    "all-0-value": "нет интернета, не работает*",
    "any-0-kind": "priority",
    "any-0-was": "priority",
    "any-0-is": "in",
    "any-0-value": ["3", "4"],
    "do-0-kind": "priority",
    "do-0-was": "priority",
    "do-0-value": "1",
    "do-1-kind": "note",
    "do-1-was": "note",
    "do-1-text": "Проверить {number}",
}


def words(page: Any) -> str:
    text: str = page.content.decode()
    return text


def test_a_rule_is_written_switched_on_works_and_is_in_the_log(vera: User, sergey: User, signed_in: Browser) -> None:
    browser = signed_in(vera)
    reply = browser.post("/settings/rules/new/", FORM)
    rule = Rule.objects.get(title=FORM["title"])
    assert (reply.status_code, reply["Location"]) == (302, f"/settings/rules/{rule.pk}/")
    assert rule.spec["all"] == [{"fact": "subject", "is": "has", "value": ["нет интернета", "не работает*"]}]
    assert (rule.is_on, rule.history.get().by_user) == (False, vera)
    page = words(browser.get("/settings/rules/"))
    assert "Заявка открыта; если суть содержит «нет интернета» или «не работает*» и приоритет это «P3» или" in page
    browser.post(f"/settings/rules/{rule.pk}/switch/", {"on": "1"})
    ticket = opened(sergey, home())
    actions.run_rules()
    assert Ticket.objects.get().priority == 1
    log = words(browser.get(f"/settings/rules/log/?rule={rule.pk}&outcome=done&n={ticket.number}"))
    assert f"№ {ticket.number}" in log
    assert f"№ {ticket.number}" not in words(browser.get("/settings/rules/log/?outcome=refused"))
    assert "изменяет правило" in words(browser.get(f"/settings/rules/{rule.pk}/"))
    history = words(browser.get(f"/tickets/{ticket.number}/history/"))
    assert "Правила" in history
    assert "Нет интернета — срочно" in history


def test_rows_are_added_and_removed_and_nothing_typed_is_lost(vera: User, signed_in: Browser) -> None:
    browser = signed_in(vera)
    path = "/settings/rules/new/?part=editor"
    more = words(browser.post(path, {**FORM, "change": "add-all"}, headers={"HX-Request": "true"}))
    assert 'name="all-1-kind"' in more
    assert "нет интернета, не работает*" in more
    assert "Проверить {number}" in more
    assert "<html" not in more
    less = words(browser.post(path, {**FORM, "change": "remove-do-0"}, headers={"HX-Request": "true"}))
    assert 'name="do-1-kind"' not in less
    assert "Проверить {number}" in less
    other = words(browser.post(path, {**FORM, "any-0-kind": "age", "change": "show"}, headers={"HX-Request": "true"}))
    assert "меньше" in other
    assert Rule.objects.filter(title=FORM["title"]).count() == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": " "}, "Обязательное поле"),
        ({"any-0-value": []}, "хотя бы одно значение"),
        ({"do-0-value": ""}, "Выберите значение"),
        ({"do-1-text": ""}, "Введите текст"),
        ({"do-1-text": "Ну {кто}"}, "Переменной {кто} нет"),
        ({"all-0-value": "!!!"}, "Впишите слова"),
        ({"any-0-kind": "age", "any-0-was": "age", "any-0-is": "less", "any-0-value": "час"}, "целое число"),
        ({"any-0-value": ["9"]}, "«9» больше нет"),
        ({"trigger": "schedule"}, "через сколько минут"),
        ({"trigger": "schedule", "every_min": "1"}, "От 5 минут"),
        ({"trigger": "schedule", "daily_at": "99:99"}, "например 10:00"),
        ({"trigger": "never"}, "Выберите, когда"),
    ],
)
def test_nonsense_is_said_beside_its_row_and_nothing_is_lost(
    vera: User, signed_in: Browser, change: dict[str, Any], said: str
) -> None:
    before = Rule.objects.count()
    page = signed_in(vera).post("/settings/rules/new/", {**FORM, **change})
    assert page.status_code == 422
    assert said in words(page)
    assert "Проверить" in words(page) or "do-1-text" in change
    assert Rule.objects.count() == before


def test_a_dry_run_of_what_stands_in_the_form(vera: User, sergey: User, signed_in: Browser) -> None:
    ticket, other = opened(sergey, home()), opened(sergey, home("22"), subject="Пульт")
    page = words(signed_in(vera).post("/settings/rules/new/", {**FORM, "change": "try"}))
    assert "Правило сработало бы раз: 1" in page
    assert ticket.number in page
    assert other.number not in page
    assert (RuleRun.objects.count(), Ticket.objects.get(pk=ticket.pk).priority) == (0, 3)


def test_two_who_change_one_rule_the_second_is_told(vera: User, signed_in: Browser) -> None:
    browser = signed_in(vera)
    browser.post("/settings/rules/new/", FORM)
    rule = Rule.objects.get(title=FORM["title"])
    path = f"/settings/rules/{rule.pk}/"
    assert browser.post(path, {**FORM, "version": 1, "title": "Первая"}).status_code == 302
    late = browser.post(path, {**FORM, "version": 1, "title": "Вторая"})
    assert late.status_code == 422
    assert "тем временем" in words(late)
    assert "Вторая" in words(late)
    browser.post(f"{path}move/", {"up": "1"})
    browser.post(f"{path}remove/")
    assert browser.get(path).status_code == 404
    assert rule.history.count() == 4


def test_the_examples_are_there_and_off(vera: User, signed_in: Browser) -> None:
    from tickets.models import seed_rules

    Rule.objects.all().delete()
    seed_rules()
    seed_rules()
    assert Rule.objects.filter(is_on=False).count() == Rule.objects.count() == 3
    for rule in Rule.objects.all():
        actions.switch_rule(rule=rule, on=False, by=vera)
        actions.checked_rule(rule.spec)
        assert rule.title in words(signed_in(vera).get(f"/settings/rules/{rule.pk}/"))


def test_rules_by_rest(vera: User, sergey: User) -> None:
    def rest(user: User) -> Client:
        return Client(headers={"Authorization": f"Token {issue_api_key(user=user, name='bot')}"})

    boss, ticket = rest(vera), opened(sergey, home())
    spec = {"all": [], "any": [], "do": [{"do": "priority", "value": "2", "text": ""}]}
    said = {"title": "Из REST", "trigger": "commented", "spec": spec}
    assert rest(sergey).post("/api/v1/rules/", said, "application/json").status_code == 403
    made = boss.post("/api/v1/rules/", said, "application/json")
    assert made.status_code == 201, made.content
    path = f"/api/v1/rules/{made.json()['id']}/"
    for wrong in (
        {**spec, "more": 1},
        [],
        {**spec, "do": []},
        {**spec, "all": [{"fact": "x", "is": "in", "value": []}]},
        7,
    ):
        refused = boss.put(path, {**said, "spec": wrong}, "application/json")
        assert (refused.status_code, refused.json()["code"]) == (422, "wrong_rule"), wrong
    assert boss.post(f"{path}switch/", {"on": True}, "application/json").json()["is_on"] is True
    actions.note(ticket=ticket, text="Проверил", by=sergey)
    tried = boss.post(f"{path}try/", {}, "application/json").json()
    assert (tried["held"], tried["sample"][0]["ticket"]) == (1, ticket.number)
    actions.run_rules()
    runs = boss.get("/api/v1/rule-runs/").json()["results"]
    assert [(run["ticket"], run["outcome"]) for run in runs] == [(ticket.number, "done")]
    assert boss.put(path, {**said, "title": "Иначе", "version": 7}, "application/json").status_code == 409
    assert boss.delete(path).status_code == 204
    assert boss.get(path).status_code == 404
