"""Reads across articles, places and what was given to callers."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from common import clock
from contacts.models import Channel, Contact, Outcome, Topic
from knowledge import sms
from knowledge.models import Article, ArticleUse, MissingAnswer, PlaceCard
from knowledge.models.article import SOON
from messaging.models import Conversation
from network import spelling
from network.models import Building

FIGURES_OF = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What wrapping up may be filled with. `outcome` is one of `contacts.models.Outcome`."""

    topic: Topic | None
    outcome: str


def suggestion(contact: Contact) -> Suggestion | None:
    """What the last answer given in this contact, and not called useless, says of it; None where none was given.

    For the wrap-up: pre-select these, never save them unasked. At most two statements.
    """
    uses = ArticleUse.objects.filter(contact=contact).exclude(is_useful=False)
    last = uses.select_related("article", "place__topic").defer("article__body", "article__vector").first()
    if last is None:
        return None
    if last.place is not None:
        return Suggestion(last.place.topic, Outcome.ANSWERED)
    assert last.article is not None
    return Suggestion(last.article.topics.first(), last.article.outcome or Outcome.ANSWERED)


def addresses(contact: Contact) -> dict[str, str]:
    """Where this caller can be written to, by channel. One statement.

    By SMS: the number of the call. By VKontakte: only where exactly one conversation is known to be his.
    """
    found = {Channel.PHONE.value: contact.phone} if contact.phone.startswith("+") else {}
    if contact.subscriber_id:
        talks = Conversation.objects.filter(channel=Channel.VK, subscriber=contact.subscriber_id)
        peers = list(talks.values_list("address", flat=True)[:2])
        if len(peers) == 1:
            found[Channel.VK.value] = peers[0]
    return found


def message_of(what: Article | PlaceCard | None) -> str:
    """What is sent to a caller: what would be said. A place in Russian, whatever language the sender's pages have."""
    assert what is not None
    if isinstance(what, Article):
        return what.spoken
    with override("ru"):
        return said_of(what)


def said_of(place: PlaceCard) -> str:
    """A place in one breath: what, where, when, at which price. Costs queries unless `with_address`."""
    facts = [f"{place.title}: {place.where}", place.how_to_find, place.week, fee(place)]
    return ". ".join(fact[:1].upper() + fact[1:].rstrip(".") for fact in facts if fact) + "."


def fee(place: PlaceCard) -> str:
    """ "Commission: 2 %"; a text that speaks of the commission itself ("без комиссии") stands alone."""
    said = place.commission
    if not said or "комисси" in said.lower() or "commission" in said.lower():
        return said
    return _("commission: %(commission)s") % {"commission": said}


def house_at(address: str) -> Building | None:
    """The one house of ours that has exactly this address."""
    _words, house = spelling.split_address(address)
    if not house:
        return None
    found = [one for one in Building.objects.search(address).select_related("street")[:3] if one.house == house]
    return found[0] if len(found) == 1 else None


def parts_of(text: str) -> int:
    return sms.parts(text)


def for_editors(**asked: Any) -> QuerySet[Article]:
    """All articles with how often they were given and how that was judged. Without the long text."""
    found = Article.objects.select_related("owner").filter(**asked)
    return found.annotate(**_rates()).defer("body", "vector")


def places_for_editors() -> QuerySet[PlaceCard]:
    """All places, those in use first, with the same figures."""
    found = PlaceCard.objects.with_address().annotate(**_rates()).defer("vector")
    return found.order_by("-is_active", "kind", "title")


def _rates() -> dict[str, Count]:
    rated = Count("uses", filter=Q(uses__is_useful__isnull=False))
    return {"given": Count("uses"), "rated": rated, "useful": Count("uses", filter=Q(uses__is_useful=True))}


@dataclass(frozen=True, slots=True)
class Figures:
    """What answers are worth in the last 30 days. `contacts`: calls that ended; `answered`: those with a card given.

    `seconds`: the median from the call's appearance on the screen to the first card given; None without any.
    """

    contacts: int
    answered: int
    seconds: int | None

    @property
    def share(self) -> int | None:
        return round(100 * self.answered / self.contacts) if self.contacts else None


_FIGURES = """
SELECT count(*), count(first.at), percentile_cont(0.5) WITHIN GROUP (
    ORDER BY greatest(0, extract(epoch FROM first.at - contact.created_at))) FILTER (WHERE first.at IS NOT NULL)
FROM contacts_contact contact
LEFT JOIN LATERAL (SELECT min(first_at) AS at FROM knowledge_articleuse use WHERE use.contact_id = contact.id) first
    ON true
WHERE contact.at > %(since)s AND contact.channel = 'phone' AND contact.closed_at IS NOT NULL
    AND contact.merged_into_id IS NULL
"""


def figures() -> Figures:
    """One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"since": clock.now() - FIGURES_OF})
        contacts, answered, seconds = cursor.fetchone()
    return Figures(contacts, answered, None if seconds is None else round(seconds))


def to_review() -> QuerySet[Article]:
    """What is out of date or will be within a fortnight, the oldest first."""
    return for_editors(state="published", expires_on__lte=timezone.localdate(clock.now()) + SOON).order_by(
        "expires_on", "title"
    )


def missing() -> QuerySet[MissingAnswer]:
    """What somebody said is missing and nobody has answered yet, the most wanted first."""
    found = MissingAnswer.objects.filter(done_at=None, asked__gt=0).select_related("draft")
    return found.order_by("-asked", "-last_at")


def nothing_found() -> QuerySet[MissingAnswer]:
    """What is looked for most often in vain."""
    found = MissingAnswer.objects.filter(done_at=None, sought__gt=0).select_related("draft")
    return found.order_by("-sought", "-last_at")


def answered() -> QuerySet[MissingAnswer]:
    return MissingAnswer.objects.exclude(done_at=None).select_related("article").order_by(F("done_at").desc())
