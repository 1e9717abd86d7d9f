"""Where answers are looked for, and the pages they lead to."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.http import go, render_page
from customers.shield import public_words
from knowledge import actions, permissions, search
from knowledge.models import Article, PlaceCard
from knowledge.words import LONGEST
from network.models import Building
from staff.access import StaffRequest, may, needs

MOST_TYPED, MOST_ADDRESS = LONGEST, 80


def typed_in(said: Any) -> str:
    return str(said.get("q", ""))[:MOST_TYPED].strip()


def house_near(request: StaffRequest) -> tuple[str, Building | None]:
    """What was typed as "near", and the house that it means: the first one that fits."""
    near = request.GET.get("near", "")[:MOST_ADDRESS].strip()
    if not near:
        return "", None
    return near, Building.objects.visible_to(request.user).search(near).select_related("street").first()


@public_words
@require_safe
@needs(permissions.READ)
def finder(request: StaffRequest) -> HttpResponse:
    """One field for articles and places; near a house, if one is named."""
    text = typed_in(request.GET)
    near, building = house_near(request)
    context = {
        "q": text,
        "near": near,
        "building": building,
        "found": search.find(request.user, text, building=building),
        "may_edit": may(request.user, permissions.EDIT),
    }
    return render_page(request, "knowledge/finder.html", context, parts=("found",))


@public_words
@require_safe
@needs(permissions.READ)
def article(request: StaffRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Article.objects.visible_to(request.user).select_related("owner").defer("vector"), pk=pk)
    context = {"article": shown, "topics": list(shown.topics.all()), "may_edit": may(request.user, permissions.EDIT)}
    return render(request, "knowledge/article.html", context)


@require_POST
@needs(permissions.READ)
def confirm(request: StaffRequest, pk: int) -> HttpResponse:
    """Its owner says that it is still right."""
    found = get_object_or_404(Article.objects.visible_to(request.user).defer("vector"), pk=pk)
    actions.confirm(article=found, by=request.user)
    messages.success(request, _("Noted: it holds for now."))
    return go(request, found.get_absolute_url())


@public_words
@require_safe
@needs(permissions.READ)
def place(request: StaffRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(PlaceCard.objects.visible_to(request.user).with_address().defer("vector"), pk=pk)
    context = {"place": shown, "may_edit": may(request.user, permissions.EDIT)}
    return render(request, "knowledge/place.html", context)


@require_POST
@needs(permissions.READ)
def rate_article(request: StaffRequest, pk: int) -> HttpResponse:
    """It helped, or it did not."""
    shown = get_object_or_404(Article.objects.visible_to(request.user), pk=pk)
    actions.rate(use=actions.use(article=shown, by=request.user), is_useful=request.POST.get("useful") == "yes")
    return _thanks(request, shown.get_absolute_url())


@require_POST
@needs(permissions.READ)
def rate_place(request: StaffRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(PlaceCard.objects.visible_to(request.user), pk=pk)
    actions.rate(use=actions.use(place=shown, by=request.user), is_useful=request.POST.get("useful") == "yes")
    return _thanks(request, shown.get_absolute_url())


def _thanks(request: StaffRequest, url: str) -> HttpResponse:
    if not request.htmx:
        return go(request, url)
    return render(request, "knowledge/_said.html", {"text": _("Noted, thank you.")})


@require_POST
@needs(permissions.READ)
def missing(request: StaffRequest) -> HttpResponse:
    """The answer is missing: the supervisor reads what was typed."""
    actions.report_missing(text=typed_in(request.POST), by=request.user)
    if not request.htmx:
        return go(request, "/knowledge/")
    return render(request, "knowledge/_said.html", {"text": _("Written down: the supervisor sees it.")})


@require_POST
@needs(permissions.READ)
def nothing(request: StaffRequest) -> HttpResponse:
    """The page says so itself when somebody has looked at an empty list for a while."""
    actions.note_nothing_found(text=typed_in(request.POST))
    return HttpResponse(status=204)
