"""Reading the town from CSV files; docs/import-town.md is the same for people.

A file is known by its header. A line that cannot be read becomes a Problem and the rest is still read, so that one run
names everything that is wrong.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from customers.cells import Cells
from customers.rows import CustomerRows, PhoneRow, ServiceRow, SubscriberRow
from network import spelling
from network.bulk import Problem
from network.rows import BuildingRow, NetworkRows, NodeRow, PremiseRow

NODE_KINDS = ("core", "aggregation", "switch")
SERVICE_KINDS = ("internet", "tv", "phone")
CONNECTIONS = ("green", "amber", "red")
TICK = 2_000

Tick = Callable[[str, int, int], None]


@dataclass
class TownFiles:
    """What the files say. Load it only if there are no problems."""

    network: NetworkRows = field(default_factory=NetworkRows)
    customers: CustomerRows = field(default_factory=CustomerRows)
    problems: list[Problem] = field(default_factory=list)
    seen: dict[tuple[str, ...], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    read: Callable[[Cells, TownFiles], None]


def read(paths: Sequence[Path], tick: Tick = lambda name, done, total: None) -> TownFiles:
    """Read every file, in any order. `tick(file, lines read, lines in all)` is called now and then.

    Raises OSError for a file that cannot be opened.
    """
    town = TownFiles()
    for path in paths:
        _read_file(path, town, tick)
    return town


def _read_file(path: Path, town: TownFiles, tick: Tick) -> None:
    text = _decoded(path.read_bytes())
    if text is None:
        town.problems.append(Problem(path.name, "neither UTF-8 nor Windows-1251 text; save it as CSV UTF-8"))
        return
    total = text.count("\n") + (not text.endswith("\n"))
    lines = _lines(text, path, town)
    line, header = next(lines, (1, []))
    columns = [name.strip().lower() for name in header]
    layout = next((known for known in LAYOUTS if set(known.required) <= set(columns)), None)
    trouble = _header_trouble(layout, columns)
    if layout is None or trouble:
        town.problems.append(Problem(f"{path.name}:{line}", trouble))
        return
    for line, row in lines:
        if any(cell.strip() for cell in row):
            _read_line(f"{path.name}:{line}", columns, row, layout, town)
        if line % TICK == 0 and line < total:
            tick(path.name, line, total)
    tick(path.name, total, total)


def _decoded(raw: bytes) -> str | None:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None  # UTF-16: every other byte would be a NUL
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _lines(text: str, path: Path, town: TownFiles) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells); a broken quote ends the file with a Problem, for what follows cannot be trusted."""
    first = text.split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",", strict=True)
    try:
        for row in rows:
            yield rows.line_num, row
    except csv.Error as error:
        town.problems.append(Problem(f"{path.name}:{rows.line_num}", f"broken CSV from here on: {error}"))


def _header_trouble(layout: Layout | None, columns: list[str]) -> str:
    if layout is None:
        return f"unknown header “{';'.join(columns)[:100]}”; see docs/import-town.md"
    unknown = sorted(set(columns) - {*layout.required, *layout.optional})
    if unknown:
        return f"a {layout.name} file has no column {', '.join(map(repr, unknown))}"
    doubled = sorted({name for name in columns if columns.count(name) > 1})
    return f"column {', '.join(doubled)} stands twice" if doubled else ""


def _read_line(source: str, columns: list[str], row: list[str], layout: Layout, town: TownFiles) -> None:
    if len(row) != len(columns):
        town.problems.append(Problem(source, f"{len(columns)} columns in the header, {len(row)} in this line"))
        return
    layout.read(Cells(source, dict(zip(columns, row, strict=True)), town.problems), town)


def _node(cells: Cells, town: TownFiles) -> None:
    kind = cells.choice("kind", NODE_KINDS)
    code = cells.needed("code", 40)
    title = cells.needed("title", 120)
    parent = cells.text("parent", 40)
    address = cells.text("address", 200)
    capacity = cells.integer("capacity", 0, 10_000)
    if capacity is not None and kind != "switch":
        cells.bad("capacity", "only a switch has ports")
    if kind == "core" and parent:
        cells.bad("parent", "a core has none")
    if kind and kind != "core" and not parent:
        cells.bad("parent", "is needed for everything but a core")
    if _new(cells, town, "node", code):
        town.network.nodes.append(NodeRow(code, kind, title, address, parent, cells.source, capacity))


def _building(cells: Cells, town: TownFiles) -> None:
    street, kind, house = _address(cells)
    node = cells.needed("node", 40)
    entrances, floors = cells.integer("entrances", 1, 100), cells.integer("floors", 1, 200)
    premises = cells.integer("premises_count", 0, 10_000)
    latitude, longitude = cells.number("latitude", -90, 90), cells.number("longitude", -180, 180)
    if cells.ok and (latitude is None) != (longitude is None):
        cells.bad("latitude", "and longitude go together")
    connection, reason = _connection(cells)
    if _new(cells, town, "building", street, kind, house):
        row = BuildingRow(
            street, kind, house, node, entrances, floors, premises, latitude, longitude, cells.source,
            connection, reason,
        )  # fmt: skip
        town.network.buildings.append(row)


def _connection(cells: Cells) -> tuple[str | None, str | None]:
    """Can the house be connected, and why not; (None, None) where the file does not say."""
    if not cells.any("connection"):
        return None, None
    state, reason = cells.choice("connection", CONNECTIONS), cells.text("connection_reason", 200)
    if state == "amber" and not reason:
        cells.bad("connection_reason", "is needed for amber: what has an engineer to check?")
    return state, "" if state == "green" else reason


def _premise(cells: Cells, town: TownFiles) -> None:
    street, kind, house = _address(cells)
    number = cells.text("premise", 20) or ""
    entrance, floor = cells.integer("entrance", 1, 100), cells.integer("floor", -5, 200)
    switch = cells.text("switch", 40)
    if _new(cells, town, "premise", street, kind, house, number):
        town.network.premises.append(PremiseRow(street, kind, house, number, entrance, floor, switch, cells.source))


def _subscriber(cells: Cells, town: TownFiles) -> None:
    account = cells.needed("account", 20)
    name = cells.needed("name", 200)
    number = cells.text("premise", 20)
    street, kind, house = _address(cells) if cells.any("street", "house", "premise") else (None, None, None)
    row = SubscriberRow(
        account, name, street, kind, house, number,
        opened_on=cells.date("opened_on"),
        active=cells.boolean("active"),
        contract=cells.text("contract", 40),
        signed_on=cells.date("signed_on"),
        phones_told=cells.any("phones"),
        services_told=cells.any("services"),
        source=cells.source,
        email=cells.email("email"),
    )  # fmt: skip
    if row.signed_on and not row.contract:
        cells.bad("signed_on", "needs a contract number")
    phones, services = _phones(cells, account), _services(cells, account)
    if row.contract and not _new(cells, town, "contract", row.contract):
        return
    if _new(cells, town, "subscriber", account):
        town.customers.subscribers.append(row)
        town.customers.phones += phones
        town.customers.services += services


def _address(cells: Cells) -> tuple[str, str, str]:
    street, kind = spelling.street(cells.needed("street", 100) or "?")
    return street, kind, spelling.house(cells.needed("house", 20))


def _phones(cells: Cells, account: str) -> list[PhoneRow]:
    numbers = dict.fromkeys(cells.phone(part) for part in cells.parts("phones", "|,;/"))
    return [PhoneRow(account, number) for number in numbers if number]


def _services(cells: Cells, account: str) -> list[ServiceRow]:
    """ "internet:Домашний 100|tv:Базовый:off": kind, tariff, and "off" for one that is paused."""
    found: dict[str, ServiceRow] = {}
    for part in cells.parts("services", "|"):
        kind, _, rest = part.partition(":")
        kind, (tariff, _, state) = kind.strip().lower(), rest.partition(":")
        if kind not in SERVICE_KINDS:
            cells.bad("services", f"“{kind[:20]}” is none of {', '.join(SERVICE_KINDS)}")
        elif kind in found:
            cells.bad("services", f"{kind} stands twice")
        elif state.strip().lower() not in {"", "on", "off"} or len(tariff.strip()) > 100:
            cells.bad("services", "must read kind:tariff or kind:tariff:off")
        else:
            found[kind] = ServiceRow(account, kind, tariff.strip(), state.strip().lower() != "off")
    return list(found.values())


def _new(cells: Cells, town: TownFiles, *key: str) -> bool:
    """Is the line sound, and the first of its kind? A second one is a Problem that names the first."""
    if not cells.ok:
        return False
    first = town.seen.setdefault(key, cells.source)
    if first != cells.source:
        cells.bad(key[0], f"“{', '.join(key[1:])}” is in {first} already")
    return cells.ok


LAYOUTS = (
    Layout("nodes", ("code", "kind", "title", "parent"), ("address", "capacity"), _node),
    Layout(
        "subscribers",
        ("account", "name"),
        ("street", "house", "premise", "phones", "email", "services", "contract", "signed_on", "opened_on", "active"),
        _subscriber,
    ),
    Layout("premises", ("street", "house", "premise"), ("entrance", "floor", "switch"), _premise),
    Layout(
        "buildings",
        ("street", "house", "node"),
        ("entrances", "floors", "premises_count", "latitude", "longitude", "connection", "connection_reason"),
        _building,
    ),
)
