"""The supervisor's lists: places, questions without an answer, synonyms."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import DomainError, into_form
from common.http import go, render_page
from knowledge import actions, permissions, queries, search
from knowledge.forms import PlaceForm, SynonymsForm
from knowledge.models import Article, MissingAnswer, PlaceCard, Synonyms
from knowledge.views.finder import typed_in
from staff.access import StaffRequest, needs

SHOWN = 20
MOST = 100
OFFERED = 12


@require_http_methods(["GET", "POST"])
@needs(permissions.EDIT)
def places(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """All places, and a form for one or for a new one."""
    chosen = get_object_or_404(PlaceCard.objects.with_address().defer("vector"), pk=pk) if pk else None
    form = PlaceForm(request.POST or None, instance=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            before = PlaceCard.objects.with_address().defer("vector").get(pk=pk) if pk else None
            saved = actions.save_place(by=request.user, place=before, **form.values())
        except DomainError as error:
            into_form(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("knowledge:edit_place", pk=saved.pk)
    context = {
        "form": form,
        "chosen": PlaceCard.objects.with_address().defer("vector").get(pk=pk) if pk else None,
        "places": queries.places_for_editors(),
        "events": chosen.history.select_related("by_user").order_by("-at", "-pk")[:SHOWN] if chosen else [],
    }
    return render(request, "knowledge/settings/places.html", context, status=422 if form.errors else 200)


@require_POST
@needs(permissions.EDIT)
def check_place(request: StaffRequest, pk: int) -> HttpResponse:
    actions.check_place(place=get_object_or_404(PlaceCard, pk=pk), by=request.user)
    messages.success(request, _("Noted: checked today."))
    return go(request, f"/settings/knowledge/places/{pk}/")


@require_safe
@needs(permissions.EDIT)
def missing(request: StaffRequest) -> HttpResponse:
    """What people need and do not find."""
    context = {
        "missing": queries.missing()[:MOST],
        "nothing": queries.nothing_found()[:SHOWN],
        "answered": queries.answered()[:SHOWN],
    }
    return render(request, "knowledge/settings/missing.html", context)


@require_http_methods(["GET", "POST"])
@needs(permissions.EDIT)
def answer_missing(request: StaffRequest, pk: int) -> HttpResponse:
    """Which article answers it? Those that its words find are offered, or others by other words."""
    row = get_object_or_404(MissingAnswer, pk=pk)
    if request.method == "GET":
        text = typed_in(request.GET) if "q" in request.GET else row.phrase
        hits = search.find(request.user, text, limit=OFFERED).hits
        context = {"missing": row, "q": text, "hits": [hit for hit in hits if hit.article]}
        return render_page(request, "knowledge/settings/answer.html", context, parts=("found",))
    chosen = request.POST.get("article", "")
    found = get_object_or_404(
        Article.objects.published(), pk=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0
    )
    actions.answer_missing(missing=row, article=found, by=request.user)
    return go(request, "/settings/knowledge/missing/")


@require_POST
@needs(permissions.EDIT)
def drop_missing(request: StaffRequest, pk: int) -> HttpResponse:
    actions.drop_missing(missing=get_object_or_404(MissingAnswer, pk=pk), by=request.user)
    return go(request, "/settings/knowledge/missing/")


@require_http_methods(["GET", "POST"])
@needs(permissions.EDIT)
def synonyms(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Phrases that mean the same."""
    chosen = get_object_or_404(Synonyms, pk=pk) if pk else None
    form = SynonymsForm(request.POST or None, instance=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_synonyms(by=request.user, row=chosen, **form.cleaned_data)
        except DomainError as error:
            into_form(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("knowledge:synonyms")
    context = {
        "form": form,
        "chosen": Synonyms.objects.filter(pk=pk).first() if pk else None,
        "rows": Synonyms.objects.order_by("-is_active", "phrases"),
        "events": chosen.history.select_related("by_user").order_by("-at", "-pk")[:SHOWN] if chosen else [],
    }
    return render(request, "knowledge/settings/synonyms.html", context, status=422 if form.errors else 200)
