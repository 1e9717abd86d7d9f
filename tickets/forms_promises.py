from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.models import SlaPolicy, SlaStep, Status
from tickets.sla import hours
from tickets.sla.calendars import BadCalendar, Day

WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
PAUSES = (Status.WAITING, Status.POSTPONED, Status.VISIT)


class PromiseForm(forms.ModelForm[SlaPolicy]):
    pauses = forms.MultipleChoiceField(
        label=_("The clock stops while the ticket is"),
        choices=[(one.value, one.label) for one in PAUSES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = SlaPolicy
        fields = ["desk", "topic", "priority", "calendar", "first_min", "next_min", "resolution_min", "pauses"]
        labels = {
            "desk": _("Desk"),
            "topic": _("Topic"),
            "priority": _("Priority"),
            "calendar": _("Calendar"),
            "first_min": _("First response, working minutes"),
            "next_min": _("Next response, working minutes"),
            "resolution_min": _("Resolution, working minutes"),
        }
        help_texts = {"topic": _("Empty: every topic."), "priority": _("Empty: every priority.")}

    def validate_unique(self) -> None:
        """The database says it, and the action gives the words."""

    def validate_constraints(self) -> None:
        """As above."""


class StepForm(forms.ModelForm[SlaStep]):
    class Meta:
        model = SlaStep
        fields = ["kind", "percent", "deed", "to", "desk"]
        labels = {
            "kind": _("Promise"),
            "percent": _("Percent of its time"),
            "deed": _("What happens"),
            "to": _("Where to"),
            "desk": _("Only at the desk"),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("deed") == SlaStep.Deed.MOVE and not data.get("to"):
            self.add_error("to", _("Choose the desk it moves to."))
        if data.get("deed") != SlaStep.Deed.MOVE:
            data["to"] = ""
        return data

    def validate_unique(self) -> None:
        """The database says it, and the action gives the words."""

    def validate_constraints(self) -> None:
        """As above."""


class HoursField(forms.CharField):
    """Hours of a day as people write them; its value is what `Calendar` takes."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, max_length=100, **more)

    def clean(self, value: Any) -> Day:
        try:
            return hours.parse(super().clean(value))
        except BadCalendar as error:
            raise forms.ValidationError(
                _("“%(part)s” is not understood. Write “9-13, 14-18”, “24” for a whole day, nothing for a day off."),
                params={"part": str(error)},
            ) from error


class WeekForm(forms.Form):
    """Seven fields, Monday first."""

    def __init__(self, data: Any = None, *, week: list[Day]) -> None:
        super().__init__(data)
        for n, name in enumerate(WEEKDAYS):
            self.fields[f"day_{n}"] = HoursField(label=name, initial=hours.shown(week[n]))

    @property
    def week(self) -> list[Day]:
        return [self.cleaned_data[f"day_{n}"] for n in range(7)]


class DayForm(forms.Form):
    date = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    hours = HoursField(label=_("Hours"), help_text=_("Nothing: a day off."))
    title = forms.CharField(label=_("Why"), max_length=120, required=False)
