"""What the editors write: articles, their versions, what is due to be looked through."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import DomainError, into_form
from common.http import go
from contacts.models import Outcome, Topic
from knowledge import actions, compare, permissions, queries
from knowledge.forms import ArticleForm
from knowledge.models import Article, ArticleVersion, Audience, Language, MissingAnswer, State
from staff.access import StaffRequest, needs

A_PAGE = 50
SHOWN = 20
TEXTS = (
    ("title", gettext_lazy("Title")),
    ("spoken", gettext_lazy("Said first")),
    ("body", gettext_lazy("Everything else")),
)
FACTS: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    ("state", gettext_lazy("State"), dict(State.choices)),
    ("audience", gettext_lazy("Who reads it"), dict(Audience.choices)),
    ("language", gettext_lazy("Language"), dict(Language.choices)),
    ("outcome", gettext_lazy("Outcome"), dict(Outcome.choices)),
    ("owner", gettext_lazy("Owner"), {}),
    ("expires_on", gettext_lazy("Look through by"), {}),
)


@require_safe
@needs(permissions.EDIT)
def articles(request: StaffRequest) -> HttpResponse:
    """All articles, those to be looked through first; how often each was given and whether it helped."""
    state, text = request.GET.get("state", ""), request.GET.get("q", "")[:100].strip()
    found = queries.for_editors(**({"state": state} if state in State.values else {}))
    if text:
        found = found.filter(title__icontains=text)
    found = found.order_by("title", "pk")
    context = {
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "states": State.choices,
        "state": state,
        "q": text,
        "due": queries.to_review()[:SHOWN],
        "figures": queries.figures(),
    }
    return render(request, "knowledge/settings/articles.html", context)


@require_http_methods(["GET", "POST"])
@needs(permissions.EDIT)
def article(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """The editor of one article, or of a new one; a question without an answer may have led here."""
    chosen = get_object_or_404(Article.objects.defer("vector"), pk=pk) if pk else None
    asked = _missing(request) or (MissingAnswer.objects.filter(draft=chosen, done_at=None).first() if chosen else None)
    initial = {"title": asked.phrase.capitalize(), "owner": request.user} if asked else {"owner": request.user}
    form = ArticleForm(request.POST or None, instance=chosen, initial=None if chosen else initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_article(by=request.user, article=chosen, **form.values())
            if asked and asked.draft_id != saved.pk:
                if saved.state == State.PUBLISHED:
                    actions.answer_missing(missing=asked, article=saved, by=request.user)
                else:
                    actions.begin_answer(missing=asked, article=saved)
        except DomainError as error:
            into_form(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("knowledge:edit", pk=saved.pk)
    said = form.data if form.is_bound else form.initial
    context = {
        "form": form,
        "chosen": Article.objects.defer("vector").get(pk=pk) if pk else None,
        "asked": asked,
        "spoken": said.get("spoken", ""),
        "body": said.get("body", ""),
        "events": chosen.history.select_related("by_user").order_by("-at", "-pk")[:SHOWN] if chosen else [],
    }
    return render(request, "knowledge/settings/article.html", context, status=422 if form.errors else 200)


def _missing(request: StaffRequest) -> MissingAnswer | None:
    pk = request.POST.get("missing") or request.GET.get("missing") or ""
    return MissingAnswer.objects.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None


@require_POST
@needs(permissions.EDIT)
def preview(request: StaffRequest) -> HttpResponse:
    """What is being typed, as it will be read."""
    context = {"spoken": request.POST.get("spoken", "")[:400], "body": request.POST.get("body", "")[:20_000]}
    return render(request, "knowledge/settings/_preview.html", context)


@require_POST
@needs(permissions.EDIT)
def review(request: StaffRequest, pk: int) -> HttpResponse:
    """It still holds."""
    found = get_object_or_404(Article, pk=pk)
    actions.review(article=found, by=request.user, until=_day(request.POST.get("until", "")))
    messages.success(request, _("Noted: it holds for now."))
    return go(request, (request.POST.get("back") == "list" and "/settings/knowledge/") or f"/settings/knowledge/{pk}/")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _numbered(article: Article, text: str) -> ArticleVersion | None:
    number = int(text) if text.isdecimal() and len(text) < 9 else 0
    return article.history.select_related("by_user").filter(data__number=number).first()


@require_safe
@needs(permissions.EDIT)
def versions(request: StaffRequest, pk: int) -> HttpResponse:
    """Two versions side by side in one text; without a choice, the last and the one before."""
    found = get_object_or_404(Article.objects.defer("vector"), pk=pk)
    new = _numbered(found, request.GET.get("b", "") or str(found.version))
    old = _numbered(found, request.GET.get("a", "") or str((new.data["number"] if new else 1) - 1)) or new
    if new is None or old is None:
        raise Http404
    page = Paginator(found.history.select_related("by_user").order_by("-at", "-pk"), A_PAGE).get_page(
        request.GET.get("page")
    )
    context: dict[str, Any] = {
        "article": found,
        "old": old,
        "new": new,
        "page": page,
        "texts": [(name, compare.pieces(old.data["content"][key], new.data["content"][key])) for key, name in TEXTS],
        "facts": _facts(old.data["content"], new.data["content"]),
    }
    return render(request, "knowledge/settings/versions.html", context)


def _facts(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(name, before, after) of whatever else differs, in words."""
    found = []
    for key, name, words in FACTS:
        before, after = (words.get(one[key], one[key]) for one in (old, new))
        if before != after:
            found.append((str(name), str(before), str(after)))
    before, after = (", ".join(map(str, _topics(one["topics"]))) for one in (old, new))
    return [*found, (_("Topics"), before, after)] if before != after else found


def _topics(codes: list[str]) -> list[Topic]:
    return list(Topic.objects.filter(code__in=codes))


@require_POST
@needs(permissions.EDIT)
def restore(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Article, pk=pk)
    version = _numbered(found, request.POST.get("version", ""))
    if version is None:
        raise Http404
    actions.restore(article=found, version=version, by=request.user)
    messages.success(request, _("Version %(number)s holds again.") % {"number": version.data["number"]})
    return go(request, f"/settings/knowledge/{pk}/")
