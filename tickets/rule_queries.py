"""What the pages of rules show."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from tickets import rule_words
from tickets.models import Rule, RuleRun
from tickets.rules.conditions import BadRule
from tickets.rules.plan import Deed, read


def rules() -> QuerySet[Rule]:
    """All that are not removed, in their order, each with `last_at` and `today`: how often it has held today."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Rule.objects.filter(removed_at=None)
    return rows.annotate(last_at=Max("runs__at"), today=Count("runs", filter=Q(runs__at__gte=midnight)))


@dataclass(frozen=True)
class Line:
    """A rule of the list, in words."""

    rule: Rule
    words: str


def lines() -> list[Line]:
    """The list with its sentences; names are read once for all."""
    names, found = rule_words.lists(), []
    for rule in rules():
        try:
            found.append(Line(rule, rule_words.sentence(rule, read(rule.spec), names)))
        except BadRule as error:
            found.append(Line(rule, rule_words.wrong(error)))
    return found


def runs(*, rule: int = 0, outcome: str = "", number: str = "", days: int = 90) -> QuerySet[RuleRun]:
    """The log, newest first."""
    rows = RuleRun.objects.select_related("rule", "ticket").filter(at__gt=timezone.now() - timedelta(days=days))
    if rule:
        rows = rows.filter(rule=rule)
    if outcome in RuleRun.Outcome.values:
        rows = rows.filter(outcome=outcome)
    return rows.filter(ticket__number=number) if number else rows


def told(run: RuleRun, names: rule_words.Lists) -> list[tuple[str, bool, str]]:
    """What came of each deed: in words, whether it was done, and why not."""
    found = []
    for step in run.steps:
        deed = Deed(step["do"], step["value"])
        found.append((rule_words.deed(deed, names), bool(step["ok"]), str(step["why"])))
    return found
