"""The provider brings the town in files, gets them wrong, mends them, and brings them again."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from customers.models import Contract, Phone, Service, Subscriber
from network.models import Building, Node, Premise, Street

pytestmark = pytest.mark.django_db

NODES = """code;kind;title;parent;address
CORE;core;Ядро;;
AGG-1;aggregation;Узел 1;CORE;Оранжерейная ул., 2
AGG-2;aggregation;Узел 2;CORE;
SW-1;switch;Коммутатор 1;AGG-1;
"""
BUILDINGS = """street;house;node;entrances;floors;premises_count;latitude;longitude
Оранжерейная ул.;21 корп. 2;AGG-1;4;5;80;59,7201;30,4102
Октябрьский бульвар;5;AGG-2;;;;;
"""
PREMISES = """street;house;premise;entrance;floor;switch
Оранжерейная ул.;21к2;14;1;3;SW-1
Октябрьский бульвар;5;;;;
"""
SUBSCRIBERS = """account;name;street;house;premise;phones;services;contract;signed_on
0001;Иванова Анна Петровна;Оранжерейная ул.;21к2;14;8 900 123-45-67|555-12-34;internet:Домашний 100|tv:ТВ:off;Д-1;31.03.2024
0002;Иванов Пётр;Октябрьский бульвар;5;;+79001234567;;;
"""
FILES = {"nodes": NODES, "buildings": BUILDINGS, "premises": PREMISES, "subscribers": SUBSCRIBERS}


class Desk:
    """Somebody with files in a folder and the command at hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, text: str, encoding: str = "utf-8") -> Path:
        path = self.folder / f"{name}.csv"
        path.write_bytes(text.encode(encoding))
        return path

    def load(self, *names: str, **options: object) -> str:
        out = io.StringIO()
        paths = [str(self.folder / f"{name}.csv") for name in names or FILES]
        call_command("import_town", *paths, stdout=out, stderr=io.StringIO(), **options)
        return out.getvalue()

    def refused(self, *names: str) -> list[str]:
        err = io.StringIO()
        paths = [str(self.folder / f"{name}.csv") for name in names or FILES]
        with pytest.raises(CommandError, match="nothing was loaded"):
            call_command("import_town", *paths, stdout=io.StringIO(), stderr=err)
        return err.getvalue().splitlines()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    for name, text in FILES.items():
        desk.put(name, text)
    return desk


def nothing_is_loaded() -> bool:
    return not any(model.objects.exists() for model in (Node, Street, Building, Premise, Subscriber, Phone))


def test_good_files_become_a_town_in_any_order(desk: Desk) -> None:
    desk.load("subscribers", "premises", "buildings", "nodes")

    anna = Subscriber.objects.with_address().get(account="0001")
    assert anna.premise.title == "Оранжерейная ул., 21к2, кв. 14"
    assert (anna.premise.entrance, anna.premise.floor, anna.premise.switch.code) == (1, 3, "SW-1")
    building = anna.building
    assert (building.node.code, building.node.address) == ("AGG-1", "Оранжерейная ул., 2")
    assert (building.entrances, building.floors, building.premises_count) == (4, 5, 80)
    assert (building.latitude, building.longitude) == (59.7201, 30.4102)
    assert sorted(anna.phones.values_list("number", flat=True)) == ["+78125551234", "+79001234567"]
    assert list(anna.services.values_list("kind", "tariff", "active")) == [
        ("internet", "Домашний 100", True),
        ("tv", "ТВ", False),
    ]
    assert str(Contract.objects.get(subscriber=anna).signed_on) == "2024-03-31"
    assert str(anna.opened_on) == "2024-03-31"
    assert Subscriber.objects.get(account="0002").premise.title == "Октябрьский бул., 5"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", ","])
def test_files_come_as_office_programs_save_them(desk: Desk, encoding: str, delimiter: str) -> None:
    for name, text in FILES.items():
        text = text.replace("Оранжерейная ул., 2\n", "\n").replace("59,7201;30,4102", "59.7201;30.4102")
        desk.put(name, text.replace(";", delimiter).replace("\n", "\r\n"), encoding)
    desk.load()
    assert Subscriber.objects.get(account="0001").name == "Иванова Анна Петровна"


def test_loading_again_changes_nothing_and_says_so(desk: Desk) -> None:
    desk.load()
    before = list(Subscriber.objects.order_by("pk").values()), list(Phone.objects.order_by("pk").values())
    report = desk.load()
    assert (list(Subscriber.objects.order_by("pk").values()), list(Phone.objects.order_by("pk").values())) == before
    for line in report.splitlines():
        if "added" in line:
            assert line.split()[1:] == ["0", "added", "0", "changed"]


def test_a_second_file_changes_what_it_says_and_leaves_what_it_does_not(desk: Desk) -> None:
    desk.load()
    desk.put(
        "subscribers", "account;name;phones;services;active\n0001;Петрова Анна Петровна;+79001234567;tv:Кино;нет\n"
    )
    desk.load("subscribers")
    anna = Subscriber.objects.get(account="0001")
    assert (anna.name, anna.active, anna.premise.number) == ("Петрова Анна Петровна", False, "14")
    assert list(anna.phones.values_list("number", flat=True)) == ["+79001234567"]
    assert list(anna.services.values_list("kind", "tariff", "active")) == [
        ("internet", "Домашний 100", False),
        ("tv", "Кино", True),
    ]
    assert anna.contracts.count() == 1
    assert Subscriber.objects.filter(account="0002", active=True).exists()


def test_an_empty_cell_changes_nothing_and_a_dash_takes_away(desk: Desk) -> None:
    desk.load()
    desk.put("subscribers", "account;name;phones;services\n0001;Иванова Анна Петровна;;\n0002;Иванов Пётр;-;-\n")
    desk.load("subscribers")
    assert Phone.objects.filter(subscriber__account="0001").count() == 2
    assert Service.objects.filter(subscriber__account="0001", active=True).count() == 1
    assert not Phone.objects.filter(subscriber__account="0002").exists()


def test_an_e_mail_comes_in_small_letters_stays_where_nothing_is_said_and_a_dash_takes_it_away(desk: Desk) -> None:
    desk.load()
    for cell, kept in ((" Anna@Example.ORG ", "anna@example.org"), ("", "anna@example.org"), ("-", "")):
        desk.put("subscribers", f"account;name;email\n0001;Иванова Анна Петровна;{cell}\n")
        desk.load("subscribers")
        assert Subscriber.objects.get(account="0001").email == kept
    desk.put("subscribers", "account;name;email\n0001;Иванова Анна Петровна;anna(at)example\n")
    assert desk.refused("subscribers")[0].endswith("email: “anna(at)example” is no e-mail address")
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscriber.objects.filter(account="0001").update(email="Anna@example.org")


def test_a_dry_run_keeps_nothing_and_tells_what_would_come(desk: Desk) -> None:
    report = desk.load(dry_run=True)
    assert "customers_subscriber" in report
    assert "2 added" in report
    assert "nothing was kept" in report
    assert nothing_is_loaded()


@pytest.mark.parametrize(
    ("name", "line", "says"),
    [
        ("nodes", "X;toaster;X;CORE;", "kind: “toaster” is none of core, aggregation, switch"),
        ("nodes", "X;switch;X;;", "parent: is needed"),
        ("nodes", "X;core;X;CORE;", "parent: a core has none"),
        ("nodes", "X;switch;X;CORE;", "no aggregation with code “CORE” for parent"),
        ("nodes", "X;switch;X;AGG-9;", "no aggregation with code “AGG-9”"),
        ("nodes", ";switch;X;AGG-1;", "code: is empty"),
        ("nodes", "AGG-1;aggregation;Again;CORE;", "“AGG-1” is in nodes.csv:3 already"),
        ("buildings", "Новая;1;AGG-9;;;;;", "no aggregation node with code “AGG-9”"),
        ("buildings", "Новая;1;SW-1;;;;;", "no aggregation node with code “SW-1”"),
        ("buildings", "Новая;1;AGG-1;many;;;;", "entrances: “many” is no whole number"),
        ("buildings", "Новая;1;AGG-1;1;99999999999;;;", "floors: "),
        ("buildings", "Новая;1;AGG-1;;;;59.7;", "go together"),
        ("buildings", "Новая;1;AGG-1;;;;nan;30", "latitude: “nan” is no number"),
        ("buildings", "Оранжерейная;21 К 2;AGG-1;;;;;", "is in buildings.csv:2 already"),
        ("buildings", "Новая\x00;1;AGG-1;;;;;", "NUL"),
        ("buildings", "Новая;1;AGG-1", "8 columns in the header, 3 in this line"),
        ("premises", "Новая;7;1;;;", "no building “Новая, 7”"),
        ("premises", "Оранжерейная;21к2;15;;;SW-9", "no access switch with code “SW-9”"),
        ("premises", "Оранжерейная;21к2;15;;;AGG-1", "no access switch with code “AGG-1”"),
        ("premises", "Октябрьский бульвар;5;1;;;SW-1", "hangs under another node"),
        ("premises", "Оранжерейная;21к2;14;;;", "is in premises.csv:2 already"),
        ("subscribers", "0003;Ким;Оранжерейная;21к2;99;;;;", "no premise “99” in “Оранжерейная, 21к2”"),
        ("subscribers", "0003;Ким;Оранжерейная;;14;;;;", "house: is empty"),
        ("subscribers", "0003;Ким;;;;8-800-привет;;;", "no phone number"),
        ("subscribers", "0003;Ким;;;;;beer:Разливное;;", "services: “beer” is none of"),
        ("subscribers", "0003;Ким;;;;;tv:А|tv:Б;;", "services: tv stands twice"),
        ("subscribers", "0003;Ким;;;;;;Д-3;32.01.2024", "signed_on: “32.01.2024” is no date"),
        ("subscribers", "0003;Ким;;;;;;Д-1;", "contract: “Д-1” is in subscribers.csv:2 already"),
        ("subscribers", "0001;Ким;;;;;;;", "subscriber: “0001” is in subscribers.csv:2 already"),
        ("subscribers", f"{'9' * 21};Ким;;;;;;;", "account: is longer than 20"),
        ("subscribers", '0003;"Ким;;;;;;;', "broken CSV"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_loaded(desk: Desk, name: str, line: str, says: str) -> None:
    desk.put(name, FILES[name] + line + "\n")
    number = FILES[name].count("\n") + 1
    told = desk.refused()
    assert len(told) == 1, told
    assert told[0].startswith(f"{name}.csv:{number}:"), told
    assert says in told[0], told
    assert nothing_is_loaded()


def test_somebody_elses_contract_is_refused(desk: Desk) -> None:
    desk.load()
    desk.put("subscribers", "account;name;contract\n0003;Ким;Д-1\n")
    assert "contract “Д-1” is another subscriber's" in desk.refused("subscribers")[0]


def test_a_building_does_not_leave_its_switches_behind(desk: Desk) -> None:
    desk.load()
    desk.put("buildings", "street;house;node\nОранжерейная;21к2;AGG-2\n")
    assert "switch “SW-1” hangs under another node" in desk.refused("buildings")[0]
    desk.put("nodes", "code;kind;title;parent\nSW-1;switch;Коммутатор 1;AGG-2\n")
    desk.load("buildings", "nodes")
    assert Building.objects.get(house="21к2").node.code == "AGG-2"


def test_a_node_does_not_become_something_else(desk: Desk) -> None:
    desk.load()
    desk.put("nodes", "code;kind;title;parent\nSW-1;aggregation;Узел;CORE\n")
    assert "its kind cannot change" in desk.refused("nodes")[0]


def test_half_a_file_loads_nothing(desk: Desk) -> None:
    desk.put("subscribers", SUBSCRIBERS[: SUBSCRIBERS.rindex("Октябрьский") + 5])
    assert desk.refused()[0].startswith("subscribers.csv:3: 9 columns in the header, 3 in this line")
    assert nothing_is_loaded()


def test_everything_wrong_is_told_in_one_run_up_to_fifty_lines(desk: Desk) -> None:
    desk.put("nodes", NODES + "X;toaster;X;CORE;\n")
    desk.put("subscribers", SUBSCRIBERS + "".join(f"x{n};;;;;;;;\n" for n in range(60)))
    told = desk.refused()
    assert len(told) == 51
    assert told[0].startswith("nodes.csv:6:")
    assert told[-1] == "… and 11 more"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id;title\n1;2\n", "unknown header “id;title”"),
        ("code;kind;title;parent;colour\n", "a nodes file has no column 'colour'"),
        ("code;kind;title;parent;code\n", "column code stands twice"),
        ("", "unknown header"),
    ],
)
def test_a_strange_header_is_refused(desk: Desk, text: str, says: str) -> None:
    desk.put("nodes", text)
    assert says in desk.refused("nodes")[0]


def test_an_utf16_file_and_a_missing_one_are_told(desk: Desk) -> None:
    desk.put("nodes", NODES, "utf-16")
    assert "save it as CSV UTF-8" in desk.refused("nodes")[0]
    with pytest.raises(CommandError, match=r"absent\.csv"):
        desk.load("absent")


def test_a_file_says_which_houses_can_be_connected_and_keeps_what_it_does_not_say(desk: Desk) -> None:
    for name, text in FILES.items():
        desk.put(name, text)
    desk.load()
    said = "street;house;node;connection;connection_reason\n"
    desk.put("connection", said + "Оранжерейная ул.;21к2;AGG-1;amber;Нет ввода\nОктябрьский бульвар;5;AGG-2;red;\n")
    desk.put("ports", "code;kind;title;parent;capacity\nSW-1;switch;Коммутатор 1;AGG-1;24\n")
    for _ in range(2):
        desk.load("connection", "ports")
        desk.load()  # files without the columns take nothing away
        found = Building.objects.order_by("house").values_list("connection", "connection_reason")
        assert list(found) == [("amber", "Нет ввода"), ("red", "")]
        assert Node.objects.get(code="SW-1").capacity == 24
    desk.put("connection", said + "Оранжерейная ул.;21к2;AGG-1;amber;\n")
    assert "connection_reason" in "".join(desk.refused("connection"))
    desk.put("ports", "code;kind;title;parent;capacity\nAGG-1;aggregation;Узел 1;CORE;24\n")
    assert "only a switch" in "".join(desk.refused("ports"))
