"""The supervisor's list of topics. A topic's code stays for ever; what is no longer asked is switched off."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.setting import save_setting
from contacts import events
from contacts.models import Topic, TopicGroup
from staff.models import User

MOST_TOPICS = 40  # more than anybody finds with a caller on the line
FIELDS = ("code", "title_ru", "title_en", "position", "is_active", "group", "desk", "outcome", "is_fault")


class TopicTaken(DomainError):
    code = "topic_taken"
    status = 422


class TooManyTopics(DomainError):
    code = "too_many_topics"
    status = 422


@transaction.atomic
def save_topic(*, by: User, topic: Topic | None = None, **values: Any) -> Topic:
    """Write a topic or change one; the code of one that is there stays. Raises TopicTaken, TooManyTopics."""
    assert values.keys() <= set(FIELDS)
    groups = list(TopicGroup.objects.select_for_update().order_by("pk"))  # two who add the fortieth wait for each other
    assert groups or not topic
    kept = Topic.objects.select_for_update(of=("self",)).get(pk=topic.pk) if topic else Topic()
    if topic:
        values.pop("code", None)
    if values.get("is_active", kept.is_active) and _others(kept) >= MOST_TOPICS:
        text = _("At most %(n)d topics are in use at once: switch another one off first.") % {"n": MOST_TOPICS}
        raise TooManyTopics(text, fields={"is_active": text})
    save_setting(kept, events.topic_saved, _taken(), by=by, **values)
    return kept


@transaction.atomic
def save_group(*, by: User, group: TopicGroup | None = None, **values: Any) -> TopicGroup:
    """Write a group of topics or change one. Raises TopicTaken."""
    assert values.keys() <= {"code", "title_ru", "title_en", "position", "is_active"}
    kept = TopicGroup.objects.select_for_update().get(pk=group.pk) if group else TopicGroup()
    if group:
        values.pop("code", None)
    save_setting(kept, events.topic_saved, _taken(), by=by, **values)
    return kept


def _others(topic: Topic) -> int:
    return Topic.objects.filter(is_active=True).exclude(pk=topic.pk).count()


def _taken() -> TopicTaken:
    return TopicTaken(_("This code is taken."), fields={"code": _("This code is taken: choose another one.")})
