from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.models import Outcome, Topic, TopicGroup

# A ticket comes by opening it and an incident by telling about it: nobody's usual ending.
USUAL = [(one.value, one.label) for one in Outcome if one not in {Outcome.TICKET, Outcome.INCIDENT}]


class _NamedForm(forms.ModelForm[Any]):
    position = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=30_000, initial=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _(
            "Small Latin letters, digits and underscores. It stays for ever: reports and REST know it."
        )
        if self.instance.pk:
            self.fields["code"].disabled = True

    def _post_clean(self) -> None:
        """The action writes and the database guards; the instance stays as it was read until then."""


class TopicForm(_NamedForm):
    group = forms.ModelChoiceField(label=_("Group"), queryset=TopicGroup.objects.all(), empty_label=None)
    outcome = forms.ChoiceField(label=_("Usual outcome"), choices=USUAL)

    class Meta:
        model = Topic
        fields = ["title_ru", "title_en", "code", "group", "desk", "outcome", "is_fault", "position", "is_active"]


class GroupForm(_NamedForm):
    class Meta:
        model = TopicGroup
        fields = ["title_ru", "title_en", "code", "position", "is_active"]
