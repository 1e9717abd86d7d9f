from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from common.errors import into_form
from guidance import actions, permissions
from guidance.forms import PhraseForm
from guidance.models import CalmingPhrase
from staff.access import StaffRequest, needs
from staff.listed import Listed, listed


@needs(permissions.EDIT)
def phrases(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Phrases for an upset caller, and a form for one or for a new one."""
    chosen = get_object_or_404(CalmingPhrase, pk=pk) if pk else None
    page = Listed(
        template="guidance/phrases.html",
        form=PhraseForm(request.POST or None, instance=chosen),
        chosen=chosen,
        rows=CalmingPhrase.objects.order_by("-is_active", "position", "pk"),
        url_name="guidance:phrase",
        write=lambda data: actions.save_phrase(by=request.user, phrase=chosen, **data),
    )
    return listed(request, page, into_form)
