"""The supervisor's rules: the list, a rule with its form and its dry run, the log."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError
from common.http import render_page
from staff.access import StaffRequest, needs
from tickets import actions, permissions, rule_editor, rule_queries, rule_words
from tickets.models import Rule, RuleRun, RuleTrigger
from tickets.rule_replay import BACK, replay
from tickets.rules.conditions import BadRule
from tickets.rules.plan import read
from tickets.views.common import number_in

PAGE = "tickets/settings/rule.html"
SHOWN, PER_PAGE = 20, 50


def _rule(pk: int) -> Rule:
    return get_object_or_404(Rule, pk=pk, removed_at=None)


@needs(permissions.CONFIGURE)
def rules(request: StaffRequest) -> HttpResponse:
    """All rules in the order in which they are looked at, each as a sentence."""
    return render(request, "tickets/settings/rules.html", {"lines": rule_queries.lines()})


@require_http_methods(["GET", "POST"])
@needs(permissions.CONFIGURE)
def rule(request: StaffRequest, rule_id: int | None = None) -> HttpResponse:
    """A rule, new or known. A press that only changes the form (`change`) comes back with it and saves nothing."""
    known = _rule(rule_id) if rule_id else None
    if request.method != "POST":
        return _page(request, known, rule_editor.from_rule(known) if known else rule_editor.Draft(), fresh=True)
    draft = rule_editor.from_post(request.POST)
    change = request.POST.get("change", "")
    if change and change != "try":
        return _page(request, known, draft)
    fields = draft.fields()
    if change == "try":
        return _try(request, known, draft)
    if not draft.errors:
        try:
            saved = actions.save_rule(
                rule=known, by=request.user, version=number_in(request.POST, "version") if known else None, **fields
            )
        except DomainError as error:
            draft.errors = {name: str(text) for name, text in (error.fields or {"": error.text}).items()}
        else:
            words = _("Saved.") if known else _("Saved. The rule is off: try it, then switch it on.")
            messages.success(request, words)
            return redirect("tickets:rule", rule_id=saved.pk)
    return _page(request, known, draft, status=422)


def _try(request: StaffRequest, known: Rule | None, draft: rule_editor.Draft) -> HttpResponse:
    """Look where the rule as it stands in the form would have held. Writes nothing."""
    try:
        spec = actions.checked_rule(draft.raw)
    except DomainError as error:
        draft.errors = {name: str(text) for name, text in (error.fields or {"": error.text}).items()}
        return _page(request, known, draft, status=422)
    if draft.trigger not in RuleTrigger.values:
        raise Http404
    before = number_in(request.POST, "before") or None
    found = replay(spec, draft.trigger, before=before)
    held, seen = (number_in(request.POST, name) if before else 0 for name in ("held", "seen"))
    found.held, found.seen = found.held + held, found.seen + seen
    return _page(request, known, draft, replay=found, days=BACK.days)


def _page(
    request: StaffRequest,
    known: Rule | None,
    draft: rule_editor.Draft,
    *,
    fresh: bool = False,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    names = rule_words.lists()
    draft.show(names)
    shown = Rule(title=draft.title, trigger=draft.trigger, stops=draft.stops)
    words = ""
    try:
        spec = read(draft.raw)
        fields = draft.fields() if draft.by_clock else {}
        shown.every_min, shown.daily_at = fields.get("every_min"), fields.get("daily_at")
        words = rule_words.sentence(shown, spec, names)
    except (BadRule, ValueError):
        pass  # half-written: there is nothing to say yet
    events = known.history.select_related("by_user").order_by("-at", "-pk")[:SHOWN] if known else []
    context = {
        "rule": known,
        "draft": draft,
        "words": words,
        "triggers": RuleTrigger.choices,
        "facts": list(rule_words.FACT_NAMES.items()),
        "deeds": list(rule_words.DEED_NAMES.items()),
        "events": events,
        "groups": (
            ("all", _("If all of this holds"), draft.all),
            ("any", _("And at least one of this"), draft.any),
        ),
        "is_changed": not fresh,
        **more,
    }
    return render_page(request, PAGE, context, parts=("editor",), status=status)


def _back(request: HttpRequest) -> HttpResponse:
    return redirect("tickets:rules")


@require_POST
@needs(permissions.CONFIGURE)
def switch_rule(request: StaffRequest, rule_id: int) -> HttpResponse:
    actions.switch_rule(rule=_rule(rule_id), on=request.POST.get("on") == "1", by=request.user)
    return _back(request)


@require_POST
@needs(permissions.CONFIGURE)
def move_rule(request: StaffRequest, rule_id: int) -> HttpResponse:
    actions.move_rule(rule=_rule(rule_id), up=request.POST.get("up") == "1", by=request.user)
    return _back(request)


@require_POST
@needs(permissions.CONFIGURE)
def remove_rule(request: StaffRequest, rule_id: int) -> HttpResponse:
    actions.remove_rule(rule=_rule(rule_id), by=request.user)
    messages.success(request, _("The rule is removed; its log stays."))
    return _back(request)


@needs(permissions.CONFIGURE)
def rule_log(request: StaffRequest) -> HttpResponse:
    """What rules did, and what they were refused."""
    rule, outcome, number = number_in(request.GET, "rule"), request.GET.get("outcome", ""), request.GET.get("n", "")
    page = Paginator(rule_queries.runs(rule=rule, outcome=outcome, number=number.strip()), PER_PAGE).get_page(
        request.GET.get("page")
    )
    names = rule_words.lists()
    context = {
        "page": page,
        "rows": [(run, rule_queries.told(run, names)) for run in page],
        "rules": Rule.objects.order_by("position", "pk"),
        "outcomes": RuleRun.Outcome.choices,
        "asked": {"rule": rule, "outcome": outcome, "n": number},
    }
    return render(request, "tickets/settings/rule_log.html", context)
