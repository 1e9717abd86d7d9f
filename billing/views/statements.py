from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from billing import actions, permissions
from billing.forms import LineForm, UploadForm
from billing.models import RefusedFile, Statement, StatementLine
from billing.shown import shows
from common.errors import DomainError, into_form
from common.http import go, render_page
from staff.access import StaffRequest, needs

PER_PAGE = 100
SHOWN, REFUSED_SHOWN = 50, 10
State = StatementLine.State
# Besides the states themselves.
FILTERS = {
    "left": (gettext_lazy("To settle"), StatementLine.objects.to_settle),
    "reversed": (gettext_lazy("Reversed"), StatementLine.objects.reversed),
    "differs": (gettext_lazy("Not as the tariffs"), StatementLine.objects.differing),
}
SAID = {
    State.POSTED: gettext_lazy("Posted."),
    State.DUPLICATE: gettext_lazy("This came before: nothing was posted."),
    State.CONFLICT: gettext_lazy("An earlier file says otherwise: nothing was posted. Look at both."),
}


@needs(permissions.READ)
def statements(request: StaffRequest) -> HttpResponse:
    """Files that were taken in, and the form for the next one."""
    if request.method not in {"GET", "HEAD", "POST"}:
        return HttpResponseNotAllowed(["GET", "POST"])
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload, data = form.cleaned_data["file"], form.cleaned_data
        body = upload.read(actions.LARGEST_FILE + 1)
        try:
            made, is_new = actions.take_statement(
                body=body, name=upload.name, book=data["book"], control=data["control"], by=request.user
            )
        except DomainError as error:
            into_form(form, error)
        else:
            messages.success(request, _("Taken in.") if is_new else _("This file was taken in before: here it is."))
            return go(request, f"/statements/{made.pk}/")
    mended = Statement.objects.values("sha256")  # the same bytes under a right name
    refused = RefusedFile.objects.exclude(sha256__in=mended)[:REFUSED_SHOWN]
    context = {
        "form": form,
        "rows": _counted(Statement.objects.visible_to(request.user).select_related("by_user"))[:SHOWN],
        "refused": [(one, actions.why_refused(one.code)) for one in refused],
        "is_joined": bool(settings.BILLING_EXCHANGE_DIR),
    }
    return render(request, "billing/statements.html", context, status=422 if form.errors else 200)


def _counted(rows: QuerySet[Statement]) -> QuerySet[Statement]:
    stands = Q(lines__state=State.POSTED, lines__entry__reversed_by=None)
    return rows.annotate(
        count=Count("lines"),
        left=Count("lines", filter=StatementLine.left("lines__")),
        brought=Sum("lines__amount"),
        posted=Sum("lines__amount", filter=stands),
    )


def _found(request: StaffRequest, pk: int) -> Statement:
    return get_object_or_404(_counted(Statement.objects.visible_to(request.user)), pk=pk)


@needs(permissions.READ)
def statement(request: StaffRequest, pk: int) -> HttpResponse:
    """One file: what was posted, what was not and why."""
    found = _found(request, pk)
    state = request.GET.get("state", "")
    before = StatementLine.objects.filter(identity=OuterRef("identity"), pk__lt=OuterRef("pk")).exclude(identity="")
    rows = (
        _chosen(state)
        .filter(statement=found)
        .select_related("account__subscriber", "entry__reversed_by")
        .annotate(earlier=Subquery(before.order_by("pk").values("statement")[:1]))
    )
    page = Paginator(rows.order_by("place"), PER_PAGE).get_page(request.GET.get("page"))
    shows(request, *(line.account.subscriber.account for line in page if line.account))
    context = {
        "statement": found,
        "state": state,
        "states": _present(found, state),
        "rows": page,
        "differs": found.said is not None and found.lines.aggregate(sum=Sum("amount"))["sum"] != found.said,
    }
    return render_page(request, "billing/statement.html", context)


def _present(statement: Statement, chosen: str) -> list[tuple[str, str, int]]:
    """What this file's lines can be narrowed to: code, name, how many. None of one kind is no choice, unless chosen."""
    counted = dict(statement.lines.values_list("state").annotate(n=Count("pk")).order_by())
    found = [(code, str(name), rows().filter(statement=statement).count()) for code, (name, rows) in FILTERS.items()]
    found += [(code, str(name), counted.get(code, 0)) for code, name in State.choices]
    return [(code, name, n) for code, name, n in found if n or code == chosen]


def _chosen(state: str) -> QuerySet[StatementLine]:
    if state in FILTERS:
        return FILTERS[state][1]()
    rows = StatementLine.objects.all()
    return rows.filter(state=state) if state in State.values else rows


def _line(request: StaffRequest, pk: int, line: int) -> StatementLine:
    return get_object_or_404(StatementLine.objects.filter(statement=_found(request, pk)), pk=line)


def _again(request: StaffRequest, pk: int) -> HttpResponse:
    return go(request, f"/statements/{pk}/?state=left")


@require_POST
@needs(permissions.POST)
def match(request: StaffRequest, pk: int, line: int) -> HttpResponse:
    """An accountant knows whose it is."""
    found = _line(request, pk, line)
    done = actions.match_line(line=found, account_number=request.POST.get("account", ""), by=request.user)
    messages.success(request, str(SAID[State(done.state)]))
    return _again(request, pk)


@require_POST
@needs(permissions.POST)
def mend(request: StaffRequest, pk: int, line: int) -> HttpResponse:
    """An accountant can read what the program could not."""
    found, form = _line(request, pk, line), LineForm(request.POST)
    if not form.is_valid():
        said = "; ".join(f"{form[name].label}: {errors[0]}" for name, errors in form.errors.items())
        messages.error(request, said)
        return _again(request, pk)
    data = form.cleaned_data
    done = actions.mend_line(line=found, account_number=data.pop("account"), by=request.user, **data)
    level = messages.success if done.state == State.POSTED else messages.warning
    level(request, str(SAID[State(done.state)]))
    return _again(request, pk)


@require_POST
@needs(permissions.POST)
def dismiss(request: StaffRequest, pk: int, line: int) -> HttpResponse:
    """None of our subscribers' payments."""
    actions.dismiss_line(line=_line(request, pk, line), reason=request.POST.get("reason", ""), by=request.user)
    messages.success(request, _("Put aside."))
    return _again(request, pk)
