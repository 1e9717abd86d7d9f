from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from common.http import render_page
from messaging import actions as messaging
from staff.access import StaffRequest, needs
from tickets import actions, permissions, queries, reading
from tickets.actions.conversation import HOLD
from tickets.models import Kind, Mention, TextModule, Ticket, TicketMessage
from tickets.timeline import kin
from tickets.views.attachments import attached
from tickets.views.common import number_in, ticket_of
from tickets.views.ticket import again

MENTIONS = 50
_TEXTS = {"label": gettext_lazy("Ready-made texts"), "nothing": gettext_lazy("No ready-made text fits.")}
_PEOPLE = {"label": gettext_lazy("Colleagues"), "nothing": gettext_lazy("Nobody of this name.")}


def _keep(request: StaffRequest, ticket: Ticket, kind: str) -> None:
    """A refused text must not be lost, not even by a browser that shows another page now."""
    text, seen = request.POST.get("text", ""), number_in(request.POST, "seen")
    if len(text) <= actions.LONGEST_DRAFT:
        actions.save_draft(ticket=ticket, by=request.user, kind=kind, text=text, seen=seen)


@require_POST
@needs(permissions.WORK)
def reply(request: StaffRequest, number: str) -> HttpResponse:
    """Answer the subscriber. Over a newer message the page comes back with it and the typed text, and asks."""
    ticket = ticket_of(request, number)
    _keep(request, ticket, Kind.REPLY)
    try:
        actions.reply(
            ticket=ticket,
            text=request.POST.get("text", ""),
            attachments=attached(request, ticket, Kind.REPLY),
            by=request.user,
            seen=number_in(request.POST, "anyway") or number_in(request.POST, "seen"),
            status=request.POST.get("status") or None,
            code=request.POST.get("code", ""),
            through=request.POST.get("through", ""),
            hold=HOLD,
        )
    except actions.NewerMessage:
        if not request.htmx:
            return redirect("tickets:ticket", number=number)
        answer = again(request, number)
        answer.status_code = 409
        return answer
    return again(request, number)


@require_POST
@needs(permissions.WORK)
def comment(request: StaffRequest, number: str) -> HttpResponse:
    """Save a note for colleagues."""
    ticket = ticket_of(request, number)
    _keep(request, ticket, Kind.NOTE)
    actions.note(
        ticket=ticket,
        text=request.POST.get("text", ""),
        attachments=attached(request, ticket, Kind.NOTE),
        by=request.user,
    )
    return again(request, number)


@require_POST
@needs(permissions.WORK)
def draft(request: StaffRequest, number: str) -> HttpResponse:
    """Keep what is being typed. `read`: the newest message he says he has read."""
    kept = actions.save_draft(
        ticket=ticket_of(request, number),
        by=request.user,
        kind=request.POST.get("kind", ""),
        text=request.POST.get("text", ""),
        seen=number_in(request.POST, "seen"),
        read=number_in(request.POST, "read") or None,
    )
    if "read" in request.POST:
        return again(request, number)
    return render(request, "tickets/_saved.html", {"at": kept and kept.saved_at})


def _said(request: StaffRequest, ticket: Ticket) -> TicketMessage:
    rows = TicketMessage.objects.filter(ticket__in=kin(ticket)).select_related("message")
    return get_object_or_404(rows, pk=number_in(request.POST, "message"))


@require_POST
@needs(permissions.WORK)
def take_back(request: StaffRequest, number: str) -> HttpResponse:
    """Stop a reply that has not left yet."""
    ticket = ticket_of(request, number)
    actions.take_back(ticket=ticket, said=_said(request, ticket), by=request.user)
    return again(request, number)


@require_POST
@needs(permissions.WORK)
def retry(request: StaffRequest, number: str) -> HttpResponse:
    """Send once more what could not be delivered."""
    ticket = ticket_of(request, number)
    messaging.retry(message=_said(request, ticket).message, by=request.user)
    return again(request, number)


@require_GET
@needs(permissions.WORK)
def texts(request: StaffRequest, number: str) -> HttpResponse:
    """Ready-made texts for this ticket, their variables filled: what `/` offers."""
    ticket = ticket_of(request, number)
    rows = TextModule.objects.filter(is_active=True, desk__in=["", ticket.desk])
    last = ticket.messages.filter(message__direction="in").select_related("message").last()
    language = reading.language_of(last.message.text) if last else "ru"
    filled = queries.filler(ticket, request.user)
    options = [
        {"key": row.shortcut, "title": row.title, "insert": filled(row.text(language)), "hint": f"/{row.shortcut}"}
        for row in rows
    ]
    return render(request, "tickets/_options.html", {**_TEXTS, "options": options})


@require_GET
@needs(permissions.WORK)
def people(request: StaffRequest, number: str) -> HttpResponse:
    """Who may be called by `@`: those who may see the ticket."""
    options = [
        {"key": f"{one.title} {one.username}", "title": one.title, "insert": f"@{one.title} ", "hint": one.desk.label}
        for one in queries.who_may_see(ticket_of(request, number))
        if one != request.user
    ]
    return render(request, "tickets/_options.html", {**_PEOPLE, "options": options})


@require_GET
@needs(permissions.READ)
def my_mentions(request: StaffRequest) -> HttpResponse:
    """Notes that called me by name, the newest first."""
    shown = Ticket.objects.visible_to(request.user)
    rows = Mention.objects.filter(user=request.user, note__thing__in=shown).select_related(
        "note__thing", "note__by_user"
    )
    return render_page(request, "tickets/mentions.html", {"mentions": rows[:MENTIONS]}, parts=("list",))
