"""The demo's phone: what subscribers received, and a way to write back. Not there outside the demo."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from common.errors import DomainError, into_form
from common.http import render_page
from messaging import actions, permissions, queries
from messaging.forms import WriteForm
from messaging.models import FakeGateway
from staff.access import StaffRequest, needs


def _only_in_the_demo() -> None:
    if not settings.DEMO:
        raise Http404


def _page(request: StaffRequest, form: WriteForm, channel: str, address: str) -> HttpResponse:
    context: dict[str, Any] = {
        "talks": queries.talks(),
        "bubbles": queries.bubbles(channel, address) if address else [],
        "channel": channel,
        "address": address,
        "conversation": queries.conversation_id(channel, address) if address else None,
        "form": form,
        "mood": queries.mood(),
        "moods": FakeGateway.Mood.choices,
    }
    return render_page(request, "messaging/demo.html", context, parts=("talk",), status=422 if form.errors else 200)


@needs(permissions.DEMO)
def demo(request: StaffRequest) -> HttpResponse:
    """A subscriber's conversations."""
    _only_in_the_demo()
    channel, address = request.GET.get("channel", ""), request.GET.get("address", "")
    return _page(request, WriteForm(initial={"channel": channel or "phone", "address": address}), channel, address)


@require_POST
@needs(permissions.DEMO)
def write(request: StaffRequest) -> HttpResponse:
    """The subscriber writes."""
    _only_in_the_demo()
    form = WriteForm(request.POST)
    channel, address = request.POST.get("channel", ""), request.POST.get("address", "")
    if form.is_valid():
        try:
            message = actions.receive(key=f"demo:{uuid.uuid4().hex}", **form.cleaned_data)
        except DomainError as error:
            into_form(form, error)
        else:
            talk = message.conversation
            return redirect(
                f"{reverse('messaging:demo')}?{urlencode({'channel': talk.channel, 'address': talk.address})}"
            )
    return _page(request, form, channel, address)


@require_POST
@needs(permissions.DEMO)
def set_mood(request: StaffRequest) -> HttpResponse:
    """How the fake gateway behaves from now on."""
    _only_in_the_demo()
    mood = request.POST.get("mood", "")
    if mood not in FakeGateway.Mood.values:
        raise Http404
    actions.set_mood(mood=mood)
    return redirect("messaging:demo")
