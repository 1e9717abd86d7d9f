"""The supervisor's rules: what happens follows, once, in order, and never turns in a circle."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from common.history import System
from contactcenter.sweep import sweep
from contacts.models import Topic, TopicGroup
from messaging.models import Message
from staff.models import Notice, User
from tests.tickets.talk import home, opened, writes
from tickets import actions, rule_words
from tickets.models import FieldDefinition, Rule, RulePause, RuleRun, RuleTask, Ticket, TicketEvent
from tickets.rules import plan

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def cond(fact: str, sign: str, value: Any) -> dict[str, Any]:
    return {"fact": fact, "is": sign, "value": value}


def deed(do: str, value: str = "", text: str = "") -> dict[str, str]:
    return {"do": do, "value": value, "text": text}


def rule(
    by: User, trigger: str, *do: dict[str, str], all: Any = (), any: Any = (), on: bool = True, **more: Any
) -> Rule:
    spec = {"all": list(all), "any": list(any), "do": list(do)}
    made = actions.save_rule(rule=None, by=by, title=more.pop("title", "Правило"), trigger=trigger, spec=spec, **more)
    return actions.switch_rule(rule=made, on=True, by=by) if on else made


def now(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_opened_with_a_word_in_its_subject_it_is_raised_and_noted(sergey: User, vera: User) -> None:
    rule(
        vera,
        "opened",
        deed("priority", "1"),
        deed("note", text="Заявка {number}: проверьте порт"),
        all=[cond("subject", "has", ["нет интернета"]), cond("priority", "in", ["3"])],
    )
    house = home()
    ticket, other = opened(sergey, house), opened(sergey, house, subject="Пульт")
    assert now(ticket).priority == 3  # the deed itself waits for nobody
    assert actions.run_rules() == 2
    assert (now(ticket).priority, now(other).priority) == (1, 3)
    note = ticket.history.get(kind="commented")
    assert (note.data["text"], note.by_system, note.actor) == (
        f"Заявка {ticket.number}: проверьте порт",
        "rules",
        "Правила",
    )
    assert note.via == f"rule:{Rule.objects.get(is_on=True).pk}"
    run = RuleRun.objects.get()
    assert (run.outcome, [step["ok"] for step in run.steps]) == ("done", [True, True])
    assert actions.run_rules() == 0


def test_the_deeds_of_a_rule_one_after_the_other(sergey: User, vera: User, dmitry: User) -> None:
    tv = Topic.objects.exclude(code="").first()
    rule(
        vera,
        "subscriber_wrote",
        deed("topic", tv.code),
        deed("give", str(sergey.pk)),
        deed("state", "waiting"),
        deed("reply", text="Здравствуйте! Заявка {number} у нас."),
        deed("notify", str(vera.pk), "взгляните"),
        deed("notify_desk", "dispatch", "готовьтесь"),
        any=[cond("text", "has", ["обрыв*"]), cond("channel", "in", ["vk"])],
        all=[cond("known", "in", ["yes"]), cond("address", "has", ["оранжерейная"])],
    )
    house = home()
    ticket = opened(sergey, house)
    writes("У нас обрывы", phone=house.phone(0))
    sweep()
    ticket = now(ticket)
    assert (ticket.topic, ticket.assignee, ticket.status) == (tv, sergey, "waiting")
    assert Message.objects.get(direction="out").text == f"Здравствуйте! Заявка {ticket.number} у нас."
    assert {one.user for one in Notice.objects.filter(text__contains="rule")} == {vera, dmitry}
    sweep()
    assert Message.objects.filter(direction="out").count() == 1


def test_a_field_of_ones_own_asks_for_its_checklist(sergey: User, vera: User) -> None:
    options = [{"key": "keenetic", "ru": "Кинетик", "en": "Keenetic"}, {"key": "tplink", "ru": "Ти-Пи", "en": "TP"}]
    labels = {"label_ru": "Роутер", "label_en": "Router"}
    actions.save_field(by=vera, key="router", kind="choice", options=options, **labels)
    steps = actions.save_checklist(by=vera, title="Кинетик", lines="Прошивка\nКанал", by_itself=False)
    is_keenetic = cond("fields", "in", ["router=keenetic"])
    made = rule(vera, "taken", deed("checklist", str(steps.pk)), all=[is_keenetic, cond("fields", "in", ["router=*"])])
    house = home()
    for ours, count in (("keenetic", 2), ("tplink", 0), ("", 0)):
        ticket = opened(sergey, house)
        actions.set_fields(ticket=ticket, values={"router": ours}, by=sergey)
        actions.take(ticket=ticket, by=sergey)
        actions.run_rules()
        assert ticket.checklist.count() == count, ours
    assert "Роутер: Кинетик" in rule_words.sentence(made, plan.read(made.spec), rule_words.lists())
    actions.save_field(by=vera, field=FieldDefinition.objects.get(key="router"), is_active=False, **labels)
    assert rule_words.obstacle(plan.read(made.spec), rule_words.lists()), "a rule of a field that is gone says so"


def test_what_is_refused_is_logged_and_the_rest_is_done(sergey: User, vera: User, anna: User) -> None:
    rule(vera, "opened", deed("give", str(anna.pk)), deed("priority", "2"))
    ticket = opened(sergey, home())
    actions.run_rules()
    run = RuleRun.objects.get()
    assert run.outcome == "partly"
    assert [step["ok"] for step in run.steps] == [False, True]
    assert "Седова" in run.steps[0]["why"]
    assert now(ticket).priority == 2


def test_rules_work_in_their_order_and_one_stops_the_rest(sergey: User, vera: User) -> None:
    last = rule(vera, "opened", deed("note", text="второе"), title="Б")
    first = rule(vera, "opened", deed("note", text="первое"), title="А")
    actions.move_rule(rule=first, up=True, by=vera)
    one = opened(sergey, home())
    actions.run_rules()
    said = [event.data["text"] for event in one.history.filter(kind="commented")]
    assert said == ["первое", "второе"]
    spec = first.spec
    actions.save_rule(rule=first, by=vera, title="А", trigger="opened", spec=spec, stops=True)
    two = opened(sergey, home("22"))
    actions.run_rules()
    assert [event.data["text"] for event in two.history.filter(kind="commented")] == ["первое"]
    assert last.runs.count() == 1


def test_two_rules_that_feed_each_other_stop_and_the_supervisor_hears(sergey: User, vera: User) -> None:
    rule(vera, "edited", deed("priority", "1"), all=[cond("priority", "in", ["2"])], title="Вверх")
    rule(vera, "edited", deed("priority", "2"), all=[cond("priority", "in", ["1"])], title="Вниз")
    ticket = opened(sergey, home())
    actions.edit(ticket=ticket, priority=1, by=sergey)
    assert actions.run_rules() < 10
    assert RuleTask.objects.count() == 0
    assert RuleRun.objects.filter(outcome="done").count() == 5
    looped = RuleRun.objects.get(outcome="looped")
    assert RulePause.objects.get().rule == looped.rule
    assert Notice.objects.filter(user=vera).count() == 1
    # A rule never answers to what it did itself.
    changed = {event.via for event in ticket.history.filter(kind="edited")}
    assert len(changed) >= 2


def test_a_rule_does_not_answer_to_its_own_doing(sergey: User, vera: User) -> None:
    rule(vera, "commented", deed("note", text="и я"))
    ticket = opened(sergey, home())
    actions.note(ticket=ticket, text="Проверил", by=sergey)
    actions.run_rules()
    assert ticket.history.filter(kind="commented").count() == 2


def test_more_than_twenty_runs_an_hour_are_too_many(at_noon: time_machine.Traveller, sergey: User, vera: User) -> None:
    rule(vera, "commented", deed("priority", "2"))
    ticket = opened(sergey, home())
    for n in range(25):
        actions.note(ticket=ticket, text=f"Раз {n}", by=sergey)
    actions.run_rules()
    assert RuleRun.objects.filter(outcome="done").count() == 20
    assert RuleRun.objects.filter(outcome="looped").count() == 1
    at_noon.shift(timedelta(hours=25))
    actions.note(ticket=ticket, text="Назавтра", by=sergey)
    actions.run_rules()
    assert RuleRun.objects.filter(outcome="done").count() == 21


def test_a_rule_about_a_topic_that_is_no_more_says_so_and_harms_nobody(
    sergey: User, vera: User, signed_in: Browser
) -> None:
    topic = Topic.objects.create(code="old", title_ru="Старая", title_en="Old", group=TopicGroup.objects.all()[0])
    made = rule(vera, "opened", deed("priority", "1"), all=[cond("topic", "in", ["old"])])
    topic.delete()
    ticket = opened(sergey, home())
    sweep()
    assert (now(ticket).priority, RuleRun.objects.count()) == (3, 0)
    made.refresh_from_db()
    assert "old" in made.broken
    assert Notice.objects.filter(user=vera).count() == 1
    assert "больше нет" in signed_in(vera).get("/settings/rules/").content.decode()
    actions.switch_rule(rule=made, on=False, by=vera)
    with pytest.raises(actions.WrongRule):
        actions.switch_rule(rule=made, on=True, by=vera)


def test_by_the_clock_once_for_each_spell(at_noon: time_machine.Traveller, sergey: User, vera: User) -> None:
    old = cond("quiet", "at_least", 60)
    rule(vera, "schedule", deed("notify", str(vera.pk), "Тишина"), all=[old], every_min=10)
    ticket = opened(sergey, home())
    at_noon.shift(timedelta(minutes=11))
    sweep()
    assert RuleRun.objects.count() == 0
    for _ in range(8):
        at_noon.shift(timedelta(minutes=11))
        sweep()
    assert RuleRun.objects.count() == 1
    actions.note(ticket=ticket, text="Звонили", by=sergey)
    at_noon.shift(timedelta(minutes=11))
    sweep()  # it does not hold now
    at_noon.shift(timedelta(minutes=60))
    sweep()
    assert RuleRun.objects.filter(outcome="done").count() == 2


def test_by_the_clock_daily_and_again_after_hours(at_noon: time_machine.Traveller, sergey: User, vera: User) -> None:
    from datetime import time

    made = rule(vera, "schedule", deed("note", text="Утро"), daily_at=time(15), repeat_h=20)
    assert made.next_at.isoformat() == "2026-03-04T12:00:00+00:00"
    ticket = opened(sergey, home())
    for _ in range(3):
        at_noon.shift(timedelta(days=1))
        sweep()
        sweep()
    assert ticket.history.filter(kind="commented").count() == 3


def test_a_rule_that_is_off_costs_no_row(sergey: User, vera: User) -> None:
    rule(vera, "opened", deed("priority", "1"), on=False)
    opened(sergey, home())
    assert RuleTask.objects.count() == 0


def test_the_log_is_kept_for_ninety_days(at_noon: time_machine.Traveller, sergey: User, vera: User) -> None:
    rule(vera, "opened", deed("priority", "1"))
    opened(sergey, home())
    actions.run_rules()
    at_noon.shift(timedelta(days=91))
    assert actions.forget_runs() == 1


def test_a_dry_run_writes_nothing_and_says_what_then_happens(sergey: User, vera: User) -> None:
    from tickets.rule_replay import replay
    from tickets.rules.plan import read

    made = rule(
        vera,
        "subscriber_wrote",
        deed("priority", "1"),
        all=[cond("text", "has", ["свет*"]), cond("desk", "in", ["support"])],
    )
    house, tickets = home(), []
    for n in range(6):
        ticket = opened(sergey, house)
        tickets.append(ticket)
        writes("Нет света" if n % 2 else "Нет сети", phone=house.phone(0))
        actions.resolve(ticket=ticket, by=sergey)
        Ticket.objects.filter(pk=ticket.pk).update(parent=None)
    before = [model.objects.count() for model in (Ticket, TicketEvent, RuleRun, RuleTask, Message, Notice)]
    found = replay(read(made.spec), made.trigger)
    assert [model.objects.count() for model in (Ticket, TicketEvent, RuleRun, RuleTask, Message, Notice)] == before
    actions.run_rules()
    did = {run.ticket_id for run in RuleRun.objects.all()}
    assert did == {one.ticket.pk for one in found.sample}
    assert (found.seen, found.held, found.before) == (6, len(did), None)
    assert System.RULES in set(TicketEvent.objects.values_list("by_system", flat=True))


def test_a_dry_run_sees_the_ticket_as_it_was(sergey: User, vera: User) -> None:
    from tickets.rule_replay import replay
    from tickets.rules.plan import read

    ticket = opened(sergey, home())
    actions.edit(ticket=ticket, by=sergey, priority=1)
    actions.hand_over(ticket=now(ticket), to="dispatch", by=sergey)
    made = rule(
        vera, "opened", deed("priority", "1"), all=[cond("priority", "in", ["3"]), cond("desk", "in", ["support"])]
    )
    assert replay(read(made.spec), "opened").held == 1
