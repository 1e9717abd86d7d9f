"""The call screen: who calls, what is known, what to say."""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from common.http import go, render_page
from common.panels import panels
from contacts import actions as contacts
from contacts.models import Contact
from customers import actions as customers
from customers.actions import TooManyCards
from customers.models import Subscriber
from firstline import actions, permissions, queries
from firstline.views.wrap_up import wrap_up
from network.models import Building
from staff.access import StaffRequest, may, needs

PAGE = "firstline/calls.html"
LEAST_LETTERS = 3  # of a house, which is nobody's secret
LEAST_OF_ACCOUNT = 4
LONGEST_NOTE = 4000


@needs(permissions.ANSWER)
def calls(request: StaffRequest, contact_id: int | None = None) -> HttpResponse:
    """The screen, or one of its regions: the queue on the left, the contact in the middle and on the right."""
    return page(request, contact_of(request, contact_id) if contact_id else queries.current(request.user))


def page(request: StaffRequest, contact: Contact | None, *, status: int = 200, **more: Any) -> HttpResponse:
    viewer = request.user
    part = request.GET.get("part", "")
    context: dict[str, Any] = {"contact": contact}
    if part != "contact":
        context |= _queue(request)
    if contact is not None and part != "queue":
        contact = contact_of(request, contact.pk)
        person = queries.person(contact, viewer, flat=_sought(request, "flat"), sought=_sought(request, "house"))
        found = _found(request, contact)
        try:
            _note_shown(request, contact, [person.subscriber, *person.candidates, *found.get("people", [])])
        except TooManyCards as error:
            person, found, status = queries.without_person(person), {}, error.status
            context["refused"] = error.text
        context |= {
            "contact": contact,
            "call": queries.call_of(contact),
            "person": person,
            "others": [call for call in queries.mine(viewer) if call.contact_id != contact.pk][:2],
            "may_open": may(viewer, permissions.OPEN_CARD),
            "panels": [one for one in panels("caller") if may(viewer, one.permission)],
            "helpers": [one for one in panels("contact") if may(viewer, one.permission)],
            **wrap_up(request, contact),
            **found,
            **more,
        }
    return render_page(request, PAGE, context, parts=("queue", "contact"), status=status)


def _note_shown(request: StaffRequest, contact: Contact, people: list[Subscriber | None]) -> None:
    """Whom the page shows without their having called is counted for the outsourcer's people. Raises TooManyCards."""
    if request.user.is_outsourced:
        beyond = queries.beyond_own(contact, [one for one in people if one is not None])
        customers.show_cards(subscribers=beyond, by=request.user, contact_id=contact.pk)


def _queue(request: StaffRequest) -> dict[str, Any]:
    return {
        "queue": queries.queue(request.user),
        "unfinished": queries.unfinished(request.user),
        "finished": queries.finished(request.user),
        "call_backs": list(queries.call_backs(request.user)[:6]),
        "by_hand_key": uuid4().hex,
    }


def _sought(request: StaffRequest, name: str) -> str:
    return request.GET.get(name, "").strip()[:80]


def _found(request: StaffRequest, contact: Contact) -> dict[str, Any]:
    """What the finder of an unknown number shows: houses by a few letters, one person by the whole account.

    No houses once one is known: the answer to the last letters may come after it was chosen.
    """
    text = _sought(request, "house")
    if len(text) < LEAST_LETTERS:
        return {}
    people = Subscriber.objects.visible_to(request.user).with_address().filter(account=text)[:1]
    return {
        "people": list(people) if len(text) >= LEAST_OF_ACCOUNT else [],
        "found": [] if contact.building_id else Building.objects.visible_to(request.user).search(text)[:8],
    }


def contact_of(request: StaffRequest, contact_id: int) -> Contact:
    return get_object_or_404(queries.by_id(request.user, contact_id), pk=contact_id)


def again(request: StaffRequest, contact: Contact, **more: Any) -> HttpResponse:
    """After an action: the contact's region for htmx, the screen for a plain browser."""
    if not request.htmx and not more:
        return redirect("firstline:contact", contact_id=contact.pk)
    if request.htmx:
        request.GET = request.GET.copy()
        request.GET["part"] = "contact"
    return page(request, contact, **more)


def on(request: StaffRequest, contact: Contact) -> HttpResponse:
    """After an ending, which has taken the note: to the call or contact that is next."""
    actions.drop_note(contact=contact, by=request.user)
    return go(request, reverse("firstline:calls"))


@needs(permissions.ANSWER)
def bar(request: StaffRequest) -> HttpResponse:
    """The call bar of every other page: what I talk on, and what rings at my place."""
    return render(request, "firstline/_bar.html", {"calls": queries.mine(request.user)})


@require_POST
@needs(permissions.ANSWER)
def by_hand(request: StaffRequest) -> HttpResponse:
    """A call typed in by hand, when the exchange is away."""
    phone, key = request.POST.get("phone", ""), request.POST.get("key", "")[:40] or uuid4().hex
    contact = actions.note_call(phone=phone, key=key, by=request.user)
    return go(request, reverse("firstline:contact", args=[contact.pk]))


@require_POST
@needs(permissions.ANSWER)
def identify(request: StaffRequest, contact_id: int) -> HttpResponse:
    """This is who calls, or at least from which house."""
    contact = contact_of(request, contact_id)
    people = Subscriber.objects.visible_to(request.user).with_address()
    if pk := request.POST.get("subscriber"):
        someone = get_object_or_404(people, pk=number(pk))
        contact = contacts.identify(contact=contact, subscriber=someone, by=request.user)
        if request.POST.get("said") == someone.account:  # he was found by the whole account that he said
            actions.verify(contact=contact, said=someone.account, by=request.user)
    elif pk := request.POST.get("building"):
        building = get_object_or_404(Building.objects.visible_to(request.user), pk=number(pk))
        contacts.identify(contact=contact, building=building, by=request.user)
    else:
        contacts.identify(contact=contact, by=request.user)
    return again(request, contact)


@require_POST
@needs(permissions.ANSWER)
def verify(request: StaffRequest, contact_id: int) -> HttpResponse:
    """The caller said his account, or his flat and its last digits."""
    contact = contact_of(request, contact_id)
    actions.verify(contact=contact, said=request.POST.get("said", "")[:60], by=request.user)
    return again(request, contact)


@require_POST
@needs(permissions.OPEN_CARD)
def open_card(request: StaffRequest, contact_id: int) -> HttpResponse:
    """Our own people may open a card without the caller's answers: the reason is logged."""
    contact = contact_of(request, contact_id)
    actions.open_card(contact=contact, reason=request.POST.get("reason", ""), by=request.user)
    return again(request, contact)


@needs(permissions.ANSWER)
def viewers(request: StaffRequest, contact_id: int) -> HttpResponse:
    """Who else has this contact on his screen. A screen posts that it is there."""
    contact = contact_of(request, contact_id)
    if request.method == "POST":
        actions.see(contact=contact, by=request.user)
    context = {"contact": contact, "viewers": queries.viewers(contact, but=request.user)}
    return render(request, "firstline/_viewers.html", context)


@require_POST
@needs(permissions.ANSWER)
def keep_note(request: StaffRequest, contact_id: int) -> HttpResponse:
    """What is typed of the note so far."""
    contact = contact_of(request, contact_id)
    actions.keep_note(contact=contact, text=request.POST.get("note", "")[:LONGEST_NOTE], by=request.user)
    return HttpResponse(status=204)


@require_POST
@needs(permissions.ANSWER)
def leave(request: StaffRequest, contact_id: int) -> HttpResponse:
    """The screen shows something else now."""
    actions.leave(contact=contact_of(request, contact_id), by=request.user)
    return HttpResponse(status=204)


def number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
