"""One's own way in, beside the pages that the sign-in library brings."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staff import actions
from staff.access import StaffRequest, needs_sign_in


@require_POST
@needs_sign_in
def sign_out_elsewhere(request: StaffRequest) -> HttpResponse:
    """End my other sessions; it takes the password, and as few guesses as signing in does."""
    refusal: HttpResponse | None = ratelimit.consume_or_429(request, action="reauthenticate", user=request.user)
    if refusal is not None:
        return refusal
    actions.sign_out_elsewhere(user=request.user, password=request.POST.get("password", ""))
    update_session_auth_hash(request, request.user)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("mfa_index")
