"""Screens that bind tickets: merge and its undo, split, links, what belongs to a common ticket."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError, into_form
from common.http import go, render_page
from staff.access import StaffRequest, needs
from tickets import actions, permissions, queries, relations
from tickets.forms_relations import ATTACH, BACK, AnswerForm, ChildrenForm, LinkForm, MergeForm, SplitForm
from tickets.models import DeskPolicy, Link, Ticket, TicketMessage
from tickets.reading import own_and_quoted
from tickets.views.common import ticket_of
from tickets.views.ticket import again


class WrongLink(DomainError):
    code = "wrong_link"
    status = 422


@require_http_methods(["GET", "POST"])
@needs(permissions.WORK)
def merge(request: StaffRequest, number: str) -> HttpResponse:
    """Choose which ticket takes this one in. Two subscribers' tickets are asked about once more."""
    shown = ticket_of(request, number)
    form = MergeForm(request.POST or None, viewer=request.user)
    if request.method == "POST" and form.is_valid():
        into, sure = form.cleaned_data["into"], form.cleaned_data["sure"]
        try:
            target = actions.merge(ticket=shown, into=into, by=request.user, sure=sure)
        except actions.OtherSubscriber as error:
            form = MergeForm(request.POST, viewer=request.user, asks=True)
            form.is_valid()
            into_form(form, DomainError(error.text))
        except DomainError as error:
            into_form(form, error)
        else:
            said = _("№ %(source)s is merged into this ticket. It can be undone for an hour.")
            messages.success(request, said % {"source": shown.number})
            return go(request, target.get_absolute_url())
    context = {"ticket": shown, "form": form, "like": relations.like(shown, request.user)}
    return render(request, "tickets/merge.html", context, status=422 if form.errors else 200)


@require_POST
@needs(permissions.WORK)
def undo_merge(request: StaffRequest, number: str) -> HttpResponse:
    """`here`: the number of the ticket whose page asked; its page comes back."""
    actions.undo_merge(ticket=ticket_of(request, number), by=request.user)
    return again(request, _here(request) or number)


def _here(request: StaffRequest) -> str:
    """The number of the ticket whose page asked; what is no number leads nowhere."""
    here = request.POST.get("here", "")
    return here if here.isalnum() and len(here) <= 12 else ""


@require_http_methods(["GET", "POST"])
@needs(permissions.WORK)
def split(request: StaffRequest, number: str) -> HttpResponse:
    """A second matter gets a ticket of its own. `?from=message-5`, `?from=note-12`: its words come along."""
    shown = ticket_of(request, number)
    quoted = _quoted(shown, request.GET.get("from", ""))
    known = {"desk": shown.desk, "topic": shown.topic_id, "text": quoted, "subject": quoted.split("\n")[0][:80]}
    form = SplitForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            new = actions.split(ticket=shown, by=request.user, **form.cleaned_data)
        except DomainError as error:
            into_form(form, error)
        else:
            sees = Ticket.objects.visible_to(request.user).filter(pk=new.pk).exists()
            messages.success(request, _("Ticket № %(number)s is opened.") % {"number": new.number})
            return redirect(new if sees else shown)
    return render(request, "tickets/split.html", {"ticket": shown, "form": form}, status=422 if form.errors else 200)


def _quoted(ticket: Ticket, anchor: str) -> str:
    """The own words of an entry of this ticket; nothing for what is not on it."""
    kind, _dash, pk = anchor.partition("-")
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
        return ""
    if kind == "message":
        said = TicketMessage.objects.filter(ticket=ticket, pk=int(pk)).select_related("message").first()
        return own_and_quoted(said.message.text)[0].strip() if said else ""
    event = ticket.history.filter(pk=int(pk)).first() if kind == "note" else None
    return event.text if event else ""


@require_POST
@needs(permissions.WORK)
def add_link(request: StaffRequest, number: str) -> HttpResponse:
    shown = ticket_of(request, number)
    form = LinkForm(request.POST, viewer=request.user)
    said = _valid(form)
    to, kind = said["to"], said["kind"]
    if kind == ATTACH:
        actions.attach(ticket=shown, to=to, by=request.user)
    else:
        one, other = (to, shown) if kind.endswith(BACK) else (shown, to)
        plain = kind.removesuffix(BACK)
        actions.link(ticket=one, to=other, kind=plain, reason=said["reason"], by=request.user)
    return again(request, number)


def _valid(form: forms.Form) -> dict[str, Any]:
    """What the form says. In a small form on a page a wrong field is a toast, and what was typed stays there."""
    if form.is_valid():
        return form.cleaned_data
    name, errors = next(iter(form.errors.items()))
    raise WrongLink(f"{form.fields[name].label}: {errors[0]}", fields={name: str(errors[0])})


@require_POST
@needs(permissions.WORK)
def remove_link(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    shown = ticket_of(request, number)
    if found := Link.objects.filter(Q(one=shown) | Q(other=shown), pk=pk).first():
        actions.unlink(link=found, by=request.user)
    return again(request, number)


@require_POST
@needs(permissions.WORK)
def detach(request: StaffRequest, number: str) -> HttpResponse:
    actions.detach(ticket=ticket_of(request, number), by=request.user)
    here = _here(request)
    return go(request, reverse("tickets:children", args=[here])) if here else again(request, number)


@require_http_methods(["GET"])
@needs(permissions.READ)
def children(request: StaffRequest, number: str) -> HttpResponse:
    """Everything that belongs to a common ticket, how far one answer for all has come, and who must still be told."""
    return _children(request, ticket_of(request, number))


def _children(request: StaffRequest, shown: Ticket, **forms_: forms.Form) -> HttpResponse:
    rows = Ticket.objects.visible_to(request.user).filter(parent=shown).with_people().order_by("-opened_at", "-pk")
    policy = DeskPolicy.of(shown.desk)
    context: dict[str, Any] = {
        "ticket": shown,
        "children": list(rows[:500]),
        "answers": relations.answers(shown),
        "add": ChildrenForm(viewer=request.user),
        "answer": AnswerForm(codes=queries.codes(shown.desk), needs_code=policy.needs_code),
        **forms_,
    }
    context["open"] = sum(not one.is_resolved for one in context["children"])
    status = 422 if any(form.errors for form in forms_.values()) else 200
    return render_page(request, "tickets/children.html", context, parts=("children",), status=status)


@require_POST
@needs(permissions.WORK)
def attach_children(request: StaffRequest, number: str) -> HttpResponse:
    """Put tickets into this common one; the first that cannot be is said, and none is put."""
    shown = ticket_of(request, number)
    form = ChildrenForm(request.POST, viewer=request.user)
    if form.is_valid():
        try:
            actions.attach_many(tickets=form.cleaned_data["numbers"], to=shown, by=request.user)
        except DomainError as error:
            into_form(form, DomainError(error.text, fields={"numbers": error.text}))
        else:
            return go(request, reverse("tickets:children", args=[number]))
    return _children(request, shown, add=form)


@require_POST
@needs(permissions.WORK)
def answer_children(request: StaffRequest, number: str) -> HttpResponse:
    shown = ticket_of(request, number)
    policy = DeskPolicy.of(shown.desk)
    form = AnswerForm(request.POST, codes=queries.codes(shown.desk), needs_code=policy.needs_code)
    if form.is_valid():
        code = form.cleaned_data["code"]
        try:
            actions.answer_children(
                ticket=shown, text=form.cleaned_data["text"], code=code.code if code else "", by=request.user
            )
        except DomainError as error:
            into_form(form, error)
        else:
            return go(request, reverse("tickets:children", args=[number]))
    return _children(request, shown, answer=form)
