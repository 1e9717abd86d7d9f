"""Articles and places as files. Pure: texts in, rows and problems out, and the way back.

An article is a text file of its own:

    ---
    code: gde-oplatit
    title: Где оплатить интернет?
    audience: public
    topics: payment_terminal
    ---
    The sentence that is said first.

    Everything else, in the small markup.

Places are lines of a CSV file, their columns known by its header. A line that cannot be read becomes a Problem, and the
rest is still read, so that one run names everything that is wrong.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date

from common import cards

MOST_BYTES = 2_000_000  # of one file
MOST_FILES = 2_000
_CODE = re.compile(r"[0-9a-z]+(?:-[0-9a-z]+)*")
_HEADER = re.compile(r"\ufeff?---[ \t]*\n(.*?)\n---[ \t]*(?:\n|$)(.*)", re.DOTALL)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
LANGUAGES, AUDIENCES, STATES = ("ru", "en"), ("public", "operators", "staff"), ("draft", "published", "retired")
KINDS = ("terminal", "office", "shop")
_YES, _NO = {"1", "yes", "true", "да", "+", ""}, {"0", "no", "false", "нет", "-"}


@dataclass(frozen=True)
class Problem:
    """`source`: the file, and its line where there is one. `code`: what is wrong, for words; `part`: about what."""

    source: str
    code: str
    part: str = ""

    def __str__(self) -> str:
        return f"{self.source}: {self.code.replace('_', ' ')}{f': {self.part}' if self.part else ''}"


@dataclass(frozen=True)
class ArticleRow:
    source: str
    code: str
    title: str
    spoken: str
    body: str = ""
    language: str = "ru"
    audience: str = "operators"
    state: str = "draft"
    topics: tuple[str, ...] = ()
    outcome: str = ""
    owner: str = ""
    expires_on: date | None = None


@dataclass(frozen=True)
class PlaceRow:
    source: str
    code: str
    kind: str
    title: str
    address: str
    hours: str
    exceptions: str = ""
    how_to_find: str = ""
    latitude: float | None = None
    longitude: float | None = None
    commission: str = ""
    services: str = ""
    topic: str = ""
    checked_on: date | None = None
    is_active: bool | None = True  # None: an empty cell, which switches nothing on or off
    said: frozenset[str] = frozenset()  # the columns that the file has; another one is left as it is


@dataclass
class Read:
    """What files say. Load it only if there are no problems."""

    articles: list[ArticleRow] = field(default_factory=list)
    places: list[PlaceRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    codes: dict[tuple[str, str], str] = field(default_factory=dict)

    def bad(self, source: str, code: str, part: str = "") -> None:
        self.problems.append(Problem(source, code, part[:60]))

    def is_new(self, kind: str, code: str, source: str) -> bool:
        """False, and a problem, where another line or file has this name."""
        other = self.codes.setdefault((kind, code), source)
        if other != source:
            self.bad(source, "the_same_code_as_in", f"{code}, {other}")
        return other == source


def read(files: Iterable[tuple[str, bytes]]) -> Read:
    """Read (name, content) pairs in any order: "*.csv" are places, everything else articles."""
    found = Read()
    for count, (name, content) in enumerate(files):
        if count >= MOST_FILES:
            found.bad(name, "too_many_files")
            break
        text = _decoded(name, content, found)
        if text is None:
            continue
        if name.lower().endswith(".csv"):
            _places(name, text, found)
        else:
            _article(name, text, found)
    return found


def _decoded(name: str, content: bytes, found: Read) -> str | None:
    if len(content) > MOST_BYTES:
        found.bad(name, "too_long")
        return None
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            text = content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
        if bad := _UNPRINTABLE.search(text):
            found.bad(f"{name}:{text.count(chr(10), 0, bad.start()) + 1}", "not_text")
            return None
        return cards.mask(text)
    found.bad(name, "not_text")
    return None


# ------------------------------------------------------------------------------------------------------------ articles
def _article(name: str, text: str, found: Read) -> None:
    match = _HEADER.fullmatch(text.lstrip())
    if match is None:
        found.bad(name, "no_header")
        return
    said: dict[str, str] = {}
    before = len(found.problems)
    for number, line in enumerate(match[1].split("\n"), start=2):
        key, colon, value = line.partition(":")
        key = key.strip().lower()
        if not line.strip():
            continue
        if not colon or key not in _KEYS:
            found.bad(f"{name}:{number}", "unknown_key", key)
        elif key in said:
            found.bad(f"{name}:{number}", "twice", key)
        else:
            said[key] = " ".join(value.split())
    spoken, _blank, body = match[2].strip().partition("\n\n")
    spoken = " ".join(spoken.split())
    _text(found, name, "code", said.get("code", ""), 80, needed=True)
    if said.get("code") and not _CODE.fullmatch(said["code"]):
        found.bad(name, "bad_code", said["code"])
    _text(found, name, "title", said.get("title", ""), 200, needed=True)
    _text(found, name, "spoken", spoken, 400, needed=True)
    _text(found, name, "body", body.strip(), 20_000)
    for key, known in (("language", LANGUAGES), ("audience", AUDIENCES), ("state", STATES)):
        if key in said and said[key] not in known:
            found.bad(name, "unknown_value", f"{key}: {said[key]}")
    expires = _date(found, name, "expires", said.get("expires", ""))
    if len(found.problems) > before or not found.is_new("article", said["code"], name):
        return
    plain = {key: said[key] for key in ("language", "audience", "state", "outcome", "owner") if key in said}
    topics = tuple(dict.fromkeys(part for one in said.get("topics", "").split(",") if (part := one.strip())))
    found.articles.append(
        ArticleRow(
            source=name,
            code=said["code"],
            title=said["title"],
            spoken=spoken,
            body=body.strip(),
            topics=topics,
            expires_on=expires,
            **plain,
        )
    )


_KEYS = ("code", "title", "language", "audience", "state", "topics", "outcome", "owner", "expires")


def _text(found: Read, source: str, name: str, text: str, most: int, *, needed: bool = False) -> None:
    if needed and not text:
        found.bad(source, "empty", name)
    elif len(text) > most:
        found.bad(source, "longer_than", f"{name}: {most}")


def _date(found: Read, source: str, name: str, text: str) -> date | None:
    if not text:
        return None
    match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text) or re.fullmatch(r"(\d{2})\.(\d{2})\.(\d{4})", text)
    try:
        if match is None:
            raise ValueError(text)
        parts = [int(part) for part in match.groups()]
        return date(*(parts if len(match[1]) == 4 else parts[::-1]))
    except ValueError:
        found.bad(source, "no_date", f"{name}: {text}")
        return None


def write_article(row: ArticleRow) -> str:
    """The file of an article: read back it is the same row."""
    head = {
        "code": row.code,
        "title": row.title,
        "language": row.language,
        "audience": row.audience,
        "state": row.state,
        "topics": ", ".join(row.topics),
        "outcome": row.outcome,
        "owner": row.owner,
        "expires": row.expires_on.isoformat() if row.expires_on else "",
    }
    lines = [f"{key}: {value}" for key, value in head.items() if value]
    texts = [text for text in (row.spoken, row.body) if text]
    return "\n".join(["---", *lines, "---", "\n\n".join(texts), ""])


# -------------------------------------------------------------------------------------------------------------- places
COLUMNS = tuple(one.name for one in fields(PlaceRow) if one.name not in {"source", "said"})
_NEEDED = ("code", "kind", "title", "address", "hours")
_LIMITS = {
    "code": 80,
    "title": 120,
    "address": 200,
    "hours": 300,
    "exceptions": 4000,
    "how_to_find": 200,
    "commission": 200,
    "services": 300,
    "topic": 50,
}


def _places(name: str, text: str, found: Read) -> None:
    delimiter = ";" if text.partition("\n")[0].count(";") >= text.partition("\n")[0].count(",") else ","
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as error:
        found.bad(name, "no_csv", str(error))
        return
    head = [cell.strip().lower() for cell in rows[0]] if rows else []
    unknown, lacking = [one for one in head if one not in COLUMNS], [one for one in _NEEDED if one not in head]
    if unknown or lacking or len(set(head)) != len(head):
        found.bad(
            f"{name}:1",
            "unknown_column" if unknown else "lacks_column" if lacking else "twice",
            ", ".join(unknown or lacking or head),
        )
        return
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        source = f"{name}:{number}"
        if len(cells) != len(head):
            found.bad(source, "cells", f"{len(cells)} / {len(head)}")
            continue
        _place(source, dict(zip(head, map(_unquoted, cells), strict=True)), found)


def _unquoted(cell: str) -> str:
    """Without the apostrophe that `write_places` put before what a spreadsheet would compute."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _COMPUTED else cell


def _place(source: str, cells: dict[str, str], found: Read) -> None:
    before = len(found.problems)
    texts = {name: cells.get(name, "").strip() for name in _LIMITS}
    texts = {name: text if name == "exceptions" else " ".join(text.split()) for name, text in texts.items()}
    for name, most in _LIMITS.items():
        _text(found, source, name, texts[name], most, needed=name in _NEEDED)
    if texts["code"] and not _CODE.fullmatch(texts["code"]):
        found.bad(source, "bad_code", texts["code"])
    kind = cells["kind"].strip().lower()
    if kind not in KINDS:
        found.bad(source, "unknown_value", f"kind: {kind}")
    point = [
        _degrees(found, source, name, cells.get(name, ""), most)
        for name, most in (("latitude", 90), ("longitude", 180))
    ]
    if (point[0] is None) != (point[1] is None):
        found.bad(source, "half_a_point")
    active = cells.get("is_active", "").strip().lower()
    if active not in _YES | _NO:
        found.bad(source, "unknown_value", f"is_active: {active}")
    checked = _date(found, source, "checked_on", cells.get("checked_on", "").strip())
    if len(found.problems) > before or not found.is_new("place", texts["code"], source):
        return
    found.places.append(
        PlaceRow(
            source=source,
            kind=kind,
            latitude=point[0],
            longitude=point[1],
            checked_on=checked,
            is_active=active in _YES if active else None,
            said=frozenset(cells),
            **texts,
        )
    )


def _degrees(found: Read, source: str, name: str, cell: str, most: int) -> float | None:
    text = cell.strip().replace(",", ".")
    if not text:
        return None
    if not re.fullmatch(r"-?\d{1,3}(?:\.\d{1,12})?", text) or abs(float(text)) > most:
        found.bad(source, "no_number", f"{name}: {text}")
        return None
    return float(text)


_COMPUTED = tuple("=+-@\t\r＝＋－＠")


def write_places(rows: Iterable[PlaceRow]) -> Iterator[str]:
    """Lines of the CSV file, header first; nothing in it that a spreadsheet would compute."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\n")

    def line(cells: Iterable[object]) -> str:
        writer.writerow(cells)
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    yield line(COLUMNS)
    for row in rows:
        yield line(_cell(getattr(row, name)) for name in COLUMNS)


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return f"'{value}" if isinstance(value, str) and value.startswith(_COMPUTED) else "" if value is None else value
