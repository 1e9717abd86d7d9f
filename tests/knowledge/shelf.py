"""What stories of knowledge share: articles, places, a caller, and pages as people read them."""

import html
from datetime import date
from itertools import count
from typing import Any

from django.http import HttpResponse

from common import clock
from common.history import System
from contacts.models import Contact, Topic
from knowledge import actions
from knowledge.models import Article, PlaceCard
from network.models import Building
from tests.factories.town import House

_numbers = count(1)
PART = {"HX-Request": "true"}


def article(title: str = "Перезагрузить роутер", spoken: str = "Выключите роутер на минуту.", **more: Any) -> Article:
    """A published article for everybody who answers, unless told otherwise."""
    topics = Topic.objects.filter(code__in=more.pop("topics", []))
    facts = {"state": "published", "audience": "operators", **more}
    return actions.save_article(by=System.SETUP, title=title, spoken=spoken, topics=topics, **facts)


def place(title: str = "Терминал у рынка", *, at: Building | None = None, **more: Any) -> PlaceCard:
    """A terminal that never closes, in a house or at an address in words."""
    facts: dict[str, Any] = {"hours": "круглосуточно", "building": at, "address": "" if at else "Рынок", **more}
    facts.setdefault("topic", Topic.objects.get(code="payment_terminal"))
    return actions.save_place(by=System.SETUP, title=title, **facts)


def north(metres: int, *, of: Building) -> dict[str, float]:
    """Coordinates so many metres north of a house, as the crow flies."""
    assert of.latitude is not None and of.longitude is not None
    return {"latitude": of.latitude + metres / 111_195, "longitude": of.longitude}


def call(home: House | None = None, **more: Any) -> Contact:
    """Somebody of this house is on the line; without one, nobody we know."""
    facts: dict[str, Any] = {
        "channel": "phone",
        "key": f"call-{next(_numbers)}",
        "at": clock.now(),
        "phone": "+79215550101",
    }
    if home:
        facts |= {"subscriber": home.subscribers[0], "building": home.building, "phone": home.phone(0)}
    return Contact.objects.create(**(facts | more))


def read(reply: Any) -> str:
    """The page as a person reads it."""
    assert isinstance(reply, HttpResponse) and reply.status_code in {200, 422}, reply.status_code
    return html.unescape(reply.content.decode())


def day(text: str) -> date:
    return date.fromisoformat(text)
