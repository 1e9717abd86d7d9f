"""What is given to callers, and what comes of it."""

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock, live
from common.errors import DomainError
from contacts.models import Channel, Contact
from knowledge import queries
from knowledge.models import Article, ArticleUse, Audience, PlaceCard
from messaging import actions as messaging
from staff.models import User

SENT_BY = {Channel.PHONE: "sms", Channel.VK: "vk"}


class AlreadySent(DomainError):
    code = "already_sent"


class NoWay(DomainError):
    code = "no_way"
    status = 422


class NotForCallers(DomainError):
    code = "not_for_callers"
    status = 422


@transaction.atomic
def use(
    *, by: User, contact: Contact | None = None, article: Article | None = None, place: PlaceCard | None = None
) -> ArticleUse:
    """Somebody chose this answer; chosen again in the same contact it is the same use, and the latest one."""
    what = {"article": article, "place": place}
    if contact is None:
        return ArticleUse.objects.create(by=by, **what)
    row, is_new = ArticleUse.objects.get_or_create(contact=contact, **what, defaults={"by": by})
    if not is_new:
        row.at = clock.now()
        row.save(update_fields=["at"])
    live.hint(*contact.live_topics())
    return row


@transaction.atomic
def rate(*, use: ArticleUse, is_useful: bool) -> ArticleUse:
    """It helped, or it did not; the last word counts. What the wrap-up proposes follows."""
    ArticleUse.objects.filter(pk=use.pk).update(is_useful=is_useful)
    use.is_useful = is_useful
    if use.contact:
        live.hint(*use.contact.live_topics())
    return use


@transaction.atomic
def send(*, use: ArticleUse, channel: str, by: User) -> ArticleUse:
    """Send what is said to whoever the contact is with, once by each channel; the outbox carries it.

    Raises NotForCallers, NoWay, AlreadySent.
    """
    row = (
        ArticleUse.objects.select_for_update(of=("self",))
        .select_related("contact", "article", "place__building__street")
        .get(pk=use.pk)
    )
    if row.article is not None and row.article.audience == Audience.STAFF:
        raise NotForCallers(_("This article is for our own people: say what matters in your own words."))
    address = queries.addresses(row.contact).get(channel) if row.contact else None
    if address is None or row.contact is None:
        raise NoWay(_("We do not know where to write: there is no number, or no VKontakte of this caller."))
    name = SENT_BY[Channel(channel)]
    if getattr(row, f"{name}_id"):
        raise AlreadySent(_("It was sent already in this contact."))
    talk = messaging.conversation(channel=channel, address=address, subscriber=row.contact.subscriber)
    text = queries.message_of(row.article or row.place)
    setattr(row, name, messaging.send(conversation=talk, text=text, by=by))
    row.save(update_fields=[name])
    live.hint(*row.contact.live_topics())
    return row
