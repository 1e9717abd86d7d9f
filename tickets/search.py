"""Finding tickets by what people type: a number, an account, a phone, an address, words in Russian and English.

Words have two ways, and neither suits both kinds of word (docs/decisions). A rare word is taken from the word index and
its few tickets are sorted; doing that with a common word would sort a tenth of all tickets. A common word is met by
walking the newest tickets and looking at each one's words; doing that for a rare word would walk through all of them.
PostgreSQL's own choice between the two was seen to take 20 s at 1,000,000 tickets, so it is not asked: its statistics
say how many tickets to expect, and the walk is bounded and gives up for the index.
"""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from common import phones
from common.errors import DomainError
from customers.models import Phone, Subscriber
from network.models import Building
from staff.models import User
from tickets.models import Ticket

LONGEST = 200  # characters of a query
LEAST_OUTSOURCED, MOST_OUTSOURCED = 4, 20  # what the outsourcer must type, and the rows he gets
WALK = 5_000  # the newest tickets that are looked through for a common word
# A word expected in fewer tickets, or in a smaller share of them, is taken from the index. What the statistics have
# never met, the beginning of an unknown word, they expect in half a hundredth.
COMMON, COMMON_SHARE = 1_000, 0.01
MOST_BUILDINGS = 20
_HOUSE = re.compile(r"^\D*[^\W\d]{3}.*\b\d+\s*[^\W\d]?(?:[/к]\d+)?$", re.IGNORECASE)
_LAST_WORD = re.compile(r"(?:^|\s)(\w{3,40})$")
_NUMBER = re.compile(r"^[#№N\s]*(\d{1,12})$", re.IGNORECASE)
_PHONE = re.compile(r"^[+\d\s()-]{7,25}$")
_MARK, _UNMARK = "\x02", "\x03"
_MARKED = re.compile(f"{_MARK}([^{_MARK}{_UNMARK}]*){_UNMARK}")


class TooShort(DomainError):
    code = "search_too_short"
    status = 422


class Words(NamedTuple):
    """A piece of SQL that is a `tsquery`, with its parameters."""

    sql: str
    params: list[str]


class Found(NamedTuple):
    opened_at: datetime
    pk: int


def words(text: str) -> Words:
    """Web syntax ("exact words", -without, or), and the last word also as the beginning of a longer one."""
    text = text.replace("ё", "е").replace("Ё", "Е")[:LONGEST]
    whole = "websearch_to_tsquery('russian', %s)"
    last = _LAST_WORD.search(text)
    if last is None or text.count('"') % 2:
        return Words(whole, [text])
    begun = f"({whole} || ({whole} && to_tsquery('russian', %s)))"
    return Words(begun, [text, text[: last.start(1)], f"'{last[1]}':*"])


def check(viewer: User, text: str) -> str:
    """The text without blanks around it. Raises TooShort: the outsourcer does not leaf through people by a letter."""
    text = " ".join(text.split())[:LONGEST]
    if viewer.is_outsourced and 0 < len(text) < LEAST_OUTSOURCED and not _NUMBER.match(text):
        raise TooShort(_("Type at least %(n)s characters.") % {"n": LEAST_OUTSOURCED})
    return text


def exactly(text: str) -> Ticket | None:
    """The ticket whose number this is, whoever asks: `visible_to` is the caller's to apply."""
    number = _NUMBER.match(text)
    return Ticket.objects.filter(number=number[1].zfill(6)).first() if number else None


def ids(rows: "QuerySet[Ticket]", text: str, *, limit: int) -> list[int]:
    """The newest of `rows` that fit the text, at most `limit`; at most five statements."""
    if known := _by_number(rows, text, limit):
        return known
    found = dict.fromkeys(_by_words(rows, words(text), limit))
    if _HOUSE.match(text):
        found |= dict.fromkeys(_by_address(rows, text, limit))
    return [one.pk for one in sorted(found, reverse=True)[:limit]]


def _newest(rows: "QuerySet[Ticket]") -> "QuerySet[Ticket, tuple[datetime, int]]":
    return rows.order_by("-opened_at", "-pk").values_list("opened_at", "pk")


def _by_number(rows: "QuerySet[Ticket]", text: str, limit: int) -> list[int]:
    """By a ticket's number, a subscriber's account or phone."""
    number, people = _NUMBER.match(text), Q(pk__in=[])
    fits = Q(number=number[1].zfill(6)) if number else Q(pk__in=[])
    if number:
        people |= Q(account=number[1])
    if _PHONE.match(text) and (phone := phones.normalise(text)):
        people |= Q(pk__in=Phone.objects.filter(number=phone).values("subscriber"))
    if number or people != Q(pk__in=[]):
        fits |= Q(subscriber__in=list(Subscriber.objects.filter(people).order_by().values_list("pk", flat=True)[:20]))
        return [pk for _at, pk in _newest(rows.filter(fits))[:limit]]
    return []


def _by_address(rows: "QuerySet[Ticket]", text: str, limit: int) -> list[Found]:
    buildings = list(Building.objects.search(text).values_list("pk", flat=True)[:MOST_BUILDINGS])
    return [Found(*one) for one in _newest(rows.filter(building__in=buildings))[:limit]] if buildings else []


def _by_words(rows: "QuerySet[Ticket]", query: Words, limit: int) -> list[Found]:
    if is_common(query):
        walked = walk(rows, query, limit)
        if len(walked) == limit:
            return walked
    return from_index(rows, query, limit)


def is_common(query: Words) -> bool:
    number = expected(query)
    if number < COMMON:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'tickets_tickettext'::regclass")
        return bool(number >= COMMON_SHARE * cursor.fetchone()[0])


def expected(query: Words) -> int:
    """In how many tickets PostgreSQL's statistics expect these words; costs a plan and reads no row."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) SELECT FROM tickets_tickettext WHERE words @@ {query.sql}", query.params)
        plan = cursor.fetchone()[0]
    return int((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"])


def walk(rows: "QuerySet[Ticket]", query: Words, limit: int) -> list[Found]:
    """Through the newest tickets until enough have the words; looks at no more than WALK of them."""
    return _run(*walk_sql(rows, query, limit))


def walk_sql(rows: "QuerySet[Ticket]", query: Words, limit: int) -> tuple[str, list[Any]]:
    inner, params = _newest(rows)[:WALK].query.sql_with_params()
    sql = (
        f"SELECT opened_at, id FROM ({inner}) AS newest (opened_at, id) WHERE "
        # A subquery for one value is never made a join: each ticket's words are read when the walk comes to it.
        f"(SELECT words @@ {query.sql} FROM tickets_tickettext WHERE ticket_id = newest.id) "
        "ORDER BY opened_at DESC, id DESC LIMIT %s"
    )
    return sql, [*params, *query.params, limit]


def from_index(rows: "QuerySet[Ticket]", query: Words, limit: int) -> list[Found]:
    """All tickets with the words, sorted."""
    return _run(*from_index_sql(rows, query, limit))


def from_index_sql(rows: "QuerySet[Ticket]", query: Words, limit: int) -> tuple[str, list[Any]]:
    # An order by an expression has no index to walk along, so the planner must begin with what was found.
    fits = rows.filter(pk__in=RawSQL("SELECT ticket_id FROM found", []))
    order = RawSQL("tickets_ticket.opened_at + interval '0'", [])
    inner, params = fits.order_by(order.desc(), "-pk").values_list("opened_at", "pk")[:limit].query.sql_with_params()
    sql = f"WITH found AS MATERIALIZED (SELECT ticket_id FROM tickets_tickettext WHERE words @@ {query.sql}) {inner}"
    return sql, [*query.params, *params]


def _run(sql: str, params: Iterable[Any]) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return [Found(*row[:2]) for row in cursor.fetchall()]


class Headline(NamedTuple):
    """The subject with its words marked, or the piece of what was written that has them."""

    is_subject: bool
    line: SafeString


def headlines(pks: list[int], text: str) -> dict[int, Headline]:
    """Where the words stand in each ticket: in its subject, else in what was written. At most two statements."""
    query = words(text)
    options = f"StartSel={_MARK}, StopSel={_UNMARK}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, ts_headline('russian', subject, {query.sql}, %s) FROM tickets_ticket WHERE id = ANY (%s)",
            [*query.params, f"{options}, HighlightAll=true", pks],
        )
        subjects = dict(cursor.fetchall())
        said = {pk: Headline(True, marked(line)) for pk, line in subjects.items() if _MARK in line}
        if without := [pk for pk in pks if pk not in said]:
            cursor.execute(
                f"SELECT DISTINCT ON (thing_id) thing_id, ts_headline('russian', left(said, 4000), {query.sql}, %s) "
                "FROM (SELECT thing_id, id, data->>'text' AS said FROM tickets_ticketevent WHERE thing_id = ANY (%s)) "
                f"AS event WHERE to_tsvector('russian', left(said, 4000)) @@ {query.sql} ORDER BY thing_id, id DESC",
                [*query.params, f"{options}, MaxWords=24, MinWords=8", without, *query.params],
            )
            said |= {pk: Headline(False, marked(line)) for pk, line in cursor.fetchall()}
    return said


def marked(line: str) -> SafeString:
    """The line as HTML: what stands between the marks in <mark>, everything escaped."""
    safe = _MARKED.sub(r"<mark>\1</mark>", escape(line))
    return mark_safe(safe.replace(_MARK, "").replace(_UNMARK, ""))  # noqa: S308  # escaped above
