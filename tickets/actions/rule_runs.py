"""Rules at work: a history row becomes work in its own transaction, a worker looks at it, each deed happens once.

A deed of a rule is a transaction of its own together with the note that it is done: it is repeated by nobody, it holds
the locks of that one deed and no others, and what it is refused never touches the deed of the person it followed.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common import clock, origin
from common.errors import DomainError
from common.history import System
from contacts.models import Topic
from staff import actions as staff
from staff.models import User
from tickets import queries, rule_words
from tickets.actions.assignment import give, hand_over
from tickets.actions.checklists import put_checklist
from tickets.actions.conversation import note, reply
from tickets.actions.editing import edit
from tickets.actions.lifecycle import resolve, set_status
from tickets.actions.rules import next_round
from tickets.models import (
    ChecklistTemplate,
    Rule,
    RulePause,
    RuleRun,
    RuleSpell,
    RuleTask,
    RuleTrigger,
    Status,
    Ticket,
    TicketEvent,
)
from tickets.rule_facts import Facts, Moment
from tickets.rules.conditions import BadRule
from tickets.rules.plan import Deed, Spec, read

log = logging.getLogger(__name__)

DEEPEST = 5  # rules that follow from each other
MOST_RUNS = 20  # on a ticket within an hour
LEASE = timedelta(minutes=1)
KEPT = timedelta(days=90)
PAUSED = timedelta(days=1)
BATCH = 500
PATIENCE_S = 5.0
Outcome = RuleRun.Outcome


@dataclass(frozen=True)
class Cause:
    """The rule that is at work now, and how deep in a chain of rules."""

    rule: int
    depth: int


_cause: ContextVar[Cause | None] = ContextVar("rule", default=None)


@contextmanager
def _caused(rule: Rule, depth: int) -> Iterator[None]:
    token = _cause.set(Cause(rule.pk, depth))
    try:
        yield
    finally:
        _cause.reset(token)


# ------------------------------------------------------------------------------------------------ what has happened


def heed(*, ticket: Ticket, event: TicketEvent) -> bool:
    """Leave the row for the rules, if any that is on asks for its kind. One statement."""
    cause = _cause.get()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tickets_ruletask (event_id, ticket_id, depth, rule_id)"
            " SELECT %s, %s, %s, %s WHERE EXISTS (SELECT FROM tickets_rule WHERE is_on AND trigger = %s)",
            [event.pk, ticket.pk, cause.depth + 1 if cause else 0, cause.rule if cause else None, event.kind],
        )
        return bool(cursor.rowcount)


def run_rules(*, patience_s: float = PATIENCE_S) -> int:
    """Look at what waits, oldest first, each ticket's rows in their order; how many rows were looked at."""
    ends, seen = time.monotonic() + patience_s, 0
    while time.monotonic() < ends and (task := _claim()):
        _look(task)
        RuleTask.objects.filter(pk=task.pk).delete()
        seen += 1
    while time.monotonic() < ends and (run := _claim_run()):
        _carry_out(run)
        seen += 1
    return seen


@transaction.atomic
def _claim() -> RuleTask | None:
    now = clock.now()
    earlier = RuleTask.objects.filter(ticket=OuterRef("ticket"), pk__lt=OuterRef("pk"))
    free = RuleTask.objects.filter(Q(claimed_until=None) | Q(claimed_until__lt=now)).exclude(Exists(earlier))
    task = free.order_by("pk").select_for_update(skip_locked=True, of=("self",)).first()
    if task:
        task.claimed_until = now + LEASE
        task.save(update_fields=["claimed_until"])
    return task


def _look(task: RuleTask) -> None:
    """All rules of one row, in their order; each decides on the ticket as the ones before have left it."""
    event = TicketEvent.objects.get(pk=task.event_id)
    for rule in Rule.objects.filter(is_on=True, trigger=event.kind).order_by("position", "pk"):
        if rule.pk == task.rule_id:
            continue  # its own doing
        run = RuleRun.objects.filter(rule=rule, event=event).first()
        if run is None:
            spec = sound(rule)
            ticket = Ticket.objects.get(pk=task.ticket_id)
            if spec is None or not spec.matches(Facts(spec.facts).of([Moment(ticket, event.at, event)])[0]):
                continue
            run = _begin(rule, spec, ticket, event=event, depth=task.depth)
        if run is None:
            continue
        _carry_out(run)
        if run.plan.get("stops"):
            break


def sound(rule: Rule) -> Spec | None:
    """The rule, if it can run; else it says why from now on, on its page, and who may mend it is told once."""
    try:
        spec = read(rule.spec)
        why = rule_words.obstacle(spec, rule_words.lists())
    except BadRule as error:
        spec, why = None, rule_words.wrong(error)
    if why != rule.broken:
        changed = Rule.objects.filter(pk=rule.pk, broken=rule.broken).update(broken=why)
        if why and changed:
            _tell_supervisors(rule, gettext_noop("The rule “%(rule)s” is broken and does nothing"))
    return None if why else spec


@transaction.atomic
def _begin(rule: Rule, spec: Spec, ticket: Ticket, *, event: TicketEvent | None, depth: int) -> RuleRun | None:
    """Note that the rule holds, with what it is to do; None where the rule leaves this ticket alone."""
    now = clock.now()
    if RulePause.objects.filter(rule=rule, ticket=ticket, at__gt=now - PAUSED).exists():
        return None
    plan = {"do": [one.json for one in spec.do], "stops": rule.stops, "version": rule.version}
    run, _made = RuleRun.objects.get_or_create(
        rule=rule,
        event=event,
        **({} if event else {"ticket": ticket, "outcome": Outcome.PENDING}),
        defaults={"ticket": ticket, "depth": depth, "plan": plan, "claimed_until": now + LEASE if event else None},
    )
    why = ""
    if depth >= DEEPEST:
        why = _("More than %(most)d rules follow from each other.") % {"most": DEEPEST}
    elif RuleRun.objects.filter(ticket=ticket, at__gt=now - timedelta(hours=1)).count() > MOST_RUNS:
        why = _("More than %(most)d rules an hour on one ticket.") % {"most": MOST_RUNS}
    if why and run.outcome == Outcome.PENDING and not run.steps:
        run.outcome, run.why = Outcome.LOOPED, why
        run.save(update_fields=["outcome", "why"])
        RulePause.objects.update_or_create(rule=rule, ticket=ticket, defaults={"at": now})
        log.warning("rule %s paused for ticket %s: a loop", rule.pk, ticket.number)
        text = gettext_noop("The rule “%(rule)s” goes round in a circle on ticket № %(number)s and is paused there")
        _tell_supervisors(rule, text, number=ticket.number)
    return run


def _tell_supervisors(rule: Rule, text: str, **params: str) -> None:
    for person in queries.leads(""):
        url = f"/settings/rules/{rule.pk}/"
        staff.notify(user=person, text=text, url=url, by=System.RULES, rule=rule.title, **params)


# ------------------------------------------------------------------------------------------------ what is to be done


@transaction.atomic
def _claim_run() -> RuleRun | None:
    now = clock.now()
    free = RuleRun.objects.filter(Q(claimed_until=None) | Q(claimed_until__lt=now), outcome=Outcome.PENDING)
    run = free.order_by("pk").select_for_update(skip_locked=True, of=("self",)).first()
    if run:
        run.claimed_until = now + LEASE
        run.save(update_fields=["claimed_until"])
    return run


def _carry_out(run: RuleRun) -> None:
    """What is left of its plan, one deed after the other."""
    with origin.coming(origin.Via.RULE, run.rule_id), _caused(run.rule, run.depth):
        while _step(run.pk):
            pass


@transaction.atomic
def _step(pk: int) -> bool:
    """The next deed, once, whoever comes; False when nothing is left."""
    run = RuleRun.objects.select_for_update(of=("self",), no_key=True).select_related("rule").get(pk=pk)
    if run.outcome != Outcome.PENDING:
        return False
    todo = run.plan["do"]
    if len(run.steps) < len(todo):
        one = todo[len(run.steps)]
        run.steps = [*run.steps, {"do": one["do"], "value": one["value"], **_try(run, Deed(**one))}]
        run.save(update_fields=["steps"])
        return True
    well = [step["ok"] for step in run.steps]
    run.outcome = Outcome.DONE if all(well) else Outcome.PARTLY if any(well) else Outcome.REFUSED
    run.save(update_fields=["outcome"])
    return False


def _try(run: RuleRun, deed: Deed) -> dict[str, Any]:
    try:
        with transaction.atomic():
            _do(deed, run)
    except DomainError as error:
        return {"ok": False, "why": str(error.text)[:300]}
    except (User.DoesNotExist, Topic.DoesNotExist):
        return {"ok": False, "why": _("It does not exist any more.")}
    except (OperationalError, InterfaceError):
        raise  # the database is away: this deed is tried again
    except Exception:
        log.exception("rule %s: %s failed", run.rule_id, deed.do)
        return {"ok": False, "why": _("An error of ours; it is in the log of the server.")}
    return {"ok": True, "why": ""}


_WORDS = gettext_noop("№ %(number)s, rule “%(rule)s”: %(said)s")


def _do(deed: Deed, run: RuleRun) -> None:
    """One deed, by the same action as a person's."""
    ticket = Ticket.objects.with_people().get(pk=run.ticket_id)
    facts: dict[str, Any] = {"ticket": ticket, "by": System.RULES}
    reason = _("Rule “%(rule)s”") % {"rule": run.rule.title}
    text = queries.filler(ticket, None)(deed.text)
    match deed.do:
        case "priority":
            edit(**facts, priority=int(deed.value))
        case "topic":
            edit(**facts, topic=Topic.objects.get(code=deed.value))
        case "desk":
            hand_over(**facts, to=deed.value, reason=reason)
        case "give":
            give(**facts, to=User.objects.get(pk=int(deed.value), is_active=True), reason=reason)
        case "state":
            set_status(**facts, status=deed.value, reason=reason)
        case "postpone":
            until = clock.now() + timedelta(minutes=int(deed.value))
            set_status(**facts, status=Status.POSTPONED, until=until, reason=reason)
        case "checklist":
            put_checklist(**facts, template=ChecklistTemplate.objects.get(pk=int(deed.value), is_active=True))
        case "note":
            note(**facts, text=text)
        case "reply":
            reply(**facts, text=text)
        case "resolve":
            resolve(**facts, text=text, code=deed.value)
        case "notify":
            _tell([User.objects.get(pk=int(deed.value), is_active=True)], ticket, run.rule, text)
        case "notify_desk":
            _tell(list(queries.workers(deed.value)), ticket, run.rule, text)


def _tell(people: list[User], ticket: Ticket, rule: Rule, said: str) -> None:
    for person in people:
        # Who may not see the ticket has nothing to read there.
        if Ticket.objects.visible_to(person).filter(pk=ticket.pk).exists():
            staff.notify(
                user=person,
                text=_WORDS,
                url=ticket.get_absolute_url(),
                by=System.RULES,
                number=ticket.number,
                rule=rule.title,
                said=said[:500],
            )


# ------------------------------------------------------------------------------------------------ by the clock


def run_schedules(*, patience_s: float = PATIENCE_S) -> int:
    """Go on with the rounds of scheduled rules that are due, a batch at a time; how many tickets were looked at."""
    ends, seen = time.monotonic() + patience_s, 0
    while time.monotonic() < ends and (some := _round()):
        seen += some
    return seen


@transaction.atomic
def _round() -> int:
    """A batch of one rule; 0 when no rule has anything left. Rows that hold become runs in the same transaction."""
    now = clock.now()
    due = Rule.objects.filter(is_on=True, trigger=RuleTrigger.SCHEDULE)
    due = due.filter(Q(scanned_to__isnull=False) | Q(next_at__lte=now))
    rule = due.order_by("position", "pk").select_for_update(skip_locked=True, no_key=True).first()
    if rule is None:
        return 0
    if rule.scanned_to is None:
        rule.scanned_to, rule.next_at = 0, next_round(rule, now)
    spec = sound(rule)
    tickets = list(Ticket.objects.unresolved().filter(pk__gt=rule.scanned_to).order_by("pk")[:BATCH]) if spec else []
    if spec and tickets:
        snapshots = Facts(spec.facts).of([Moment(one, now) for one in tickets])
        held = {one.pk: one for one, snapshot in zip(tickets, snapshots, strict=True) if spec.matches(snapshot)}
        _fire(rule, spec, held, {one.pk for one in tickets} - held.keys())
    rule.scanned_to = tickets[-1].pk if len(tickets) == BATCH else None
    if rule.scanned_to is None:
        RuleSpell.objects.filter(rule=rule, ticket__status=Status.RESOLVED).delete()
    rule.save(update_fields=["scanned_to", "next_at"])
    return len(tickets) or 1


def _fire(rule: Rule, spec: Spec, held: dict[int, Ticket], free: set[int]) -> None:
    now = clock.now()
    RuleSpell.objects.filter(rule=rule, ticket__in=free).delete()
    spells = {one.ticket_id: one for one in RuleSpell.objects.filter(rule=rule, ticket__in=held)}
    for pk, ticket in held.items():
        spell = spells.get(pk)
        again = spell and rule.repeat_h and spell.fired_at <= now - timedelta(hours=rule.repeat_h)
        if spell is not None and not again:
            continue
        if _begin(rule, spec, ticket, event=None, depth=0) is not None:
            RuleSpell.objects.update_or_create(rule=rule, ticket=ticket, defaults={"fired_at": now})


def forget_runs() -> int:
    """The log is kept for 90 days, a pause for one; how many runs went. For the sweep."""
    now = clock.now()
    RulePause.objects.filter(at__lt=now - PAUSED).delete()
    return RuleRun.objects.filter(at__lt=now - KEPT).exclude(outcome=Outcome.PENDING).delete()[0]


def carry_on_rules() -> int:
    """For the sweep: what waited because nobody was nudged, and the rounds that are due."""
    return run_schedules() + run_rules()
