from datetime import datetime, timedelta

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.models import Role, User


class _Person(forms.ModelChoiceField[User]):
    def label_from_instance(self, obj: User) -> str:
        return obj.title


class ShiftForm(forms.Form):
    """One shift, or the same hours on several days running."""

    master = _Person(label=_("Master"), queryset=User.objects.none())
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    start = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    end = forms.TimeField(
        label=_("Until"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Earlier than the start means the next day."),
    )
    days = forms.IntegerField(label=_("Days running"), min_value=1, max_value=31, initial=1)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["master"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = masters()

    def hours(self) -> list[tuple[datetime, datetime]]:
        """The periods that were asked for, in the town's time."""
        data = self.cleaned_data
        first = timezone.make_aware(datetime.combine(data["day"], data["start"]))
        last = timezone.make_aware(datetime.combine(data["day"], data["end"]))
        if last <= first:
            last += timedelta(days=1)
        return [(first + timedelta(days=n), last + timedelta(days=n)) for n in range(data["days"])]


def masters() -> QuerySet[User]:
    return User.objects.filter(role=Role.MASTER, is_active=True).order_by("last_name", "pk")
