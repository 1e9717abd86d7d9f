from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing import actions, explaining, limits, money, permissions, proposing, queries
from billing.forms import QuestionForm, today
from billing.models import Account, Dispute, Entry, Kind, Letter, Reason, Rule, WalkIn
from billing.shown import shows
from billing.views.accounts import subscriber_of
from billing.views.deeds import undo
from common.errors import DomainError, into_form
from common.http import go, render_page
from contacts.models import Channel, Contact
from customers.models import Subscriber
from staff.access import StaffRequest, may, needs
from staff.models import Desk, User

SHOWN = 50


@needs(permissions.POST)
def ask(request: StaffRequest, account_number: str) -> HttpResponse:
    """A charges question: a reason gives the sum, the sum goes to the account, the contact is closed."""
    if request.method not in {"GET", "HEAD", "POST"}:
        return HttpResponseNotAllowed(["GET", "POST"])
    subscriber = subscriber_of(request, account_number)
    account = Account.objects.visible_to(request.user).filter(subscriber=subscriber).first()
    charges = queries.charges_to_correct(account) if account else None
    contact, visitor = _waiting(request, subscriber), _at_my_desk(request, subscriber)
    form = QuestionForm(request.POST or None, charges=charges, initial=_asked(request))
    shows(request, subscriber.account)
    found = _proposed(form, account, request.user) if account else {}
    if request.method == "POST" and account is not None:
        if _is_overtaken(form, found):
            _propose_anew(form, request.POST.copy(), found)
        elif form.is_valid():
            data = form.cleaned_data | ({"channel": Channel.WALK_IN.value} if visitor else {})
            try:
                dispute = _raise(request, account, contact, data)
            except DomainError as error:
                into_form(form, error)
            else:
                return go(request, f"/questions/{dispute.pk}/")
    context = {"subscriber": subscriber, "account": account, "form": form, "contact": contact, "visitor": visitor}
    status = 422 if form.errors else 200
    return render_page(request, "billing/question_form.html", context | found, parts=("sum",), status=status)


def _waiting(request: StaffRequest, subscriber: Subscriber) -> Contact | None:
    """The contact that another desk has handed over to this one and that nobody has closed."""
    seen = Contact.objects.visible_to(request.user).filter(topic__desk=Desk.FINANCE, closed_at=None, merged_into=None)
    return seen.filter(subscriber=subscriber).order_by("-at").first()


def _at_my_desk(request: StaffRequest, subscriber: Subscriber) -> WalkIn | None:
    """The subscriber as the visitor whom this accountant has called: then nobody asks how the question came."""
    called = WalkIn.objects.visible_to(request.user).filter(state=WalkIn.State.CALLED, called_by=request.user)
    return called.filter(subscriber=subscriber, day=today()).first()


def _asked(request: StaffRequest) -> dict[str, Any]:
    """What the address says already: the charge somebody pressed, the reason chosen so far."""
    return {
        **{name: request.GET.get(name) for name in ("reason", "about", "hours", "amount", "basis", "proposed")},
        "channel": request.GET.get("channel", "phone"),
        "note": request.GET.get("note", "")[:500],
        "key": request.GET.get("key", "")[:40] or uuid4().hex,
    }


def _proposed(form: QuestionForm, account: Account, by: User) -> dict[str, Any]:
    """The chosen reason with what its rule proposes, and how much of it needs no second person."""
    reasons = list(form.fields["reason"].queryset)  # type: ignore[attr-defined]
    charges = list(form.fields["about"].queryset)  # type: ignore[attr-defined]
    reason = _chosen(reasons, form["reason"].value()) or next(iter(reasons), None)
    found: dict[str, Any] = {"reasons": reasons, "charges": charges, "reason": reason}
    if reason is None:
        return found
    about = _about(form, reason, charges)
    hours = _hours(form) if reason.rule == Rule.DOWNTIME else None
    proposal = queries.proposal(account, reason, about=about, hours=hours)
    found |= {
        "about": about,
        "takes_charge": reason.rule in proposing.TAKES_CHARGE,
        "takes_hours": reason.rule == Rule.DOWNTIME,
        "basis": f"{reason.pk}:{about.pk if about else ''}:{'' if hours is None else hours}",
        "proposed": "" if proposal.amount is None else money.plain(abs(proposal.amount)),
        "formula": explaining.formula(proposal.formula),
        "lacks": explaining.lacks(proposal.lacks),
        "left": limits.left(account, reason, by=by),
    }
    if not form.is_bound:
        form.initial["amount"] = found["proposed"] or _typed(form, reason)
    return found


def _about(form: QuestionForm, reason: Reason, charges: list[Entry]) -> Entry | None:
    """The charge in question. A rule that needs one starts with the newest: most ask about the last one; the others
    start with none, whatever the reason chosen before had."""
    chosen: Entry | None = _chosen(charges, form["about"].value())
    if reason.rule not in proposing.TAKES_CHARGE:
        return None
    if form.is_bound:
        return chosen
    if reason.rule in proposing.NEEDS_CHARGE:
        is_start = form.initial["about"] is None or _is_another(form, reason)
        return chosen or (next(iter(charges), None) if is_start else None)
    return None if _is_another(form, reason) else chosen


def _is_another(form: QuestionForm, reason: Reason) -> bool:
    """Has the reason just been changed on the page?"""
    basis = form.initial["basis"]
    return bool(basis) and basis.partition(":")[0] != str(reason.pk)


def _typed(form: QuestionForm, reason: Reason) -> str:
    """A sum that somebody typed himself stays his while the reason stays."""
    kept = form.initial["amount"] or ""
    is_own = not _is_another(form, reason) and not _is_same(kept, form.initial["proposed"] or "")
    return kept[:30] if is_own else ""


def _is_overtaken(form: QuestionForm, found: dict[str, Any]) -> bool:
    """Does the sum still belong to other hours, another charge or reason than those it comes with? Somebody pressed
    the key before the page had asked anew."""
    was = {name: form[name].value() or "" for name in ("basis", "proposed", "amount")}
    is_moved = was["basis"] not in {"", found.get("basis", "")}
    return (
        is_moved and _is_same(was["amount"], was["proposed"]) and not _is_same(was["amount"], found.get("proposed", ""))
    )


def _propose_anew(form: QuestionForm, typed: QueryDict, found: dict[str, Any]) -> None:
    typed["amount"] = found.get("proposed", "")
    form.data = typed
    text = _("You changed what the sum is for. This is the new sum: look at it and press once more.")
    form.add_error("amount" if typed["amount"] else None, text)


def _is_same(text: str, other: str) -> bool:
    return _as_sum(text) == _as_sum(other)


def _as_sum(text: str) -> Decimal | str:
    try:
        return money.parse(text)
    except money.BadSum:
        return text.strip()


def _hours(form: QuestionForm) -> Decimal | None:
    try:
        hours: Decimal | None = form.fields["hours"].clean(form["hours"].value())
    except ValidationError:
        return None
    return hours


def _chosen(rows: list[Any], value: Any) -> Any:
    return next((one for one in rows if str(one.pk) == str(value)), None)


@transaction.atomic
def _raise(request: StaffRequest, account: Account, contact: Contact | None, data: dict[str, Any]) -> Dispute:
    key = f"{request.user.pk}:{data['key']}"
    known = Dispute.objects.filter(key=key).first()
    if known:  # the second click of one question
        return known
    return actions.raise_dispute(
        account=account,
        reason=data["reason"],
        amount=data["amount"],
        contact=contact
        or actions.receive_question(subscriber=account.subscriber, channel=data["channel"], key=key, by=request.user),
        key=key,
        about=data["about"],
        hours=data["hours"],
        note=data["note"],
        by=request.user,
    )


@needs(permissions.SEE_QUESTIONS)
def questions(request: StaffRequest) -> HttpResponse:
    """What waits for a second person, what was decided lately, and how many questions took one contact only."""
    seen = Dispute.objects.visible_to(request.user).select_related(
        "account__subscriber", "reason", "asked_by", "decided_by"
    )
    waiting = seen.filter(state=Dispute.State.WAITS).order_by("asked_at", "pk")[:SHOWN]
    on_paper = seen.filter(state=Dispute.State.PAPER).order_by("asked_at", "pk")[:SHOWN]
    decided = seen.exclude(state__in=Dispute.OPEN).order_by("-asked_at", "-pk")[:SHOWN]
    shows(request, *(one.account.subscriber.account for one in (*waiting, *on_paper, *decided)))
    context = {
        "waiting": waiting,
        "on_paper": on_paper,
        "decided": decided,
        "settled": queries.settled(),
        "may_audit": may(request.user, permissions.AUDIT),
    }
    return render_page(request, "billing/questions.html", context, parts=("list",))


@needs(permissions.SEE_QUESTIONS)
def question(request: StaffRequest, pk: int) -> HttpResponse:
    dispute = _found(request, pk)
    shows(request, dispute.account.subscriber.account)
    context = {
        "dispute": dispute,
        "formula": explaining.formula(dispute.formula),
        "letters": Letter.objects.about(f"dispute:{dispute.pk}"),
        "earlier": queries.corrections(dispute.account, besides=dispute)[:SHOWN],
        "events": dispute.history.select_related("by_user").order_by("-at", "-pk"),
        "own": dispute.asked_by_id == request.user.pk,
        "may_confirm": may(request.user, permissions.CONFIRM),
        "may_post": may(request.user, permissions.POST),
    }
    return render_page(request, "billing/question.html", context, parts=("state",))


def _found(request: StaffRequest, pk: int) -> Dispute:
    seen = Dispute.objects.visible_to(request.user).select_related(
        "account__subscriber",
        "reason",
        "about",
        "asked_by",
        "decided_by",
        "confirmed_by",
        "contact",
        "entry__reversed_by",
        "application",
    )
    return get_object_or_404(seen, pk=pk)


@require_POST
@needs(permissions.CONFIRM)
def confirm(request: StaffRequest, pk: int) -> HttpResponse:
    actions.confirm(dispute=_found(request, pk), by=request.user)
    messages.success(request, _("Confirmed: the accountant sees it at once."))
    return go(request, f"/questions/{pk}/")


@require_POST
@needs(permissions.CONFIRM)
def refuse(request: StaffRequest, pk: int) -> HttpResponse:
    actions.refuse(dispute=_found(request, pk), answer=request.POST.get("answer", ""), by=request.user)
    messages.success(request, _("Refused: the accountant sees it at once."))
    return go(request, f"/questions/{pk}/")


@require_POST
@needs(permissions.CONFIRM)
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Undo a refund that was posted: its sum goes back to the account."""
    found = _found(request, pk)
    if found.entry is None or found.entry.kind != Kind.REFUND:
        raise Http404
    undo(request, found.entry)
    return go(request, f"/questions/{pk}/")


@require_POST
@needs(permissions.POST)
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    actions.withdraw(dispute=_found(request, pk), by=request.user)
    messages.success(request, _("Withdrawn: nothing is posted."))
    return go(request, f"/questions/{pk}/")
