"""A field to choose a topic from, for everybody's forms."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import Q
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from contacts.models import Topic


class _InGroups(ModelChoiceIterator[Topic]):
    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for _pk, topics in groupby(self.queryset, key=lambda one: one.group_id):
            own = list(topics)
            yield own[0].group.title, [self.choice(one) for one in own]


class TopicField(forms.ModelChoiceField[Topic]):
    """Topics in use under the names of their groups. `keep(topic)`: this one too, though it may be switched off."""

    iterator = _InGroups

    def __init__(self, **kwargs: Any) -> None:
        found = Topic.objects.active().select_related("group")
        super().__init__(**{"label": _("Topic"), "required": False, "empty_label": "—", "queryset": found, **kwargs})

    def keep(self, topic_id: int | None) -> None:
        if topic_id:
            chosen = Q(is_active=True, group__is_active=True) | Q(pk=topic_id)
            self.queryset = Topic.objects.filter(chosen).select_related("group")
