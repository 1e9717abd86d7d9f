"""Rules as the supervisor keeps them: written, ordered, switched, removed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from common import clock, history
from common.errors import DomainError
from staff.models import User
from tickets import events, rule_words, words
from tickets.models import Rule, RulePause, RuleSpell, RuleTrigger
from tickets.rules.conditions import BadRule
from tickets.rules.plan import Spec, missing, read

MOST_RULES = 200
SHORTEST_ROUND_MIN = 5
_FIELDS = {"title", "trigger", "spec", "stops", "every_min", "daily_at", "repeat_h"}


class WrongRule(DomainError):
    """`fields`: which row of the rule is wrong ("all-0", "do-1"), and how."""

    code = "wrong_rule"
    status = 422


class RuleChanged(DomainError):
    code = "rule_changed"


class TooManyRules(DomainError):
    code = "too_many_rules"


def checked(raw: object) -> Spec:
    """The rule that is said, every value of which exists. Raises WrongRule beside the row."""
    try:
        spec = read(raw)
    except BadRule as error:
        said = rule_words.wrong(error)
        raise WrongRule(said, fields={error.where or "spec": said}) from error
    known = rule_words.lists()
    if some := missing(spec, known):
        raise WrongRule(rule_words.lacks(some), fields={one.where: rule_words.lacks([one]) for one in some})
    for n, deed in enumerate(spec.do):
        if strange := words.unknown(deed.text):
            said = _("There is no variable {%(name)s}.") % {"name": strange[0]}
            raise WrongRule(said, fields={f"do-{n}": said})
    return spec


def next_round(rule: Rule, now: datetime) -> datetime | None:
    """When a scheduled rule starts its next round; None for the others. Daily ones by Pushkin's clock."""
    if rule.trigger != RuleTrigger.SCHEDULE:
        return None
    if rule.daily_at is None:
        return now + timedelta(minutes=rule.every_min or SHORTEST_ROUND_MIN)
    local = timezone.localtime(now)
    for day in (0, 1, 2):
        at = timezone.make_aware(datetime.combine(local.date() + timedelta(days=day), rule.daily_at))
        if at > now:
            return at.astimezone(UTC)
    raise AssertionError("a day has come and gone")


def _schedule(fields: dict[str, Any]) -> None:
    if fields["trigger"] not in RuleTrigger.values:
        raise WrongRule(_("Choose when."), fields={"trigger": _("Choose when.")})
    if fields["trigger"] != RuleTrigger.SCHEDULE:
        fields.update(every_min=None, daily_at=None, repeat_h=None)
    elif (fields.get("every_min") is None) == (fields.get("daily_at") is None):
        said = _("Say either every how many minutes, or at what hour.")
        raise WrongRule(said, fields={"every_min": said})
    elif fields.get("every_min") is not None and not SHORTEST_ROUND_MIN <= fields["every_min"] <= 10_080:
        said = _("From 5 minutes to a week.")
        raise WrongRule(said, fields={"every_min": said})


@transaction.atomic
def save_rule(*, rule: Rule | None, by: User, version: int | None = None, **fields: Any) -> Rule:
    """Write or change a rule; a new one is off. `spec`: as `tickets.rules.plan.read` takes it.

    `version`: what the writer saw; another one raises RuleChanged. Raises WrongRule, TooManyRules.
    """
    assert fields.keys() <= _FIELDS
    spec = checked(fields["spec"])
    fields = {"every_min": None, "daily_at": None, "repeat_h": None, **fields, "spec": spec.json}
    fields["title"] = fields["title"].strip()[:120]
    if not fields["title"]:
        raise WrongRule(_("Give the rule a name."), fields={"title": _("Required.")})
    _schedule(fields)
    old_words = ""
    if rule is None:
        if Rule.objects.filter(removed_at=None).count() >= MOST_RULES:
            raise TooManyRules(_("There are too many rules: remove some first."))
        rule = Rule(position=(Rule.objects.aggregate(last=Max("position"))["last"] or 0) + 1)
        old_title = ""
    else:
        rule = _locked(rule)
        if version is not None and version != rule.version:
            raise RuleChanged(_("Somebody has changed this rule meanwhile: open it again."))
        if all(getattr(rule, name) == value for name, value in fields.items()):
            return rule
        old_words, old_title = said(rule), rule.title
        rule.version += 1
    for name, value in fields.items():
        setattr(rule, name, value)
    rule.broken, rule.scanned_to, rule.next_at = "", None, next_round(rule, clock.now())
    rule.save()
    RulePause.objects.filter(rule=rule).delete()
    RuleSpell.objects.filter(rule=rule).delete()
    history.record(
        rule,
        events.rule_changed,
        by=by,
        title=[old_title, rule.title],
        rule=[old_words, said(rule)],
        version=rule.version,
    )
    return rule


def said(rule: Rule) -> str:
    """The rule in words; empty where its JSON is no rule."""
    try:
        return rule_words.sentence(rule, read(rule.spec), rule_words.lists())
    except BadRule:
        return ""


def _locked(rule: Rule) -> Rule:
    found = Rule.objects.select_for_update(no_key=True).filter(pk=rule.pk, removed_at=None).first()
    if found is None:
        raise RuleChanged(_("The rule was removed."))
    return found


@transaction.atomic
def switch_rule(*, rule: Rule, on: bool, by: User) -> Rule:
    """Switch it on or off. A broken one is not switched on: WrongRule. What was paused begins anew."""
    rule = _locked(rule)
    if rule.is_on == on:
        return rule
    if on:
        checked(rule.spec)
        rule.broken = ""
        RulePause.objects.filter(rule=rule).delete()
    rule.is_on, rule.scanned_to, rule.next_at = on, None, next_round(rule, clock.now())
    rule.save(update_fields=["is_on", "scanned_to", "next_at", "broken"])
    history.record(rule, events.rule_switched, by=by, is_on=[not on, on])
    return rule


@transaction.atomic
def move_rule(*, rule: Rule, up: bool, by: User) -> Rule:
    """Change places with the rule before or after it; the first one stays first."""
    # One order of locks for everybody who moves anything.
    rows = list(Rule.objects.select_for_update(no_key=True).filter(removed_at=None).order_by("position", "pk"))
    place = next((n for n, one in enumerate(rows) if one.pk == rule.pk), None)
    if place is None:
        raise RuleChanged(_("The rule was removed."))
    other = place + (-1 if up else 1)
    if not 0 <= other < len(rows):
        return rule
    rows[place], rows[other] = rows[other], rows[place]
    for n, one in enumerate(rows, 1):
        if one.position != n:
            one.position = n
            one.save(update_fields=["position"])
    history.record(rows[other], events.rule_moved, by=by, place=[place + 1, other + 1])
    return rows[other]


@transaction.atomic
def remove_rule(*, rule: Rule, by: User) -> None:
    """Take it out of the list for good; its log and its history stay."""
    rule = _locked(rule)
    rule.is_on, rule.removed_at = False, clock.now()
    rule.save(update_fields=["is_on", "removed_at"])
    history.record(rule, events.rule_removed, by=by)
