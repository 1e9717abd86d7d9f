"""A ticket opened by hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.choosing import TopicField
from contacts.models import Channel
from customers.models import Subscriber
from network.models import Building
from staff.models import User
from tickets import lookups
from tickets.models import TICKET_DESKS, Priority, TicketTemplate


class NewTicketForm(forms.Form):
    """Who, where, about what. Subscriber and house are typed and found; the house follows from the subscriber."""

    key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    template = forms.ModelChoiceField(
        label=_("Template"), queryset=TicketTemplate.objects.none(), required=False, empty_label="—"
    )
    subscriber = forms.CharField(label=_("Subscriber: account or name"), max_length=120, required=False)
    building = forms.CharField(label=_("House"), max_length=120, required=False)
    desk = forms.ChoiceField(label=_("Desk"), choices=[(desk.value, desk.label) for desk in TICKET_DESKS])
    topic = TopicField()
    priority = forms.TypedChoiceField(label=_("Priority"), choices=Priority.choices, coerce=int)
    channel = forms.ChoiceField(label=_("How he turned to us"), choices=Channel.choices)
    subject = forms.CharField(
        label=_("Subject"), max_length=200, required=False, help_text=_("Empty: the topic's name.")
    )
    text = forms.CharField(
        label=_("What happened"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(self, data: Any = None, *, viewer: User, initial: dict[str, Any] | None = None) -> None:
        self.viewer = viewer
        super().__init__(data, initial=initial)
        self.fields["template"].queryset = TicketTemplate.objects.filter(is_active=True)  # type: ignore[attr-defined]
        for name, code in (("subscriber", "subscribers"), ("building", "houses")):
            self.fields[name].widget.attrs |= {
                "list": f"list-{name}",
                "autocomplete": "off",
                "hx-get": f"/tickets/look-up/{code}/",
                "hx-trigger": "input changed delay:200ms",
                "hx-target": f"#list-{name}",
                "hx-swap": "innerHTML",
            }
        self.fields["subscriber"].widget.attrs["autofocus"] = True
        self.fields["template"].widget.attrs |= {
            "hx-post": "/tickets/new/fill/",
            "hx-target": "#new-ticket",
            "hx-swap": "outerHTML",
            "hx-trigger": "change",
        }

    def _found(self, name: str, look_up: lookups.LookUp) -> int | None:
        typed = self.cleaned_data[name].strip()
        if not typed:
            return None
        found = look_up.one(self.viewer, typed)
        if found is None:
            raise forms.ValidationError(_("Nothing or several fit: choose one from the list."))
        return int(found[0])

    def clean_subscriber(self) -> Subscriber | None:
        pk = self._found("subscriber", lookups.SUBSCRIBERS)
        return Subscriber.objects.visible_to(self.viewer).with_address().get(pk=pk) if pk else None

    def clean_building(self) -> Building | None:
        pk = self._found("building", lookups.HOUSES)
        return Building.objects.visible_to(self.viewer).get(pk=pk) if pk else None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "subject" in data and not data["subject"].strip() and not data.get("topic"):
            self.add_error("subject", _("Say in a few words what the ticket is about, or choose a topic."))
        return data

    def facts(self) -> dict[str, Any]:
        """What `actions.open_by_hand` takes."""
        return dict(self.cleaned_data)
