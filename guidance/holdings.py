"""What `guidance` holds about a subscriber: the answers he gave, and words that were typed beside them."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.holdings import contacts_of
from customers.models import Subscriber
from customers.personal_data import ERASED, Holding, Row, register
from guidance.models import WalkStep
from tickets.models import Ticket


def _steps(subscriber: Subscriber) -> QuerySet[WalkStep]:
    his = Q(walk__contact__in=contacts_of(subscriber)) | Q(
        walk__ticket__in=Ticket.objects.filter(subscriber=subscriber)
    )
    return WalkStep.objects.filter(his)


def _export(subscriber: Subscriber) -> Iterable[Row]:
    for step in _steps(subscriber).select_related("walk__version", "walk__script").order_by("at", "pk"):
        node = step.walk.version.read().nodes[step.node]
        chosen = node.answer(step.answer)
        said = step.words or (chosen.title if chosen else step.answer)
        yield {"at": step.at, "script": step.walk.script.title, "question": node.ask, "answer": said}


def _named(subscriber: Subscriber) -> QuerySet[WalkStep]:
    return _steps(subscriber).exclude(words="").exclude(words=ERASED)


def register_all() -> None:
    register(
        Holding(
            name="walks",
            title=_("Scripts"),
            columns={"at": _("When"), "script": _("Script"), "question": _("Question"), "answer": _("Answer")},
            export=_export,
            order=460,
            count=lambda one: _named(one).count(),
            erase=lambda one: _named(one).update(words=ERASED),
            kept=_("which answers were chosen, without words that were typed"),
        )
    )
