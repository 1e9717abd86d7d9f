from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.choosing import TopicField
from customers.models import Subscriber
from staff.models import User
from tickets import words
from tickets.models import MOVES, TICKET_DESKS, DeskPolicy, Priority, Status, TextModule, Ticket


class NumberField(forms.CharField):
    """A ticket by its number, as people write it: 20014, №020014. Whoever may not see it is told there is none."""

    viewer: User

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "off"}
        super().__init__(**{"max_length": 20, "required": False, "widget": forms.TextInput(attrs=attrs), **kwargs})

    def clean(self, value: Any) -> Ticket | None:
        typed = super().clean(value)
        if not typed:
            return None
        number = typed.replace("№", "").replace("#", "").strip().zfill(6)
        found: Ticket | None = Ticket.objects.visible_to(self.viewer).with_people().filter(number=number).first()
        if found is None:
            raise forms.ValidationError(_("There is no such ticket."))
        return found


class EditForm(forms.Form):
    """What a ticket is about and whose it is; the subscriber is named by his account."""

    subject = forms.CharField(label=_("Subject"), max_length=200, widget=forms.TextInput(attrs={"autofocus": True}))
    topic = TopicField()
    priority = forms.TypedChoiceField(label=_("Priority"), choices=Priority.choices, coerce=int)
    account = forms.CharField(label=_("Subscriber's account"), max_length=20, required=False)

    def __init__(self, data: Any = None, *, ticket: Ticket, viewer: User) -> None:
        self.viewer = viewer
        known = {
            "subject": ticket.subject,
            "topic": ticket.topic_id,
            "priority": ticket.priority,
            "account": "" if viewer.is_outsourced or not ticket.subscriber else ticket.subscriber.account,
        }
        super().__init__(data, initial=known)
        self.fields["topic"].keep(ticket.topic_id)  # type: ignore[attr-defined]

    def clean_account(self) -> Subscriber | None:
        account = self.cleaned_data["account"].strip()
        if not account:
            return None
        found: Subscriber | None = Subscriber.objects.visible_to(self.viewer).filter(account=account).first()
        if found is None:
            raise forms.ValidationError(_("There is no such account."))
        return found

    def changes(self) -> dict[str, Any]:
        """What `actions.edit` takes. An emptied account takes nobody away: a ticket is not orphaned by a slip."""
        data = dict(self.cleaned_data)
        subscriber = data.pop("account")
        return {**data, "subscriber": subscriber} if subscriber else data


class PolicyForm(forms.ModelForm[DeskPolicy]):
    """A desk's rules; its moves come as boxes named `from>to`."""

    moves = forms.MultipleChoiceField(
        choices=[(f"{old}>{new}", f"{old}>{new}") for old, allowed in MOVES.items() for new in allowed],
        required=False,
        label=_("Allowed moves"),
    )

    class Meta:
        model = DeskPolicy
        fields = ["reopening", "reopen_days", "return_after_min", "needs_code"]
        labels = {
            "reopening": _("When resolved work comes back"),
            "reopen_days": _("Days in which it may be reopened"),
            "return_after_min": _("Minutes away after which work returns to the desk"),
            "needs_code": _("A ticket is resolved only with a code"),
        }
        help_texts = {
            "reopen_days": _("Later a new ticket is opened, linked to the old one."),
            "return_after_min": _("Empty: the work waits for its owner."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        policy = self.instance
        self.fields["moves"].initial = [f"{old}>{new}" for old in MOVES for new in policy.allowed(old)]

    def clean_moves(self) -> dict[str, list[str]]:
        """Only states that allow less than everything are kept, so that a new state is not forbidden by silence."""
        chosen = self.cleaned_data["moves"]
        kept = {old: [new for new in Status.values if f"{old}>{new}" in chosen] for old in MOVES}
        return {old: allowed for old, allowed in kept.items() if frozenset(allowed) != MOVES[old]}

    def matrix(self) -> list[dict[str, Any]]:
        """Rows for the page: each state with a cell for each other one; None where there is no such move."""
        ticked = set(self["moves"].value() or [])
        return [
            {
                "state": Status(old),
                "cells": [
                    {"name": f"{old}>{new}", "to": Status(new), "ticked": f"{old}>{new}" in ticked}
                    if new in MOVES[old]
                    else None
                    for new in Status.values
                ],
            }
            for old in Status.values
        ]

    def columns(self) -> list[Status]:
        return list(Status)


class TextModuleForm(forms.ModelForm[TextModule]):
    """A ready-made text."""

    class Meta:
        model = TextModule
        fields = ["shortcut", "title_ru", "title_en", "text_ru", "text_en", "desk", "is_active"]
        widgets = {"text_ru": forms.Textarea(attrs={"rows": 5}), "text_en": forms.Textarea(attrs={"rows": 5})}
        help_texts = {
            "shortcut": _("What one types after the slash."),
            "text_en": _("For subscribers who write in English. Empty: the Russian text."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["desk"] = forms.ChoiceField(
            choices=[("", _("All desks")), *((desk.value, desk.label) for desk in TICKET_DESKS)],
            required=False,
            label=_("Desk"),
        )

    def variables(self) -> list[tuple[str, str]]:
        """The names that a text may have in braces, and what they stand for."""
        said = {
            "number": _("the ticket's number"),
            "subject": _("what it is about"),
            "subscriber": _("surname and initials"),
            "name": _("first name and patronymic"),
            "address": _("the house"),
            "operator": _("who writes"),
            "desk": _("the ticket's desk"),
            "due": _("the nearest promise"),
        }
        return [(f"{{{name}}}", str(said[name])) for name in words.NAMES]
