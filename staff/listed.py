"""A settings page of things in a list: all of them beside a form for one or for a new one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from common import changes
from common.errors import DomainError
from staff.access import StaffRequest

SHOWN = 20


@dataclass(frozen=True)
class Listed:
    """What differs between such pages; `url_name` leads to a saved one."""

    template: str
    form: BaseForm
    chosen: Any
    rows: QuerySet[Any]
    url_name: str
    write: Callable[[dict[str, Any]], Any]
    more: dict[str, Any] = field(default_factory=dict)


def listed(request: StaffRequest, page: Listed, refused: Callable[[BaseForm, DomainError], None]) -> HttpResponse:
    if request.method not in {"GET", "HEAD", "POST"}:
        return HttpResponseNotAllowed(["GET", "POST"])
    if request.method == "POST" and page.form.is_valid():
        try:
            saved = page.write(page.form.cleaned_data)
        except DomainError as error:
            refused(page.form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(page.url_name, pk=saved.pk)
    events = page.chosen.history.select_related("by_user").order_by("-at", "-pk")[:SHOWN] if page.chosen else []
    context = {
        "form": page.form,
        "chosen": page.chosen,
        "things": page.rows,
        "events": changes.told(events),
        **page.more,
    }
    return render(request, page.template, context, status=422 if page.form.errors else 200)
