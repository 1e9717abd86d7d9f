"""Incidents under care: what is suspected, what is known, what callers hear and until when."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from common.errors import DomainError, into_form
from common.http import render_page
from common.panels import panels
from incidents import actions, queries
from incidents.models import Incident, State
from staff.access import StaffRequest, may, needs
from techsupport import permissions
from techsupport.forms import IncidentForm

PAGE = "techsupport/incidents.html"
MOST_CONTACTS = 50


@needs(permissions.SEE)
def incidents(request: StaffRequest, incident_id: int | None = None, form: IncidentForm | None = None) -> HttpResponse:
    """The list on the left, one incident in the middle with its text, contacts and visits."""
    board = list(queries.board(request.user))
    chosen = _incident(request, incident_id) if incident_id else next(iter(board), None)
    context: dict[str, Any] = {
        "board": board,
        "incident": chosen,
        "may_care": may(request.user, permissions.CARE),
    }
    if chosen is not None:
        context |= {
            "contacts": queries.contacts_of(chosen)[:MOST_CONTACTS],
            "contacts_total": queries.contacts_of(chosen).count(),
            "panels": [panel for panel in panels("incident") if may(request.user, panel.permission)],
            "history": chosen.history.select_related("by_user").order_by("-at", "-pk")[:50],
            "form": form or IncidentForm(instance=chosen),
            "is_suspected": chosen.state == State.SUSPECTED,
            "is_open": chosen.state == State.OPEN,
            "is_restored": chosen.state == State.RESTORED,
            "is_ended": chosen.state == State.CLOSED,
        }
    status = 422 if form is not None and form.errors else 200
    return render_page(request, PAGE, context, parts=("list", "incident"), status=status)


def _incident(request: StaffRequest, incident_id: int) -> Incident:
    shown = Incident.objects.visible_to(request.user).select_related("building__street", "node", "parent")
    return get_object_or_404(shown, pk=incident_id)


def _again(request: StaffRequest, incident: Incident, form: IncidentForm | None = None) -> HttpResponse:
    if not request.htmx and form is None:
        return redirect("techsupport:incident", incident_id=incident.pk)
    request.GET = request.GET.copy()
    request.GET["part"] = "incident"
    return incidents(request, incident.pk, form)


def _deed(action: Callable[..., Incident]) -> Callable[..., HttpResponse]:
    @require_POST
    @needs(permissions.CARE)
    def view(request: StaffRequest, incident_id: int) -> HttpResponse:
        return _again(request, action(incident=_incident(request, incident_id), by=request.user))

    return view


confirm = _deed(actions.confirm)
dismiss = _deed(actions.dismiss)
restore = _deed(actions.restore)
close = _deed(actions.close)


@require_POST
@needs(permissions.CARE)
def tell(request: StaffRequest, incident_id: int) -> HttpResponse:
    """Change what callers are told; once here, five places change."""
    incident = _incident(request, incident_id)
    # The form writes into its instance while validating; a copy keeps the page's own incident as stored.
    form = IncidentForm(request.POST, instance=_incident(request, incident_id))
    if not form.is_valid():
        return _again(request, incident, form)
    try:
        return _again(request, actions.edit(incident=incident, by=request.user, **form.cleaned_data))
    except DomainError as refusal:
        into_form(form, refusal)
        return _again(request, incident, form)
