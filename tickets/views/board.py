from typing import Any

from django.db import connection
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from common.http import go, render_page
from contacts.models import Channel, Topic
from staff.access import StaffRequest, may, needs
from staff.models import Desk, Role, User
from tickets import actions, boards, counts, permissions, search
from tickets.actions import bulk
from tickets.actions.boards import may_change
from tickets.boards import COLUMNS, SORTS, STATES, Filters
from tickets.models import TICKET_DESKS, Board, Priority, Status

PAGE = "tickets/board.html"
TABS = (
    ("desk", gettext_lazy("Desk")),
    ("mine", gettext_lazy("Mine")),
    ("free", gettext_lazy("Nobody's")),
    ("resolved", gettext_lazy("Resolved tickets")),
)


@require_safe
@needs(permissions.READ)
def board(request: StaffRequest) -> HttpResponse:
    """Tickets as asked for in the address: rows by keys and by mouse, filters, columns, saved views."""
    asked = Filters.of(request.GET)
    part = request.GET.get("part", "") if request.htmx else ""
    context: dict[str, Any] = {"asked": asked, "query": asked.query(), "tabs": TABS}
    if part == "filters":
        context |= _choices(request.user)
    elif part == "views":
        context["boards"] = saved(request.user)
    else:
        context |= _rows(request, asked)
    return render_page(request, PAGE, context, parts=("rows", "filters", "views"))


def _rows(request: StaffRequest, asked: Filters) -> dict[str, Any]:
    number = request.GET.get("page", "1")
    try:
        page = boards.page(request.user, asked, int(number) if number.isdecimal() and len(number) < 5 else 1)
    except search.TooShort as error:
        page = boards.Page([], 1, False)
        refusal = str(error.text)
    else:
        refusal = ""
    boards_of = Board.objects.visible_to(request.user).filter(deleted_at=None)
    return {
        "page": page,
        "refusal": refusal,
        "columns": [COLUMNS[name].label for name in asked.shown_columns],
        "width": len(asked.shown_columns) + 1,
        "boards": [(one, "", False) for one in boards_of],
        "most": bulk.MOST,
        "may_export": may(request.user, permissions.EXPORT),
    }


def _choices(viewer: User) -> dict[str, Any]:
    """What the filters offer. Two queries."""
    people = User.objects.filter(is_active=True).exclude(role__in=(Role.MASTER, Role.ADMIN))
    if viewer.is_outsourced:
        people = people.filter(role__in=(Role.OPERATOR, Role.LEAD))
    return {
        "states": [(value, label) for value, (label, _states) in STATES.items()],
        "statuses": Status.choices,
        "desks": [Desk(one) for one in TICKET_DESKS] if may(viewer, permissions.SEE_ALL_DESKS) else [],
        "people": people.order_by("last_name", "first_name"),
        "topics": Topic.objects.all(),
        "priorities": Priority.choices,
        "channels": Channel.choices,
        "sorts": [(value, label) for value, (label, _order) in SORTS.items()],
        "all_columns": [(name, column.label) for name, column in COLUMNS.items()],
        "shared_with": _may_share_with(viewer),
    }


def _may_share_with(viewer: User) -> list[Desk]:
    if not may(viewer, permissions.SHARE_BOARDS):
        return []
    return [Desk(one) for one in TICKET_DESKS if viewer.desk == one or may(viewer, permissions.SEE_ALL_DESKS)]


def saved(viewer: User) -> list[tuple[Board, str, bool]]:
    """The viewer's views, how many tickets each shows ("99+" at most), may he change it. Two statements for all."""
    found = list(Board.objects.visible_to(viewer).filter(deleted_at=None))
    asked = [Filters.of(QueryDict(one.query)) for one in found]
    pieces: list[str] = []
    params: list[Any] = []
    for one in asked:
        if one.q:  # words are counted by nobody: it would be a search for each view
            pieces.append("NULL")
            continue
        rows = boards.rows(viewer, one).order_by().values("pk")[: counts.ENOUGH + 1]
        sql, given = rows.query.sql_with_params()
        pieces.append(f"(SELECT count(*) FROM ({sql}) AS rows)")
        params += given
    numbers: tuple[int | None, ...] = ()
    if pieces:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(pieces)}", params)
            numbers = cursor.fetchone()
    most = counts.ENOUGH
    said = ["" if n is None else f"{most}+" if n > most else str(n) for n in numbers]
    return [(one, number, may_change(viewer, one)) for one, number in zip(found, said, strict=True)]


def _mine(request: StaffRequest, pk: int) -> Board:
    return get_object_or_404(Board.objects.visible_to(request.user), pk=pk)


@require_POST
@needs(permissions.READ)
def save_view(request: StaffRequest) -> HttpResponse:
    """Keep what the board shows now under a name; `board` (id) changes a kept one."""
    pk, query = request.POST.get("board", ""), request.POST.get("query", "")[:4000]
    known = _mine(request, int(pk)) if pk.isascii() and pk.isdecimal() else None
    name, desk = request.POST.get("name", ""), request.POST.get("desk", "")
    board = actions.save_board(name=name, query=query, desk=desk, by=request.user, board=known)
    return go(request, f"{reverse('tickets:board')}?{board.query}")


@require_POST
@needs(permissions.READ)
def remove_view(request: StaffRequest, pk: int) -> HttpResponse:
    """Take it from the list, and say how to have it back."""
    board = _mine(request, pk)
    actions.remove_board(board=board, by=request.user)
    if not request.htmx:
        return redirect("tickets:board")
    context = {"boards": saved(request.user), "removed": board, "asked": Filters()}
    return _views(request, context)


@require_POST
@needs(permissions.READ)
def restore_view(request: StaffRequest, pk: int) -> HttpResponse:
    actions.restore_board(board=_mine(request, pk), by=request.user)
    return _views(request, {}) if request.htmx else redirect("tickets:board")


@require_POST
@needs(permissions.READ)
def move_view(request: StaffRequest, pk: int) -> HttpResponse:
    actions.move_board(board=_mine(request, pk), up=request.POST.get("up") == "1", by=request.user)
    return _views(request, {}) if request.htmx else redirect("tickets:board")


def _views(request: StaffRequest, context: dict[str, Any]) -> HttpResponse:
    request.GET = request.GET.copy()
    request.GET["part"] = "views"
    return render_page(request, PAGE, {"boards": saved(request.user), "asked": Filters(), **context}, parts=("views",))
