"""What the search box of every page finds of knowledge."""

from django.utils.translation import gettext_lazy as _

from common.search import Hit, Provider, register
from knowledge import permissions, search
from staff.models import User


def answers(viewer: User, text: str, limit: int) -> list[Hit]:
    """Articles and places that fit, best first; nothing for nothing typed."""
    hits = search.find(viewer, text, limit=limit).hits if text.strip() else []
    return [_line(hit) for hit in hits]


def _line(hit: search.Hit) -> Hit:
    if hit.place:
        return Hit(hit.place.title, hit.place.get_absolute_url(), hit.place.where)
    assert hit.article is not None
    return Hit(hit.article.title, hit.article.get_absolute_url())


def register_all() -> None:
    register(Provider(_("Knowledge"), permissions.READ, answers, "book-open", 10))
