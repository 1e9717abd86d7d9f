from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from common.errors import into_form
from staff.access import StaffRequest, needs
from staff.listed import Listed, listed
from tickets import actions, lookups, permissions, search
from tickets.actions import FieldErrors
from tickets.field_boxes import PREFIX, WAS, boxes, drawn, values_of
from tickets.forms_settings import FieldForm
from tickets.models import FieldDefinition
from tickets.views.common import ticket_of

PART = "tickets/_fields.html"
LEAST = 2


def _typed(request: StaffRequest) -> dict[str, str]:
    """What the page sent, by the field's key; what it had shown, by the key after "was-"."""
    plain = {name.removeprefix(PREFIX): request.POST.get(name, "") for name in request.POST if name.startswith(PREFIX)}
    return {**plain, **{name: request.POST.get(name, "") for name in request.POST if name.startswith(WAS)}}


@require_POST
@needs(permissions.WORK)
def save_fields(request: StaffRequest, number: str) -> HttpResponse:
    """Write the custom fields. What is wrong is said beside it, nothing typed is lost, and nothing is saved by half."""
    shown = ticket_of(request, number)
    typed = _typed(request)
    values, errors = values_of(boxes(shown, request.user), typed, request.user)
    if not errors:
        try:
            shown = actions.set_fields(ticket=shown, values=values, by=request.user)
        except FieldErrors as error:
            errors = {key: str(text) for key, text in error.fields.items()}
    if not errors:
        if not request.htmx:
            return redirect("tickets:ticket", number=number)
        return render(request, PART, {"ticket": shown, "boxes": boxes(shown, request.user), "is_saved": True})
    context = {"ticket": shown, "boxes": boxes(shown, request.user, typed=typed, errors=errors), "is_wrong": True}
    return render(request, PART if request.htmx else "tickets/fields_again.html", context, status=422)


@require_safe
@needs(permissions.READ)
def look_up(request: StaffRequest, code: str) -> HttpResponse:
    """What a look-up field offers for what is typed: options of its list."""
    known = lookups.known().get(code)
    if known is None:
        raise Http404
    text = request.GET.get(next(iter(request.GET), ""), "").strip()[:100]  # htmx sends the one field, by its own name
    least = search.LEAST_OUTSOURCED if request.user.is_outsourced else LEAST
    found = known.find(request.user, text, lookups.OFFERED) if len(text) >= least else []
    return render(request, "tickets/_offered.html", {"found": found})


def _preview(request: StaffRequest, chosen: FieldDefinition | None) -> dict[str, object]:
    return {"preview": drawn([chosen], {}, request.user) if chosen else []}


@needs(permissions.CONFIGURE)
def fields_settings(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Custom fields: all of them in order, and a form for one or for a new one with how it will look."""
    chosen = get_object_or_404(FieldDefinition, pk=pk) if pk else None
    page = Listed(
        template="tickets/settings/fields.html",
        form=FieldForm(request.POST or None, instance=chosen),
        chosen=chosen,
        rows=FieldDefinition.objects.order_by("-is_active", "position", "pk"),
        url_name="tickets:field_settings",
        write=lambda data: actions.save_field(by=request.user, field=chosen, **data),
        more=_preview(request, chosen),
    )
    return listed(request, page, into_form)
