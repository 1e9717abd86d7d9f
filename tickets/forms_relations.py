"""Forms that bind one ticket to others."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contacts.choosing import TopicField
from staff.models import Desk, User
from tickets.forms import NumberField
from tickets.models import TICKET_DESKS, LinkKind, ResolutionCode, Ticket
from tickets.models.relations import BACKWARDS

ATTACH = "attach"
BACK = ":back"
KINDS: list[tuple[str, Promise]] = [
    (LinkKind.RELATED, LinkKind.RELATED.label),
    (LinkKind.DUPLICATES, LinkKind.DUPLICATES.label),
    (LinkKind.DUPLICATES + BACK, BACKWARDS[LinkKind.DUPLICATES]),
    (LinkKind.BLOCKS, LinkKind.BLOCKS.label),
    (LinkKind.BLOCKS + BACK, BACKWARDS[LinkKind.BLOCKS]),
    (ATTACH, _("belongs to the common ticket")),
]


class MergeForm(forms.Form):
    into = NumberField(label=_("Into ticket №"), required=True)
    sure = forms.BooleanField(label=_("Yes, merge two subscribers' tickets"), required=False)

    def __init__(self, data: Any = None, *, viewer: User, asks: bool = False) -> None:
        """`asks`: whether one is sure is asked only after a refusal."""
        super().__init__(data)
        self.fields["into"].viewer = viewer  # type: ignore[attr-defined]
        if not asks:
            self.fields["sure"].widget = forms.HiddenInput()


class LinkForm(forms.Form):
    """`kind`: what this ticket is to the other one, also seen from the other side (`:back`)."""

    kind = forms.ChoiceField(label=_("This ticket"), choices=KINDS)
    to = NumberField(label=_("Ticket №"), required=True)
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, viewer: User) -> None:
        super().__init__(data)
        self.fields["to"].viewer = viewer  # type: ignore[attr-defined]


class SplitForm(forms.Form):
    subject = forms.CharField(label=_("Subject"), max_length=200, widget=forms.TextInput(attrs={"autofocus": True}))
    desk = forms.ChoiceField(label=_("Desk"), choices=[(one.value, one.label) for one in map(Desk, TICKET_DESKS)])
    topic = TopicField()
    text = forms.CharField(
        label=_("What it is about"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )


class ChildrenForm(forms.Form):
    """Numbers in a row, with commas or blanks between them."""

    numbers = forms.CharField(label=_("Tickets №"), max_length=2000)
    MOST = 100

    def __init__(self, data: Any = None, *, viewer: User) -> None:
        self.viewer = viewer
        super().__init__(data)

    def clean_numbers(self) -> list[Ticket]:
        typed = self.cleaned_data["numbers"].replace("№", " ").replace(",", " ").split()
        numbers = list(dict.fromkeys(one.zfill(6) for one in typed))[: self.MOST]
        found = {one.number: one for one in Ticket.objects.visible_to(self.viewer).filter(number__in=numbers)}
        if missing := [one for one in numbers if one not in found]:
            raise forms.ValidationError(_("There is no such ticket: %(which)s."), params={"which": ", ".join(missing)})
        return [found[one] for one in numbers]


class AnswerForm(forms.Form):
    code = forms.ModelChoiceField(
        queryset=ResolutionCode.objects.none(),
        to_field_name="code",
        label=_("How it ended"),
        required=False,
        empty_label="—",
    )
    text = forms.CharField(
        label=_("The answer to every subscriber"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, data: Any = None, *, codes: list[ResolutionCode], needs_code: bool) -> None:
        super().__init__(data)
        field = self.fields["code"]
        field.queryset = ResolutionCode.objects.filter(pk__in=[one.pk for one in codes])  # type: ignore[attr-defined]
        field.required = needs_code


class TimeForm(forms.Form):
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=1440)
    note = forms.CharField(label=_("What was done"), max_length=200, required=False)
