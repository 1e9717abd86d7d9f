"""Help for everybody, without a sign-in. The same for every visitor, so any cache may keep it: nothing depends on a
cookie, and the language stands in the address."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.translation import override
from django.views.decorators.http import require_safe

from customers.shield import public_words
from knowledge import search
from knowledge.models import Article, PlaceCard
from knowledge.views.finder import typed_in
from staff.access import public

KEPT_S = 300
SHOWN, MOST = 50, 200


def language_of(request: HttpRequest) -> str:
    return "en" if request.GET.get("lang") == "en" else "ru"


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Rendered without the request: nothing of whoever asks can get into the page."""
    language = language_of(request)
    with override(language):
        page = render_to_string(template, {**context, "lang": language, "path": request.path})
    headers = {"Cache-Control": f"public, max-age={KEPT_S}", "Content-Language": language}
    return HttpResponse(page, headers=headers)


@public_words
@public
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    text, language = typed_in(request.GET), language_of(request)
    with override(language):  # the usual answers are in the page's language, not in the browser's
        found = search.find(None, text, limit=MOST)
    hits = [one for one in found.hits if one.article is None or one.article.language == language][:SHOWN]
    return _page(request, "help/index.html", {"q": text, "hits": hits, "read_as": found.read_as})


@public_words
@public
@require_safe
def article(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Article.objects.public().defer("vector"), pk=pk)
    return _page(request, "help/article.html", {"article": found})


@public_words
@public
@require_safe
def places(request: HttpRequest) -> HttpResponse:
    found = PlaceCard.objects.public().with_address().defer("vector").order_by("kind", "title")
    return _page(request, "help/places.html", {"places": found})
