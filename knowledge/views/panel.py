"""Answers on the call screen: looked for, given, sent, without leaving the call."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.http import render_page
from contacts.models import Channel, Contact
from customers.shield import public_words
from knowledge import actions, permissions, queries, search, walking
from knowledge.models import Article, ArticleUse, Audience, PlaceCard
from knowledge.views.finder import house_near, typed_in
from staff.access import StaffRequest, needs

PAGE = "knowledge/panel.html"
SHOWN = 8
USUAL = 4


def _contact(request: StaffRequest, contact_id: int) -> Contact:
    rows = Contact.objects.visible_to(request.user).select_related("building__street", "subscriber")
    return get_object_or_404(rows, pk=contact_id)


@public_words
@require_safe
@needs(permissions.USE)
def panel(request: StaffRequest, contact_id: int) -> HttpResponse:
    """The finder beside a call: the caller's house is known, so the nearest places come first."""
    return _shown(request, _contact(request, contact_id))


def _shown(request: StaffRequest, contact: Contact, said: str = "") -> HttpResponse:
    text = typed_in(request.GET)
    limit = SHOWN if text else USUAL
    part = request.GET.get("part", "")
    context: dict[str, Any] = {"contact": contact, "q": text, "said": said}
    if part != "answer":
        near, elsewhere = house_near(request)
        here = elsewhere or (None if near else contact.building)
        context |= {"near": near, "here": here}
        context["found"] = search.find(request.user, text, building=here, limit=limit)
    if part != "found":
        context |= _answer(request, contact)
    return render_page(request, PAGE, context, parts=("found", "answer"))


def _answer(request: StaffRequest, contact: Contact) -> dict[str, Any]:
    """What was given last in this contact, and how it can be sent. At most four statements."""
    rows = ArticleUse.objects.visible_to(request.user).filter(contact=contact)
    rows = rows.select_related("article", "place__building__street", "place__topic")
    use = rows.select_related("place__checked_by", "sms", "vk").first()
    if use is None:
        return {}
    ways = queries.addresses(contact)
    metres = _metres(contact, use.place)
    is_ours = use.article is not None and use.article.audience == Audience.STAFF
    return {
        "use": use,
        "what": use.article or use.place,
        "metres": metres,
        "by_sms": Channel.PHONE in ways and not is_ours,
        "by_vk": Channel.VK in ways and not is_ours,
        "is_ours": is_ours,
    }


def _metres(contact: Contact, place: PlaceCard | None) -> int | None:
    home = contact.building
    if home is None or home.latitude is None or home.longitude is None or place is None:
        return None
    return walking.metres_to((home.latitude, home.longitude), place.point)


def _answered(request: StaffRequest, contact: Contact, said: str = "", *, is_news: bool = True) -> HttpResponse:
    """The answer's part again. `is_news`: the caller has his answer, so the screen goes on to the wrap-up."""
    if not request.htmx:
        return redirect("firstline:contact", contact_id=contact.pk)
    request.GET = request.GET.copy()
    request.GET["part"] = "answer"
    reply = _shown(request, contact, said)
    if is_news:
        reply["HX-Trigger"] = "contact-changed"
    return reply


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


@public_words
@require_POST
@needs(permissions.USE)
def use(request: StaffRequest, contact_id: int) -> HttpResponse:
    """This answer is given to the caller."""
    contact = _contact(request, contact_id)
    if pk := request.POST.get("place"):
        place = get_object_or_404(PlaceCard.objects.visible_to(request.user), pk=_number(pk))
        actions.use(contact=contact, place=place, by=request.user)
    else:
        article = get_object_or_404(
            Article.objects.visible_to(request.user), pk=_number(request.POST.get("article", ""))
        )
        actions.use(contact=contact, article=article, by=request.user)
    return _answered(request, contact)


def _use(request: StaffRequest, contact: Contact) -> ArticleUse:
    return get_object_or_404(
        ArticleUse.objects.visible_to(request.user), contact=contact, pk=_number(request.POST.get("use", ""))
    )


@public_words
@require_POST
@needs(permissions.USE)
def send(request: StaffRequest, contact_id: int) -> HttpResponse:
    """Send it by SMS or to VKontakte."""
    contact = _contact(request, contact_id)
    actions.send(use=_use(request, contact), channel=request.POST.get("channel", ""), by=request.user)
    return _answered(request, contact, _("Sent."))


@public_words
@require_POST
@needs(permissions.USE)
def rate(request: StaffRequest, contact_id: int) -> HttpResponse:
    contact = _contact(request, contact_id)
    is_useful = request.POST.get("useful") == "yes"
    actions.rate(use=_use(request, contact), is_useful=is_useful)
    return _answered(request, contact, _("Noted, thank you."), is_news=is_useful)


@public_words
@require_POST
@needs(permissions.USE)
def missing(request: StaffRequest, contact_id: int) -> HttpResponse:
    contact = _contact(request, contact_id)
    actions.report_missing(text=typed_in(request.POST), by=request.user, contact=contact)
    return _answered(request, contact, _("Written down: the supervisor sees it."), is_news=False)
