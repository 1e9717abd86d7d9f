from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing import actions
from billing.models import PAID_INTO, Book, Entry, PromisedPayment, Reason, Rule
from common import clock
from contacts.models import Channel
from customers.models import ServiceKind

OLDEST = timedelta(days=366)
PAID_HOW = [(book.value, book.label) for book in PAID_INTO if book != Book.BANK]
ASKED_BY = [(Channel.PHONE.value, Channel.PHONE.label), (Channel.WALK_IN.value, Channel.WALK_IN.label)]


def today() -> date:
    return timezone.localdate(clock.now())


def fresh_key() -> str:
    return uuid4().hex


class SumField(forms.CharField):
    """A sum as people type it. Says what to mend, and keeps what was typed."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "n"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return text
        try:
            return actions.amount_from(text)
        except actions.BadAmount as error:
            raise forms.ValidationError(str(error.text)) from error


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class SpanForm(forms.Form):
    """Days, both included. What is not asked is filled in: up to today, from the first of that month."""

    since = DayField(label=_("From"))
    until = DayField(label=_("To"))

    def __init__(self, asked: Mapping[str, Any]) -> None:
        until = asked.get("until") or f"{today():%Y-%m-%d}"
        super().__init__({"since": asked.get("since") or f"{until[:8]}01", "until": until})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            self.add_error("until", _("The last day is before the first one."))
        return data

    def span(self) -> tuple[date, date]:
        return self.cleaned_data["since"], self.cleaned_data["until"]


class PaymentForm(forms.Form):
    amount = SumField(label=_("Sum, ₽"))
    book = forms.ChoiceField(label=_("How it was paid"), choices=PAID_HOW)
    on = DayField(label=_("Day"), initial=today)
    key = forms.CharField(max_length=40, widget=forms.HiddenInput, initial=fresh_key)

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if not today() - OLDEST <= day <= today():
            raise forms.ValidationError(_("A day of the last year, not later than today."))
        return day


class PromiseForm(forms.Form):
    amount = SumField(label=_("Sum, ₽"))
    until = DayField(label=_("Until the end of"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = today() + timedelta(days=3)
        latest = today() + timedelta(days=PromisedPayment.LONGEST_DAYS)
        self.fields["until"].widget.attrs.update(min=f"{today():%Y-%m-%d}", max=f"{latest:%Y-%m-%d}")


class TariffForm(forms.Form):
    """Another tariff of a service, or none from a day on."""

    kind = forms.ChoiceField(label=_("Service"), choices=ServiceKind.choices)
    title = forms.CharField(label=_("Tariff"), max_length=100, required=False)
    fee = SumField(label=_("Fee a month, ₽"), required=False)
    ended = forms.BooleanField(label=_("Does not buy it any more"), required=False)
    since = DayField(label=_("From the day"), initial=today)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.pop("ended", False):
            return data | {"title": "", "fee": None}
        for name in ("title", "fee"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("Required."))
        return data

    def clean_since(self) -> date:
        day: date = self.cleaned_data["since"]
        if abs(day - today()) > OLDEST:
            raise forms.ValidationError(_("A day within a year from today."))
        return day


class ReportForm(SpanForm):
    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors and data["until"] - data["since"] > OLDEST:
            self.add_error("until", _("At most a year at once."))
        return data


def _contents() -> list[tuple[str, str]]:
    """Asked anew for each form: a name that is put together once would keep the language of whoever started us."""
    payments = [(book.value, gettext("Payments: %(book)s") % {"book": book.label}) for book in PAID_INTO]
    return [*payments, (Book.REVENUE.value, gettext("Charges of the billing system"))]


class UploadForm(forms.Form):
    file = forms.FileField(label=_("CSV or 1C exchange file"), max_length=200, allow_empty_file=True)
    book = forms.ChoiceField(
        label=_("What is in it"),
        choices=_contents,
    )
    control = SumField(
        label=_("Control sum, ₽"), required=False, help_text=_("If you know it: another sum posts nothing.")
    )

    def clean_control(self) -> Decimal | None:
        return self.cleaned_data["control"] or None


class LineForm(forms.Form):
    """A line that could not be read, as an accountant reads it."""

    account = forms.CharField(label=_("Account"), max_length=20)
    on = DayField(label=_("Day"))
    amount = SumField(label=_("Sum, ₽"))
    number = forms.CharField(label=_("Number"), max_length=100)


class ReverseForm(forms.Form):
    reason = forms.CharField(label=_("Why it is reversed"), max_length=200)
    tells = forms.BooleanField(required=False)


class SuspendForm(forms.Form):
    reason = forms.CharField(label=_("Why the service is suspended"), max_length=200)


class _ReasonChoice(forms.ModelChoiceField[Reason]):
    def label_from_instance(self, obj: Reason) -> str:
        return str(obj.title)


class QuestionForm(forms.Form):
    """A charges question. The sum comes from the reason's rule; whoever knows better types his own."""

    reason = _ReasonChoice(queryset=Reason.objects.none(), widget=forms.RadioSelect, empty_label=None)
    about = forms.ModelChoiceField(queryset=Entry.objects.none(), required=False)
    hours = forms.DecimalField(
        label=_("Hours without the service"), min_value=0, max_digits=6, decimal_places=2, required=False, localize=True
    )
    amount = SumField(label=_("Sum, ₽"))
    # What the page's sum was proposed for, and that sum: it may be older than what was typed since.
    basis = forms.CharField(max_length=60, required=False)
    proposed = forms.CharField(max_length=30, required=False)
    note = forms.CharField(label=_("What the subscriber said"), max_length=500, required=False)
    channel = forms.ChoiceField(choices=ASKED_BY, initial=Channel.PHONE)
    key = forms.CharField(max_length=40, widget=forms.HiddenInput, initial=fresh_key)

    def __init__(self, *args: Any, charges: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = Reason.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["about"].queryset = charges  # type: ignore[attr-defined]
        for name, key in (("hours", "H"), ("amount", "S")):
            self.fields[name].widget.attrs |= {"data-key": key, "data-key-name": self.fields[name].label}


class DayLimitForm(forms.Form):
    amount = forms.DecimalField(label=_("Roubles a day"), min_value=0, max_digits=10, decimal_places=2, localize=True)


class ReasonForm(forms.ModelForm[Any]):
    fixed = SumField(label=_("Fixed sum, ₽"), required=False)
    own_limit = forms.DecimalField(
        label=_("Accountant's own limit, ₽"), min_value=0, max_digits=10, decimal_places=2, localize=True
    )

    class Meta:
        model = Reason
        fields = [
            "title_ru",
            "title_en",
            "code",
            "rule",
            "fixed",
            "own_limit",
            "legal_basis",
            "answer_days",
            "position",
            "is_active",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["own_limit"].help_text = _("Above it a supervisor confirms.")
        if self.instance.pk:
            self.fields["code"].disabled = True

    def clean_fixed(self) -> Decimal | None:
        return self.cleaned_data["fixed"] or None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_fixed = data.get("rule") == Rule.FIXED
        if is_fixed and not data.get("fixed") and "fixed" not in self.errors:
            self.add_error("fixed", _("Type the sum: the rule gives it."))
        if not is_fixed:
            data["fixed"] = None
        if data.get("answer_days") is not None and not (0 < data["answer_days"] <= 365 and data.get("legal_basis")):
            self.add_error("answer_days", _("From 1 to 365 days, and only where the law asks for an application."))
        return data

    def _post_clean(self) -> None:
        """The action writes and the database guards; the instance stays as it was read until then."""
