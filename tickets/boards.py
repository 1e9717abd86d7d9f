"""What a board shows: which tickets, in which order, in which columns. All of it comes from a query string and is
checked against fixed lists here; nothing a person types becomes SQL.
"""

import html
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common import clock, phones
from common.templatetags.ui import moment, running, tag
from contacts.models import Channel
from customers.models import short_name
from network.spelling import street_title
from staff.models import Desk, User
from tickets import search
from tickets.models import TICKET_DESKS, Priority, Status, Ticket

PER_PAGE, MOST_PAGES = 50, 200
MOST_ROWS = 100_000  # of an export

OPEN_STATES = [Status.NEW, Status.IN_WORK]
PAUSED_STATES = [Status.WAITING, Status.POSTPONED, Status.VISIT]
STATES: dict[str, tuple[Promise, list[Status]]] = {
    "unresolved": (_("Unresolved"), OPEN_STATES + PAUSED_STATES),
    "open": (_("Open"), OPEN_STATES),
    "paused": (_("Paused"), PAUSED_STATES),
    "resolved": (_("Resolved tickets"), [Status.RESOLVED]),
    "any": (_("Any state"), []),
}
# What the tabs of the board mean.
VIEWS = {
    "desk": "",
    "mine": "assignee=me",
    "free": "assignee=none",
    "resolved": "state=resolved",
}


def _safe(made: str) -> SafeString:
    """HTML of this module's own making: every value in it has been escaped."""
    return mark_safe(made)  # noqa: S308


class Row(NamedTuple):
    pk: int
    number: str
    cells: SafeString  # the whole of its <td>s: fifty rows of six template variables each cost 4 ms


Cell = Callable[..., Any]


@dataclass(frozen=True)
class Column:
    """`fields` are read by one statement and given to `show` (a cell of the page) and `plain` (of a file) in order."""

    label: Promise
    fields: tuple[str, ...]
    show: Cell
    plain: Cell


def _dash(value: Any) -> Any:
    return value if value else "—"


def _place(street: str | None, kind: str, house: str) -> str:
    return f"{street_title(street, kind)}, {house}" if street else ""


def _person(first: str | None, last: str | None, username: str | None) -> str:
    return f"{first or ''} {last or ''}".strip() or username or ""


def _local(at: datetime | None) -> datetime | None:
    return timezone.localtime(at).replace(tzinfo=None, microsecond=0) if at else None


def _topic(ru: str | None, en: str | None) -> str:
    return (en if (get_language() or "").startswith("en") else ru) or ""


def _late(at: datetime | None, status: str) -> Any:
    return "—" if at is None else moment(at) if status == Status.RESOLVED else running(at, "down")


_STREET = ("building__street__name", "building__street__kind", "building__house")
_ASSIGNEE = ("assignee__first_name", "assignee__last_name", "assignee__username")
_CODE = ("resolution_code__title_ru", "resolution_code__title_en")


def _subject(number: str, subject: str) -> SafeString:
    return _safe(f'<a class="ink" href="/tickets/{html.escape(number)}/">{html.escape(subject)}</a>')


@lru_cache(maxsize=64)
def _state_tag(status: str, _language: str | None) -> SafeString:
    return tag(status, _STATUS(status))


def _found(number: str, subject: SafeString, mark: search.Headline) -> SafeString:
    """The subject with what was searched for: in its own words, or in a line below it."""
    if mark.is_subject:
        return format_html('<a class="ink" href="/tickets/{}/">{}</a>', number, mark.line)
    return format_html('{}<br><span class="mute">{}</span>', subject, mark.line)


def _number(number: str) -> SafeString:
    return _safe(f'<a href="/tickets/{html.escape(number)}/">{html.escape(number)}</a>')


def _of(model: Any) -> Cell:
    labels = dict(model.choices)
    return lambda value: str(labels.get(value, value))


_STATUS, _DESK, _CHANNEL = _of(Status), _of(Desk), _of(Channel)

COLUMNS: dict[str, Column] = {
    "number": Column(_("№"), ("number",), _number, str),
    "subject": Column(_("Subject"), ("number", "subject"), _subject, lambda _number, subject: subject),
    "subscriber": Column(
        _("Subscriber"), ("subscriber__name",), lambda name: _dash(short_name(name or "")), lambda name: name or ""
    ),
    "account": Column(_("Account"), ("subscriber__account",), _dash, lambda account: account or ""),
    "address": Column(_("Address"), _STREET, lambda *place: _dash(_place(*place)), _place),
    "phone": Column(_("Phone"), ("contact__phone",), _dash, lambda number: number or ""),
    "topic": Column(_("Topic"), ("topic__title_ru", "topic__title_en"), lambda *titles: _dash(_topic(*titles)), _topic),
    "status": Column(_("State"), ("status",), lambda status: _state_tag(status, get_language()), _STATUS),
    "desk": Column(_("Desk"), ("desk",), _DESK, _DESK),
    "priority": Column(_("Priority"), ("priority",), lambda one: f"P{one}", lambda one: f"P{one}"),
    "assignee": Column(_("Assignee"), _ASSIGNEE, lambda *name: _dash(_person(*name)), _person),
    "channel": Column(_("Channel"), ("channel",), _CHANNEL, _CHANNEL),
    "due": Column(_("Due"), ("due_at", "status"), _late, lambda at, _status: _local(at)),
    "opened": Column(_("Opened"), ("opened_at",), moment, _local),
    "changed": Column(_("Changed"), ("changed_at",), moment, _local),
    "resolved": Column(_("Resolved at"), ("resolved_at",), lambda at: moment(at) or "—", _local),
    "code": Column(_("How it ended"), _CODE, lambda *titles: _dash(_topic(*titles)), _topic),
}
DEFAULT_COLUMNS = ("number", "subject", "address", "status", "assignee", "due")
RESOLVED_COLUMNS = ("number", "subject", "address", "status", "assignee", "resolved")
SORTS: dict[str, tuple[Promise, tuple[str, ...]]] = {
    "urgent": (_("Most urgent first"), ("priority", "due_at", "pk")),
    "newest": (_("Newest first"), ("-opened_at", "-pk")),
    "oldest": (_("Oldest first"), ("opened_at", "pk")),
    "changed": (_("Changed last first"), ("-changed_at", "-pk")),
    "due": (_("Due soonest first"), ("due_at", "pk")),
    "resolved": (_("Resolved last first"), ("-resolved_at", "-pk")),
}


def _one_of(value: str, allowed: Any, default: str = "") -> str:
    return value if value in allowed else default


def _day(value: str) -> date | None:
    try:
        day = parse_date(value)
    except ValueError:
        return None
    return day if day and 2000 <= day.year < 2100 else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True)
class Filters:
    """A board as asked for. What is not understood falls away: an old address still shows something useful."""

    view: str = "desk"
    state: str = ""
    status: str = ""
    desk: str = ""
    assignee: str = ""
    topic: str = ""
    priority: str = ""
    channel: str = ""
    subscriber: str = ""
    building: str = ""
    late: str = ""
    since: str = ""
    until: str = ""
    waiting: str = ""
    q: str = ""
    sort: str = ""
    columns: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, asked: QueryDict) -> "Filters":
        def digits(name: str) -> str:
            value = asked.get(name, "")
            return value if value.isascii() and value.isdecimal() and len(value) <= 18 else ""

        def day(name: str) -> str:
            value = asked.get(name, "")[:10]
            return value if _day(value) else ""

        view = _one_of(asked.get("view", ""), VIEWS, "desk")
        preset = QueryDict(VIEWS[view])
        assignee = asked.get("assignee", preset.get("assignee", ""))
        return cls(
            view=view,
            state=_one_of(asked.get("state", preset.get("state", "")), STATES),
            status=_one_of(asked.get("status", ""), Status.values),
            desk=_one_of(asked.get("desk", ""), {*TICKET_DESKS, "all"}),
            assignee=assignee if assignee in {"me", "none"} else digits("assignee"),
            topic=digits("topic"),
            priority=_one_of(asked.get("priority", ""), {str(one) for one in Priority.values}),
            channel=_one_of(asked.get("channel", ""), Channel.values),
            subscriber="".join(asked.get("subscriber", "").split())[:20],
            building=digits("building"),
            late="1" if asked.get("late") else "",
            since=day("since"),
            until=day("until"),
            waiting=day("waiting"),
            q=" ".join(asked.get("q", "").split())[: search.LONGEST],
            sort=_one_of(asked.get("sort", ""), SORTS),
            columns=tuple(dict.fromkeys(name for name in asked.getlist("columns") if name in COLUMNS)),
        )

    def query(self, **other: Any) -> str:
        """The query string that asks for this board, with some parts changed; empty parts are left out."""
        values = {**vars(self), **other}
        preset = QueryDict(VIEWS[values["view"]])
        if preset and all(values[name] == value for name, value in preset.items()):
            values = {name: value for name, value in values.items() if name not in preset}  # the tab says them
        else:  # a tab without its own choice is no longer that tab
            values.pop("view")
        return urlencode({name: value for name, value in values.items() if value}, doseq=True)

    @property
    def is_narrowed(self) -> bool:
        """Is anything chosen besides the tab, the order and the columns?"""
        plain = Filters(view=self.view, sort=self.sort, columns=self.columns, desk=self.desk)
        preset = QueryDict(VIEWS[self.view])
        return any(
            value and value != preset.get(name) for name, value in vars(self).items() if value != getattr(plain, name)
        )

    @property
    def is_resolved(self) -> bool:
        return self.state == "resolved" or self.status == Status.RESOLVED

    @property
    def order(self) -> str:
        return self.sort or (
            "newest" if self.q or self.state == "any" else "resolved" if self.is_resolved else "urgent"
        )

    @property
    def shown_columns(self) -> tuple[str, ...]:
        return self.columns or (RESOLVED_COLUMNS if self.is_resolved else DEFAULT_COLUMNS)


def rows(viewer: User, asked: Filters) -> "QuerySet[Ticket]":
    """The tickets that fit, in order, without their text: `text` is for `page`. Only what the viewer may see."""
    found = Ticket.objects.visible_to(viewer)
    if asked.status:
        found = found.filter(status=asked.status)
    elif states := STATES[asked.state or ("any" if asked.q else "unresolved")][1]:
        found = found.unresolved() if Status.RESOLVED not in states else found
        found = found if asked.state in {"", "unresolved"} else found.filter(status__in=states)
    desk = asked.desk or (
        "" if asked.q or asked.assignee == "me" or asked.subscriber or asked.building else viewer.desk
    )
    if desk in TICKET_DESKS:
        found = found.filter(desk=desk)
    if asked.assignee == "none":
        found = found.filter(assignee=None)
    elif asked.assignee:
        found = found.filter(assignee=viewer.pk if asked.assignee == "me" else int(asked.assignee))
    if asked.late:
        found = found.unresolved().filter(due_at__lt=clock.now())
    if asked.subscriber:
        found = found.filter(subscriber__account=asked.subscriber)
    plain = {"topic": asked.topic, "priority": asked.priority, "channel": asked.channel, "building": asked.building}
    found = found.filter(**{name: value for name, value in plain.items() if value})
    if since := _day(asked.since):
        found = found.filter(opened_at__gte=_midnight(since))
    if until := _day(asked.until):
        found = found.filter(opened_at__lt=_midnight(until + timedelta(days=1)))
    if waiting := _day(asked.waiting):
        found = found.filter(Q(status__in=PAUSED_STATES, changed_at__lt=_midnight(waiting + timedelta(days=1))))
    return found.order_by(*SORTS[asked.order][1])


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    number: int
    has_next: bool


def page(viewer: User, asked: Filters, number: int) -> Page:
    """One page of a board: one statement, or with words a few more. Raises `search.TooShort`."""
    number = max(1, min(number, MOST_PAGES))
    start, end = (number - 1) * PER_PAGE, number * PER_PAGE + 1
    found = rows(viewer, asked)
    marks: dict[int, search.Headline] = {}
    if text := search.check(viewer, asked.q):
        # The outsourcer sees no second page of what he searched for.
        most = search.MOST_OUTSOURCED if viewer.is_outsourced else end
        pks = search.ids(found, text, limit=most)[start:]
        found = found.filter(pk__in=pks)
        marks = search.headlines(pks[:PER_PAGE], text) if pks else {}
        start, end = 0, PER_PAGE + 1
        if not asked.sort:
            found = found.order_by("-opened_at", "-pk")
    columns = [COLUMNS[name] for name in asked.shown_columns]
    values = list(read(found[start:end], columns))
    shown = []
    for one in values[:PER_PAGE]:
        made = cells(one, columns, viewer)
        if (mark := marks.get(one[0])) and "subject" in asked.shown_columns:
            at = asked.shown_columns.index("subject")
            made[at] = _found(one[1], made[at], mark)
        shown.append(Row(one[0], one[1], in_row(made)))
    return Page(shown, number, len(values) > PER_PAGE and number < MOST_PAGES)


def in_row(made: list[Any]) -> SafeString:
    """The cells as HTML. What is not marked as safe is text, and is escaped."""
    return _safe("".join(f"<td>{one if isinstance(one, SafeString) else html.escape(str(one))}</td>" for one in made))


def table(found: "QuerySet[Ticket]", names: tuple[str, ...], viewer: User) -> list[Row]:
    """Rows of these tickets in these columns. One statement."""
    columns = [COLUMNS[name] for name in names]
    return [Row(one[0], one[1], in_row(cells(one, columns, viewer))) for one in read(found, columns)]


def read(found: "QuerySet[Ticket]", columns: list[Column]) -> Any:
    """Tuples of (id, number, what each column reads in turn)."""
    return found.values_list("pk", "number", *[name for column in columns for name in column.fields])


def cells(values: tuple[Any, ...], columns: list[Column], viewer: User, *, plain: bool = False) -> list[Any]:
    """The columns' cells of one tuple of `read`. Phones are as this viewer may see them."""
    made, at = [], 2
    for column in columns:
        given = values[at : at + len(column.fields)]
        at += len(column.fields)
        if column.fields == ("contact__phone",) and given[0]:
            given = (phones.masked(given[0]) if viewer.is_outsourced else phones.shown(given[0]),)
        made.append((column.plain if plain else column.show)(*given))
    return made
