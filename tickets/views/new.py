from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError, into_form
from common.http import go
from contacts.models import Channel
from customers.models import Subscriber
from staff.access import StaffRequest, needs
from staff.listed import Listed, listed
from staff.models import User
from tickets import actions, lookups, permissions, words
from tickets.forms_new import NewTicketForm
from tickets.forms_settings import TemplateForm
from tickets.models import TICKET_DESKS, Priority, Ticket, TicketTemplate
from tickets.views.common import number_in

PAGE = "tickets/new.html"
NAMED = 5


def _fresh(viewer: User) -> dict[str, Any]:
    """What an untouched form holds."""
    desk = viewer.desk if viewer.desk in TICKET_DESKS else TICKET_DESKS[0]
    return {"desk": str(desk), "priority": str(Priority.P3.value), "channel": str(Channel.PHONE.value)}


def _open(subscriber: Subscriber | None, viewer: User) -> list[Ticket]:
    """His tickets that are open and may be seen, the newest first."""
    if subscriber is None:
        return []
    found = Ticket.objects.visible_to(viewer).unresolved().filter(subscriber=subscriber)
    return list(found.order_by("-opened_at", "-pk")[:NAMED])


def _fingerprint(sent: QueryDict) -> str:
    """The form and what was typed into it: a page taken back and written anew opens a ticket of its own."""
    typed = sorted((name, sent.get(name, "")) for name in NewTicketForm.base_fields)
    return sha256(repr(typed).encode()).hexdigest()


@require_http_methods(["GET", "POST"])
@needs(permissions.OPEN)
def new_ticket(request: StaffRequest) -> HttpResponse:
    """Open a ticket by hand. Over an open one of the same subscriber it asks first; sent twice, it opens one."""
    viewer = request.user
    if request.method == "GET":
        initial = {**_fresh(viewer), "key": uuid4().hex, "template": number_in(request.GET, "template") or None}
        form = NewTicketForm(viewer=viewer, initial={**initial, "subscriber": request.GET.get("subscriber", "")[:120]})
        return render(request, PAGE, {"form": form})
    form = NewTicketForm(request.POST, viewer=viewer)
    known: list[Ticket] = []
    if form.is_valid():
        facts = {**form.facts(), "key": _fingerprint(request.POST)}
        known = [] if "anyway" in request.POST else _open(facts["subscriber"], viewer)
        if not known or actions.is_opened(by=viewer, key=facts["key"]):
            try:
                ticket = actions.open_by_hand(by=viewer, **facts)
            except DomainError as error:
                into_form(form, error)
            else:
                return go(request, _after(ticket, viewer))
    return render(request, PAGE, {"form": form, "known": known}, status=422)


def _after(ticket: Ticket, viewer: User) -> str:
    """Where one goes: to the ticket, or to the board when another desk's work is not for him to see."""
    if Ticket.objects.visible_to(viewer).filter(pk=ticket.pk).exists():
        return ticket.get_absolute_url()
    return reverse("tickets:board")


@require_POST
@needs(permissions.OPEN)
def fill_new_ticket(request: StaffRequest) -> HttpResponse:
    """The form with what its template says, where nobody has typed anything else. Saves nothing."""
    viewer, sent = request.user, request.POST.copy()
    pk = number_in(sent, "template")
    template = TicketTemplate.objects.filter(is_active=True, pk=pk).first() if pk else None
    if template is not None:
        _fill(sent, template, viewer)
    form = NewTicketForm(viewer=viewer, initial={name: sent.get(name, "") for name in NewTicketForm.base_fields})
    return render(request, f"{PAGE}#form", {"form": form, "filled": template})


def _fill(sent: QueryDict, template: TicketTemplate, viewer: User) -> None:
    said = sent.get("subscriber", "").strip()
    found = lookups.SUBSCRIBERS.one(viewer, said) if said else None
    someone = Subscriber.objects.visible_to(viewer).with_address().filter(pk=found[0]).first() if found else None
    values = words.Values(
        subscriber=someone.name_short if someone and not viewer.is_outsourced else "",
        name=words.first_name(someone.name) if someone and not viewer.is_outsourced else "",
        address=someone.building.title if someone and someone.building else sent.get("building", ""),
        operator=viewer.title,
        desk=template.get_desk_display(),
    )
    offered = {
        "desk": template.desk,
        "topic": str(template.topic_id or ""),
        "priority": str(template.priority),
        "subject": words.fill(template.subject, values),
        "text": words.fill(template.text, values),
    }
    untouched = _fresh(viewer)
    for name, value in offered.items():
        here = sent.get(name, "")
        if not here.strip() or here == untouched.get(name):
            sent[name] = value


@needs(permissions.CONFIGURE)
def templates_settings(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Ticket templates, and a form for one or for a new one."""
    chosen = get_object_or_404(TicketTemplate, pk=pk) if pk else None
    form = TemplateForm(request.POST or None, instance=chosen)
    page = Listed(
        template="tickets/settings/templates.html",
        form=form,
        chosen=chosen,
        rows=TicketTemplate.objects.order_by("-is_active", "position", "title"),
        url_name="tickets:template_settings",
        write=lambda _data: actions.save_template(by=request.user, template=chosen, **form.values()),
    )
    return listed(request, page, into_form)
