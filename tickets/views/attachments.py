from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from messaging import files
from messaging.models import Attachment
from staff.access import StaffRequest, needs
from tickets import actions, permissions
from tickets.models import Kind, Ticket, TicketFile
from tickets.timeline import kin
from tickets.views.common import number_in, ticket_of


def _kind(request: StaffRequest) -> str:
    return Kind.NOTE if request.POST.get("kind") == Kind.NOTE else Kind.REPLY


def attached(request: StaffRequest, ticket: Ticket, kind: str) -> list[Attachment]:
    """The files that go with what is sent now: those of the draft, and those a browser without scripts sends along."""
    for upload in request.FILES.getlist("files"):
        actions.upload(ticket=ticket, by=request.user, kind=kind, upload=upload, seen=number_in(request.POST, "seen"))
    return actions.files(ticket=ticket, user=request.user, kind=kind)


def _list(request: StaffRequest, ticket: Ticket) -> HttpResponse:
    if not request.htmx:
        return redirect("tickets:ticket", number=ticket.number)
    kind = _kind(request)
    mine = actions.files(ticket=ticket, user=request.user, kind=kind)
    return render(request, "tickets/_files.html", {"ticket": ticket, "kind": kind, "files": mine})


@require_POST
@needs(permissions.WORK)
def add_file(request: StaffRequest, number: str) -> HttpResponse:
    """Take a file to the draft; the answer is the draft's list of files."""
    ticket = ticket_of(request, number)
    for upload in request.FILES.getlist("files"):
        actions.upload(
            ticket=ticket, by=request.user, kind=_kind(request), upload=upload, seen=number_in(request.POST, "seen")
        )
    return _list(request, ticket)


@require_POST
@needs(permissions.WORK)
def remove_file(request: StaffRequest, number: str) -> HttpResponse:
    ticket = ticket_of(request, number)
    actions.remove_file(ticket=ticket, by=request.user, attachment_id=number_in(request.POST, "attachment"))
    return _list(request, ticket)


@require_GET
@needs(permissions.READ)
def file(request: StaffRequest, number: str, pk: int) -> HttpResponseBase:
    """A file of the ticket, as a download; a draft's file only to its writer."""
    shown = TicketFile.objects.filter(ticket__in=kin(ticket_of(request, number)), attachment=pk)
    one = get_object_or_404(shown.filter(Q(draft=None) | Q(draft__user=request.user)).select_related("attachment"))
    return files.response(one.attachment)
