from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing import permissions
from billing.forms import DayField
from billing.models import FinanceReading, OfficeAlarm
from common.http import render_page
from staff.access import StaffRequest, codes, needs
from staff.models import User

PER_PAGE = 100
ALARMS = 20
NAMED = 5
# What a page is called, by the name of its address.
PAGES = {
    "billing:accounts": _("Search of accounts"),
    "billing:account": _("Account"),
    "billing:extract": _("Account extract"),
    "billing:ask": _("New question"),
    "billing:pay": _("Payment at the desk"),
    "billing:promise": _("Promised payment"),
    "billing:tariff": _("Change of the tariff"),
    "billing:suspend": _("Suspension"),
    "billing:resume": _("Resumption"),
    "billing:reverse": _("Reversal"),
    "questions:questions": _("Questions"),
    "questions:question": _("Question"),
    "questions:confirm": _("Confirmation"),
    "questions:refuse": _("Refusal"),
    "questions:withdraw": _("Withdrawal"),
    "questions:take_back": _("Taking back of a refund"),
    "questions:reasons": _("Reasons"),
    "questions:reason": _("Reasons"),
    "questions:new_reason": _("Reasons"),
    "questions:save_reason": _("Reasons"),
    "questions:readings": _("Who looked"),
    "questions:day_limit": _("Limit of a day"),
    "applications:register": _("Applications"),
    "applications:application": _("Application"),
    "applications:paper": _("Printed form"),
    "applications:link": _("Code for the phone"),
    "applications:attach": _("Attached pages"),
    "applications:sign": _("Signature"),
    "applications:answer": _("Answer to an application"),
    "applications:scan": _("Signed page"),
    "compensation:sheets": _("Compensations"),
    "compensation:sheet": _("Compensation sheet"),
    "compensation:make": _("Compensation sheet"),
    "compensation:tick": _("Compensation sheet"),
    "compensation:post": _("Posting of a sheet"),
    "compensation:drop": _("Dropping of a sheet"),
    "compensation:sheet_file": _("Sheet as a file"),
    "statements:statements": _("Statements"),
    "statements:statement": _("Statement"),
    "statements:match": _("Line of a statement"),
    "statements:mend": _("Line of a statement"),
    "statements:dismiss": _("Line of a statement"),
    "statements:report": _("Reports"),
    "statements:orders": _("Posting orders"),
    "statements:send_orders": _("Posting orders"),
    "frontdesk:front_desk": _("Front desk"),
    "frontdesk:next": _("Front desk"),
    "frontdesk:name": _("Front desk"),
    "frontdesk:end": _("Front desk"),
    "frontdesk:arrive": _("Front desk"),
    "frontdesk:cancel": _("Front desk"),
    "letters:letters": _("Letters"),
    "handed:handed": _("Handed over"),
    "handed:take": _("Taking of a ticket"),
    "handed:return": _("Return of a ticket"),
}


class LookForm(forms.Form):
    """All optional: an account, a person, a day."""

    q = forms.CharField(label=_("Account"), max_length=20, required=False)
    who = forms.ModelChoiceField(User.objects.none(), label=_("Who"), required=False, empty_label=_("Everybody"))
    on = DayField(label=_("Day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(role__in=codes()[permissions.SEE_QUESTIONS]).order_by("last_name", "username")
        self.fields["who"].queryset = people  # type: ignore[attr-defined]
        self.fields["who"].label_from_instance = lambda user: user.title  # type: ignore[attr-defined]
        self.fields["q"].widget.attrs.update({"type": "search", "data-key": "Ctrl+K", "inputmode": "numeric"})


@needs(permissions.AUDIT)
def readings(request: StaffRequest) -> HttpResponse:
    """Who looked at which account, and whose session was used outside the office."""
    form = LookForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = FinanceReading.objects.select_related("user")
    if asked.get("q"):
        rows = rows.filter(accounts__contains=[asked["q"]])
    if asked.get("who"):
        rows = rows.filter(user=asked["who"])
    if asked.get("on"):
        midnight = timezone.make_aware(datetime.combine(asked["on"], datetime.min.time()))
        rows = rows.filter(at__gte=midnight, at__lt=midnight + timedelta(days=1))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "rows": page,
        "looks": _looks(page),
        "named": f":{NAMED}",
        "most": NAMED,
        "alarms": OfficeAlarm.objects.select_related("user")[:ALARMS],
    }
    return render_page(request, "billing/readings.html", context, parts=("list",))


def _looks(rows: Iterable[FinanceReading]) -> list[tuple[FinanceReading, str, int]]:
    """Each look, what its page is called, how many times in a row: an open page that keeps itself fresh reads again."""
    runs = ([*run] for _key, run in groupby(rows, key=_look))
    return [(run[0], str(PAGES.get(run[0].page, run[0].page)), len(run)) for run in runs]


def _look(row: FinanceReading) -> tuple[object, ...]:
    """What neighbours share that are one look: the same person, page and accounts within a minute."""
    return (f"{row.at:%F %H:%M}", row.user_id, row.page, row.method, row.address, *row.accounts)
