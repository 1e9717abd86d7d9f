"""Articles and places in one list, while somebody types. At most nine statements, three for what is spelt right.

First everything that holds all words, in any form, the last one perhaps only begun, each of them perhaps by a synonym.
If nothing does: the other keyboard layout, then the nearest known words, then any of the words. Decision 0017.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import BigIntegerField, Count, F, Func, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import get_language

from common import clock
from knowledge import asking, walking, words
from knowledge.asking import Clause
from knowledge.models import Article, ArticleUse, PlaceCard, Synonyms
from network.models import Building
from staff.models import User

LIMIT = 20
NEAREST = 3
MOST_PLACES = 300
WEIGHTS = [0.02, 0.1, 0.4, 1.0]  # D, C, B, A
AT_HOME = 1.6  # what a caller's house being known adds to places: that is what such a caller asks for
USED_WITHIN_DAYS = 30
_CANDIDATES = 80


@dataclass(frozen=True, slots=True)
class Hit:
    """A line of the list: an article or a place. `metres` on foot from the building that was named."""

    rank: float
    article: Article | None = None
    place: PlaceCard | None = None
    metres: int | None = None

    @property
    def minutes(self) -> int | None:
        return None if self.metres is None else walking.minutes(self.metres)


@dataclass(frozen=True, slots=True)
class Found:
    """`read_as`: what was looked for instead of what was typed; empty where it was found as typed."""

    hits: list[Hit] = field(default_factory=list)
    read_as: str = ""


def find(viewer: User | None, text: str, *, building: Building | None = None, limit: int = LIMIT) -> Found:
    """What fits best first. `viewer` None: a visitor of the site. `building`: where the nearest places are wanted."""
    articles = Article.objects.public() if viewer is None else Article.objects.visible_to(viewer)
    places = PlaceCard.objects.public() if viewer is None else PlaceCard.objects.visible_to(viewer)
    place = _Asked(articles, places.with_address(), building, limit)
    typed = words.plain(text).split()[: words.MOST]
    if not typed:
        return Found(place.usual())
    synonyms = [asking.phrases(line) for line in _synonyms()]
    question = asking.clauses(typed, synonyms)
    if hits := place.hits(question):
        return Found(hits)
    turned = words.plain(words.other_layout(text.lower())).split()[: words.MOST]
    if turned and turned != typed:
        other = asking.clauses(turned, synonyms)
        if hits := place.hits(other):
            return Found(hits, " ".join(turned))
    near = _nearest({*typed, *turned})
    for some in (typed, turned):
        meant = asking.corrected(asking.clauses(some, synonyms), near)
        if any(near.get(word) for word in some) and (hits := place.hits(meant)):
            return Found(hits, " ".join((near.get(word) or [word])[0] for word in some))
    if len(question) > 1 and (hits := place.hits(asking.corrected(question, near), every=False)):
        return Found(hits)
    return Found()


def _synonyms() -> Sequence[str]:
    return list(Synonyms.objects.filter(is_active=True).values_list("phrases", flat=True))


@dataclass(frozen=True)
class _Asked:
    articles: "QuerySet[Article]"
    places: "QuerySet[PlaceCard]"
    building: Building | None
    limit: int

    def hits(self, question: list[Clause], *, every: bool = True) -> list[Hit]:
        """Two statements. A list's rows come without the long text."""
        query = SearchQuery(asking.tsquery(question, every=every), search_type="raw", config="russian")
        rank = SearchRank(F("vector"), query, weights=WEIGHTS)
        articles = self.articles.filter(vector=query).annotate(rank=rank).order_by("-rank", "title", "pk")
        places = self.places.filter(vector=query).annotate(rank=rank).order_by("-rank", "title", "pk")
        found = [Hit(one.rank, article=one) for one in articles.defer("body", "vector")[: self.limit]]
        near = [self.place(one, one.rank) for one in places.defer("vector")[:MOST_PLACES]]
        return _merged(found, near, at_home=self._point is not None)[: self.limit]

    @property
    def _point(self) -> walking.Point | None:
        one = self.building
        return (one.latitude, one.longitude) if one and one.latitude is not None and one.longitude is not None else None

    def place(self, one: PlaceCard, rank: float) -> Hit:
        here, there = self._point, one.point
        return Hit(rank, place=one, metres=walking.walking_m(here, there) if here and there else None)

    def usual(self) -> list[Hit]:
        """Before anything is typed: the nearest places of a known house, and what is given most often these days."""
        near: list[Hit] = []
        if self._point:
            near = [self.place(one, 0) for one in self.places.defer("vector")[:MOST_PLACES]]
            near = sorted(near, key=_far)[:NEAREST]
        often = Cast(Value(self._often()), ArrayField(BigIntegerField()))
        place = Func(often, F("pk"), function="array_position", output_field=BigIntegerField())
        language = "en" if (get_language() or "").startswith("en") else "ru"
        own = self.articles.filter(language=language)
        rest = own.order_by(place.asc(nulls_last=True), "title", "pk").defer("body", "vector")
        return near + [Hit(0, article=one) for one in rest[: self.limit - len(near)]]

    def _often(self) -> list[int]:
        """What was given most often these days. Counted from the uses: they are fewer than all uses of all articles."""
        uses = ArticleUse.objects.filter(
            at__gt=clock.now() - timedelta(days=USED_WITHIN_DAYS), article__in=self.articles.values("pk")
        )
        counted = uses.values("article").annotate(given=Count("pk")).order_by("-given", "article__title", "article")
        return [row["article"] for row in counted[: self.limit]]


def _far(hit: Hit) -> tuple[bool, int]:
    return hit.metres is None, hit.metres or 0


def _merged(articles: list[Hit], places: list[Hit], *, at_home: bool) -> list[Hit]:
    """By rank; where the house is known, the nearest three places stand together where the best of them would."""
    if not at_home:
        return sorted(articles + places, key=lambda hit: -hit.rank)
    if not places:
        return articles
    best = max(hit.rank for hit in places)
    near = sorted((hit for hit in places if hit.rank >= best / 2), key=_far)
    rest = [hit for hit in places if hit.rank < best / 2]
    before = [hit for hit in articles if hit.rank > best * AT_HOME]
    return [*before, *near[:NEAREST], *articles[len(before) :], *near[NEAREST:], *rest]


_NEAR = """
SELECT asked.word, near.word FROM unnest(%(words)s::text[]) AS asked (word)
CROSS JOIN LATERAL (
    SELECT known.word FROM knowledge_word known
    WHERE known.grams && string_to_array(%(grams)s::jsonb ->> asked.word, ' ')::varchar[]
    ORDER BY cardinality(ARRAY(SELECT unnest(known.grams) INTERSECT
                               SELECT unnest(string_to_array(%(grams)s::jsonb ->> asked.word, ' ')))) DESC, known.word
    LIMIT %(most)s) near
"""


def _nearest(typed: set[str]) -> dict[str, list[str]]:
    """For each mistyped word the known ones that it nearly begins. One statement."""
    asked = sorted(word for word in typed if words.forgiven(word) and not word.isdecimal())
    if not asked:
        return {}
    grams = {word: " ".join(words.grams(word)) for word in asked}
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, {"words": asked, "grams": json.dumps(grams), "most": _CANDIDATES})
        known: dict[str, list[str]] = {}
        for word, near in cursor.fetchall():
            known.setdefault(word, []).append(near)
    # What some word begins with is not mistyped, only not finished.
    wrong = {word: some for word, some in known.items() if not any(one.startswith(word) for one in some)}
    return {word: words.nearest(word, some) for word, some in wrong.items()}
