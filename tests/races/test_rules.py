"""Rules at the very same moment: each happens once, whoever comes, and nobody waits in a circle."""

from functools import partial

import pytest

from messaging.models import Message
from staff.models import User
from tests.races.together import errors, together
from tests.tickets.talk import home, opened, writes
from tickets import actions
from tickets.models import RuleRun, RuleTask

pytestmark = pytest.mark.django_db(transaction=True)


def on(by: User, trigger: str, *deeds: tuple[str, str, str], **more: object) -> None:
    spec = {"all": [], "any": [], "do": [{"do": do, "value": value, "text": text} for do, value, text in deeds]}
    facts = {"title": "Правило", "trigger": trigger, "spec": spec, **more}
    actions.switch_rule(rule=actions.save_rule(rule=None, by=by, **facts), on=True, by=by)  # type: ignore[arg-type]


def test_workers_at_once_run_a_row_once_and_answer_once(sergey: User, vera: User) -> None:
    on(vera, "subscriber_wrote", ("reply", "", "Мы получили ваше сообщение"), ("note", "", "Раз"))
    house = home()
    ticket = opened(sergey, house)
    for n in range(5):
        writes(f"Вопрос {n}", phone=house.phone(0))
    assert errors(together(*[actions.run_rules] * 4)) == []
    assert RuleTask.objects.count() == 0
    assert RuleRun.objects.filter(outcome="done").count() == 5
    assert Message.objects.filter(direction="out").count() == 5
    assert ticket.history.filter(kind="commented").count() == 5


def test_a_row_that_two_workers_hold_happens_once(sergey: User, vera: User) -> None:
    """The lease of one ran out while it worked: both have the row in hand."""
    from tickets.actions.rule_runs import _look

    on(vera, "opened", ("note", "", "Раз"), ("note", "", "Два"))
    ticket = opened(sergey, home())
    task = RuleTask.objects.get()
    assert errors(together(*[partial(_look, task)] * 4)) == []
    said = [event.data["text"] for event in ticket.history.filter(kind="commented").order_by("pk")]
    assert said == ["Раз", "Два"]


def test_rules_and_messages_crossing_never_wait_in_a_circle(sergey: User, vera: User) -> None:
    on(vera, "subscriber_wrote", ("priority", "2", ""), ("reply", "", "Получили"), ("priority", "3", ""))
    house = home()
    opened(sergey, house)
    writes("Начало", phone=house.phone(0))
    crossing = [partial(writes, f"Ещё {n}", phone=house.phone(0)) for n in range(4)]
    assert errors(together(*crossing, actions.run_rules, actions.run_rules)) == []
    actions.run_rules()
    assert RuleRun.objects.filter(outcome="done").count() == 5


def test_sweeps_at_once_fire_a_scheduled_rule_once(sergey: User, vera: User) -> None:
    on(vera, "schedule", ("note", "", "Пора"), every_min=5)
    tickets = [opened(sergey, home(str(n))) for n in range(21, 26)]
    from tickets.models import Rule

    Rule.objects.filter(is_on=True).update(next_at="2020-01-01T00:00:00Z")
    assert errors(together(*[actions.carry_on_rules] * 4)) == []
    actions.carry_on_rules()
    assert RuleRun.objects.filter(outcome="done").count() == len(tickets)
