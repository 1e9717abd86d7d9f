from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.models import Channel
from messaging import facts
from messaging.models.webhook import EVERYTHING


class WebhookForm(forms.Form):
    title = forms.CharField(label=_("What it is called"), max_length=80)
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("It gets a signed POST for each fact"),
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    facts = forms.MultipleChoiceField(label=_("Facts"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["facts"].choices = [(EVERYTHING, _("Everything, also what comes later")), *facts.known()]  # type: ignore[attr-defined]

    def ticked(self) -> set[str]:
        return {str(one) for one in (self["facts"].value() or [])}


_WRITTEN = [
    (one.value, _("SMS") if one is Channel.PHONE else one.label) for one in Channel if one is not Channel.WALK_IN
]


class WriteForm(forms.Form):
    """A subscriber writes, in the demo."""

    channel = forms.ChoiceField(label=_("Channel"), choices=_WRITTEN)
    address = forms.CharField(label=_("Phone or name in the channel"), max_length=200)
    text = forms.CharField(label=_("Message"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
