from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing import actions, explaining, money, permissions, queries
from billing.forms import QuestionForm
from billing.models import Account, Dispute, Letter, Rule
from billing.shown import shows
from billing.views.accounts import subscriber_of
from common import clock
from common.errors import DomainError, into_form
from common.http import go, render_page
from contacts import actions as contacts
from contacts.models import Contact, Topic
from customers.models import Subscriber
from staff.access import StaffRequest, may, needs
from staff.models import Desk

TOPIC = "billing"
SHOWN = 50


@needs(permissions.POST)
def ask(request: StaffRequest, account_number: str) -> HttpResponse:
    """A charges question: a reason gives the sum, the sum goes to the account, the contact is closed."""
    if request.method not in {"GET", "HEAD", "POST"}:
        return HttpResponseNotAllowed(["GET", "POST"])
    subscriber = subscriber_of(request, account_number)
    account = Account.objects.visible_to(request.user).filter(subscriber=subscriber).first()
    charges = queries.charges_to_correct(account) if account else None
    contact = _waiting(request, subscriber)
    form = QuestionForm(request.POST or None, charges=charges, initial=_asked(request))
    if request.method == "POST" and account is not None and form.is_valid():
        try:
            dispute = _raise(request, account, contact, form.cleaned_data)
        except DomainError as error:
            into_form(form, error)
        else:
            return go(request, f"/questions/{dispute.pk}/")
    shows(request, subscriber.account)
    context = {"subscriber": subscriber, "account": account, "form": form, "contact": contact, "Rule": Rule}
    context |= _proposed(form, account) if account else {}
    status = 422 if form.errors else 200
    return render_page(request, "billing/question_form.html", context, parts=("sum",), status=status)


def _waiting(request: StaffRequest, subscriber: Subscriber) -> Contact | None:
    """The contact that another desk has handed over to this one and that nobody has closed."""
    seen = Contact.objects.visible_to(request.user).filter(topic__desk=Desk.FINANCE, closed_at=None, merged_into=None)
    return seen.filter(subscriber=subscriber).order_by("-at").first()


def _asked(request: StaffRequest) -> dict[str, Any]:
    """What the address says already: the charge somebody pressed, the reason chosen so far."""
    return {
        "reason": request.GET.get("reason"),
        "about": request.GET.get("about"),
        "hours": request.GET.get("hours"),
        "channel": request.GET.get("channel", "phone"),
        "note": request.GET.get("note", "")[:500],
        "key": request.GET.get("key", "")[:40] or uuid4().hex,
    }


def _proposed(form: QuestionForm, account: Account) -> dict[str, Any]:
    """The chosen reason with what its rule proposes; a sum that somebody typed stays his."""
    reasons = list(form.fields["reason"].queryset)  # type: ignore[attr-defined]
    charges = list(form.fields["about"].queryset)  # type: ignore[attr-defined]
    reason = _chosen(reasons, form["reason"].value()) or next(iter(reasons), None)
    about = _chosen(charges, form["about"].value())
    if about is None and not form.is_bound and form.initial["about"] is None:
        about = next(iter(charges), None)  # most ask about the last one
    found: dict[str, Any] = {"reasons": reasons, "charges": charges, "reason": reason, "about": about}
    if reason is None:
        return found
    proposal = queries.proposal(account, reason, about=about, hours=_hours(form))
    found["formula"] = explaining.formula(proposal.formula)
    found["lacks"] = explaining.lacks(proposal.lacks)
    if not form.is_bound and proposal.amount is not None:
        form.initial["amount"] = money.plain(abs(proposal.amount))
    return found


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
        contact=contact or _new_contact(request, account.subscriber, data["channel"], key),
        key=key,
        about=data["about"],
        hours=data["hours"],
        note=data["note"],
        by=request.user,
    )


def _new_contact(request: StaffRequest, subscriber: Subscriber, channel: str, key: str) -> Contact:
    topic = Topic.objects.filter(code=TOPIC).first()
    return contacts.receive(
        channel=channel,
        key=f"question:{key}",
        at=clock.now(),
        by=request.user,
        subscriber_id=subscriber.pk,
        building_id=subscriber.building.pk if subscriber.building else None,
        topic_id=topic.pk if topic else None,
    )


@needs(permissions.SEE_QUESTIONS)
def questions(request: StaffRequest) -> HttpResponse:
    """What waits for a second person, what was decided lately, and how many questions took one contact only."""
    seen = Dispute.objects.visible_to(request.user).select_related(
        "account__subscriber", "reason", "asked_by", "decided_by"
    )
    waiting = seen.filter(state=Dispute.State.WAITS).order_by("asked_at", "pk")[:SHOWN]
    decided = seen.exclude(state=Dispute.State.WAITS).order_by("-asked_at", "-pk")[:SHOWN]
    shows(request, *(one.account.subscriber.account for one in (*waiting, *decided)))
    context = {
        "waiting": waiting,
        "decided": decided,
        "settled": queries.settled_in_one(),
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
        "entry",
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
@needs(permissions.POST)
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    actions.withdraw(dispute=_found(request, pk), by=request.user)
    messages.success(request, _("Withdrawn: nothing is posted."))
    return go(request, f"/questions/{pk}/")
