"""Many tickets at once: choose what to do, do it in portions, read what was done and what was refused."""

from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from contacts.choosing import TopicField
from staff.access import StaffRequest, needs
from staff.models import Desk, User
from tickets import boards, permissions, queries, search
from tickets.actions import bulk
from tickets.boards import Filters
from tickets.forms import NumberField
from tickets.models import TICKET_DESKS, Priority, ResolutionCode, Status

PAGE = "tickets/bulk.html"
_STATES = (Status.NEW, Status.IN_WORK, Status.WAITING, Status.POSTPONED)


class BulkForm(forms.Form):
    """What the deed needs. Fields that it does not ask about stay empty."""

    person = forms.ModelChoiceField(queryset=User.objects.none(), label=_("To whom"), required=False, empty_label="—")
    desk = forms.ChoiceField(
        choices=[("", "—"), *[(one.value, one.label) for one in map(Desk, TICKET_DESKS)]],
        label=_("Desk"),
        required=False,
    )
    status = forms.ChoiceField(
        choices=[("", "—"), *[(one.value, one.label) for one in _STATES]], label=_("State"), required=False
    )
    until = forms.DateTimeField(
        label=_("Until"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    priority = forms.TypedChoiceField(choices=Priority.choices, coerce=int, label=_("Priority"), required=False)
    topic = TopicField()
    code = forms.ModelChoiceField(
        queryset=ResolutionCode.objects.none(), to_field_name="code", label=_("How it ended"), required=False
    )
    into = NumberField(label=_("Into ticket №"))
    text = forms.CharField(
        max_length=10_000, label=_("Words"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    ASKED = {
        "take": (),
        "give": ("person", "text"),
        "release": ("text",),
        "hand_over": ("desk", "text"),
        "move": ("status", "until", "text"),
        "priority": ("priority",),
        "topic": ("topic",),
        "note": ("text",),
        "resolve": ("code", "text"),
        "merge": ("into",),
        "undo_merge": (),
        "attach": ("into",),
        "detach": (),
        "reopen": ("text",),
    }
    NEEDED = {
        "merge": "into",
        "attach": "into",
        "give": "person",
        "hand_over": "desk",
        "move": "status",
        "priority": "priority",
        "topic": "topic",
    }

    def __init__(self, data: QueryDict | None, *, deed: str, viewer: User) -> None:
        super().__init__(data)
        self.deed = deed
        kept = self.ASKED.get(deed, ())
        choices: dict[str, Any] = {
            "person": lambda: User.objects.filter(pk__in=_colleagues(viewer)).order_by("last_name", "first_name"),
            "code": lambda: ResolutionCode.objects.filter(is_active=True),
        }
        self.fields["into"].viewer = viewer  # type: ignore[attr-defined]
        for name in list(self.fields):
            if name not in kept:
                del self.fields[name]
            elif name in choices:
                self.fields[name].queryset = choices[name]()  # type: ignore[attr-defined]
        if needed := self.NEEDED.get(deed):
            self.fields[needed].required = True
        if deed == "note":
            self.fields["text"].required = True

    def said(self) -> dict[str, Any]:
        """What the deed gets: every name it may ask for."""
        empty = {
            "person": None,
            "desk": "",
            "status": "",
            "until": None,
            "priority": None,
            "topic": None,
            "text": "",
            "into": None,
        }
        code = self.cleaned_data.get("code")
        return {**empty, **self.cleaned_data, "code": code.code if code else ""}


def _colleagues(viewer: User) -> list[int]:
    desks = [viewer.desk] if viewer.desk in TICKET_DESKS else TICKET_DESKS
    return [pk for desk in desks for pk in queries.workers(desk).values_list("pk", flat=True)]


@require_POST
@needs(permissions.WORK)
def many(request: StaffRequest) -> HttpResponse:
    """`numbers` (with commas) or boxes `n`, or `all` with the board's `query`; `deed` and its fields.

    Without a deed, or with something missing, the form comes back with everything that was chosen. Up to
    `bulk.AT_ONCE` tickets are done in one request; the answer asks for the rest by itself.
    """
    numbers = _numbers(request)
    if not numbers:
        return redirect("tickets:board")
    deed = request.POST.get("deed", "")
    context: dict[str, Any] = {
        "numbers": ",".join(numbers),
        "count": len(numbers),
        "deed": deed,
        "deeds": [(name, one.label) for name, one in bulk.DEEDS.items()],
        "is_full": len(numbers) >= bulk.MOST,
    }
    if deed not in bulk.DEEDS:
        return render(request, PAGE, context)
    # A deed that is only chosen shows its own fields first; one without fields needs no second step.
    is_asked = "go" not in request.POST and bool(BulkForm.ASKED[deed])
    form = BulkForm(None if is_asked else request.POST, deed=deed, viewer=request.user)
    context["form"] = form
    if is_asked or not form.is_valid():
        return render(request, PAGE, context, status=422 if form.errors else 200)
    return _run(request, deed, numbers, form)


def _run(request: StaffRequest, deed: str, numbers: list[str], form: BulkForm) -> HttpResponse:
    now, rest = numbers[: bulk.AT_ONCE], numbers[bulk.AT_ONCE :]
    outcomes = bulk.run(deed=deed, numbers=now, by=request.user, said=form.said())
    earlier = _split(request.POST.get("done", ""))
    done = [*earlier, *(one.number for one in outcomes if not one.refusal)]
    total = _total(request.POST.get("total", ""), len(numbers))
    undo = bulk.DEEDS[deed].undo
    context = {
        "deed": deed,
        "label": bulk.DEEDS[deed].label,
        "outcomes": outcomes,
        "rest": ",".join(rest),
        "done": ",".join(done),
        "done_count": len(done),
        "refused_count": total - len(rest) - len(done),
        "total": total,
        "passed": total - len(rest),
        "undo": undo if done and not rest else "",
        "undo_label": bulk.DEEDS[undo].label if undo else "",
        "said": [(name, request.POST[name]) for name in form.fields if request.POST.get(name)],
    }
    is_continued = request.htmx and "total" in request.POST
    return render(request, "tickets/_bulk_more.html" if is_continued else "tickets/bulk_done.html", context)


def _total(said: str, least: int) -> int:
    return max(least, int(said)) if said.isascii() and said.isdecimal() and len(said) < 5 else least


def _split(text: str) -> list[str]:
    known = dict.fromkeys(one for one in text[: 13 * bulk.MOST].split(",") if one.isalnum() and len(one) <= 12)
    return list(known)[: bulk.MOST]


def _numbers(request: StaffRequest) -> list[str]:
    if request.POST.get("all"):
        asked = Filters.of(QueryDict(request.POST.get("query", "")[:4000]))
        found = boards.rows(request.user, asked)
        if text := search.check(request.user, asked.q):
            most = search.MOST_OUTSOURCED if request.user.is_outsourced else bulk.MOST
            found = found.filter(pk__in=search.ids(found, text, limit=most))
        return list(found.values_list("number", flat=True)[: bulk.MOST])
    return _split(",".join([request.POST.get("numbers", ""), *request.POST.getlist("n")]))
