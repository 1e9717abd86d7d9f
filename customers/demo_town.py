"""The demo town: Pushkin with its true street names, everything else invented. Pure: the same arguments, the same town.

About 1,500 buildings of 4 to 400 flats, three cores, an aggregation node for each 40 neighbouring buildings, one to
four switches a building, each feeding a contiguous block of flats. Whoever lives there is nobody: names are drawn from
common ones and phones from one block.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from customers.demo_words import INTERNET, MEN, STREETS, SURNAMES, TV, WOMEN, of_a_woman
from customers.rows import CustomerRows, PhoneRow, ServiceRow, SubscriberRow
from network import spelling
from network.rows import BuildingRow, NetworkRows, NodeRow, PremiseRow

BUILDINGS = 1_500
NODES = 38
CORES = ("Центр", "София", "Славянка")
CENTRE = (59.7200, 30.4100)  # latitude, longitude
HALF_TOWN_KM = (2.6, 3.2)  # north-south, east-west
KM = (1 / 111.2, 1 / (111.2 * math.cos(math.radians(CENTRE[0]))))  # degrees of latitude and longitude in a kilometre
GRID_TURN = math.radians(38)  # the old town's streets run askew to north
FLATS = (4, 400)
MOST_SUBSCRIBERS = 60_000
SHARE_MOST = 0.96  # of a building's flats: somebody is always with another provider
P_TV, P_TV_ONLY, P_TWO_PHONES, P_NO_PHONE, P_SHARED_PHONE, P_CLOSED = 0.45, 0.08, 0.14, 0.015, 0.03, 0.02
WITH_EMAIL = 3  # every third has left an address
TODAY = date(2025, 3, 1)  # contracts are older than this


@dataclass
class House:
    street: str
    kind: str
    number: str
    latitude: float
    longitude: float
    flats: int
    floors: int
    entrances: int
    node: str = ""

    @property
    def street_title(self) -> str:
        return spelling.street_title(self.street, self.kind)

    @property
    def title(self) -> str:
        return f"{self.street_title}, {self.number}"


@dataclass(frozen=True)
class Town:
    network: NetworkRows
    customers: CustomerRows


def generate(subscribers: int = 6_000, seed: int = 1) -> Town:
    """Build the town. Raises ValueError for a number of subscribers that it has no room for."""
    if not 1 <= subscribers <= MOST_SUBSCRIBERS:
        raise ValueError(f"from 1 to {MOST_SUBSCRIBERS} subscribers")
    dice = random.Random(seed)
    houses = _houses(dice)
    network = NetworkRows(nodes=_nodes(houses))
    for n, house in enumerate(houses, start=1):
        _wire(n, house, network)
    return Town(network, _people(houses, subscribers, dice))


# ------------------------------------------------------------------------------------------------- streets and houses
def _houses(dice: random.Random) -> list[House]:
    """Streets are straight pieces of two crossing directions; houses stand along them, odd and even opposite."""
    weights = [dice.lognormvariate(0, 0.7) * (0.25 if kind == "square" else 1) for _, kind in STREETS]
    houses: list[House] = []
    for (name, kind), count in zip(STREETS, _shares(weights, BUILDINGS, least=2), strict=True):
        houses += _street(name, kind, count, dice)
    return houses


def _street(name: str, kind: str, count: int, dice: random.Random) -> list[House]:
    turn = GRID_TURN + dice.choice((0, math.pi / 2)) + dice.gauss(0, 0.06)
    radius, angle = math.sqrt(dice.random()), dice.uniform(0, math.tau)
    north, east = radius * math.sin(angle) * HALF_TOWN_KM[0], radius * math.cos(angle) * HALF_TOWN_KM[1]
    character = dice.gauss(0, 0.5)  # a street of villas or of towers
    numbers = _house_numbers(count, dice)
    houses = []
    for place, number in enumerate(numbers):
        along = (place // 2 - len(numbers) / 4) * 0.055
        across = 0.03 if place % 2 else -0.03
        flats, floors, entrances = _size(character, dice)
        houses.append(
            House(
                name, kind, number,
                latitude=round(CENTRE[0] + (north + along * math.cos(turn) - across * math.sin(turn)) * KM[0], 6),
                longitude=round(CENTRE[1] + (east + along * math.sin(turn) + across * math.cos(turn)) * KM[1], 6),
                flats=flats, floors=floors, entrances=entrances,
            )
        )  # fmt: skip
    return houses


def _house_numbers(count: int, dice: random.Random) -> list[str]:
    """1, 2, 3... with here and there a letter, a block, a corner house; some numbers were pulled down long ago."""
    numbers: list[str] = []
    number = 0
    while len(numbers) < count:
        number += 1
        luck = dice.random()
        if luck < 0.06:
            continue
        if luck < 0.14:
            found = [f"{number}к{block}" for block in range(1, dice.randint(2, 4))]
        elif luck < 0.20:
            found = [str(number), f"{number}А"]
        elif luck < 0.24:
            found = [f"{number}/{dice.randint(2, 60)}"]
        else:
            found = [str(number)]
        numbers += found
    return numbers[:count]


def _size(character: float, dice: random.Random) -> tuple[int, int, int]:
    """(flats, floors, entrances); flats are heavy-tailed: many houses of ten, a few of four hundred."""
    flats = round(min(max(dice.lognormvariate(3.38 + character, 0.85), FLATS[0]), FLATS[1]))
    floors = 2 if flats < 16 else 3 if flats < 30 else 5 if flats < 110 else dice.choice((5, 9, 9, 12))
    entrances = max(1, round(flats / (floors * 4)))
    return flats, floors, entrances


# ------------------------------------------------------------------------------------------------- the network
def _nodes(houses: list[House]) -> list[NodeRow]:
    """Cores, and aggregation nodes of neighbouring houses; gives every house its node."""
    cores = [NodeRow(f"core-{n}", "core", f"Ядро {name}", None, None) for n, name in enumerate(CORES, start=1)]
    nodes: list[NodeRow] = []
    for n, district in enumerate(_districts(houses, NODES), start=1):
        middle = _middle(district)
        core = cores[(n - 1) * len(cores) // NODES].code
        title = f"Узел {n}, {middle.street_title}"
        nodes.append(NodeRow(f"agg-{n:02}", "aggregation", title, middle.title, core))
        for house in district:
            house.node = nodes[-1].code
    return cores + nodes


def _districts(houses: list[House], parts: int) -> list[list[House]]:
    """Cut the town across its longer side until there are `parts` pieces of nearly equal numbers of houses."""
    if parts == 1:
        return [houses]
    high = max(h.latitude for h in houses) - min(h.latitude for h in houses)
    wide = max(h.longitude for h in houses) - min(h.longitude for h in houses)
    by_latitude = high / KM[0] > wide / KM[1]
    ordered = sorted(houses, key=lambda h: (h.latitude if by_latitude else h.longitude, h.street, h.kind, h.number))
    left = parts // 2
    cut = round(len(ordered) * left / parts)
    return _districts(ordered[:cut], left) + _districts(ordered[cut:], parts - left)


def _middle(district: list[House]) -> House:
    north = sum(h.latitude for h in district) / len(district)
    east = sum(h.longitude for h in district) / len(district)
    return min(district, key=lambda h: ((h.latitude - north) / KM[0]) ** 2 + ((h.longitude - east) / KM[1]) ** 2)


def switches_of(flats: int) -> int:
    return 1 if flats <= 48 else 2 if flats <= 110 else 3 if flats <= 200 else 4


def _wire(n: int, house: House, network: NetworkRows) -> None:
    """The building, its switches, and its flats by entrance and floor; a switch feeds a contiguous block."""
    street, kind, number = house.street, house.kind, house.number
    count = switches_of(house.flats)
    codes = [f"sw-{n:04}-{k}" for k in range(1, count + 1)]
    network.nodes += [
        NodeRow(code, "switch", f"Коммутатор {k}, {house.title}", None, house.node)
        for k, code in enumerate(codes, start=1)
    ]
    network.buildings.append(
        BuildingRow(
            street,
            kind,
            number,
            house.node,
            house.entrances,
            house.floors,
            house.flats,
            house.latitude,
            house.longitude,
        )
    )
    in_entrance = -(-house.flats // house.entrances)
    on_floor = -(-in_entrance // house.floors)
    for flat in range(house.flats):
        entrance, place = divmod(flat, in_entrance)
        switch = codes[flat * count // house.flats]
        network.premises.append(
            PremiseRow(street, kind, number, str(flat + 1), entrance + 1, place // on_floor + 1, switch)
        )


# ------------------------------------------------------------------------------------------------- people
def _people(houses: list[House], subscribers: int, dice: random.Random) -> CustomerRows:
    """Where the provider came early, half the building is connected; elsewhere, nearly nobody."""
    fame = [dice.lognormvariate(0, 1.0) for _ in houses]
    rows = CustomerRows()
    fresh = iter(dice.sample(range(10_000_000), 2 * subscribers))  # each subscriber takes two at most
    for house, count in zip(houses, _connected(houses, fame, subscribers), strict=True):
        for flat in sorted(dice.sample(range(1, house.flats + 1), count)):
            account = f"{500_001 + len(rows.subscribers)}"
            rows.phones += _phones(account, fresh, rows.phones, dice)
            rows.services += _services(account, dice)
            rows.subscribers.append(_subscriber(account, house, flat, dice))
    return rows


def _connected(houses: list[House], fame: list[float], subscribers: int) -> list[int]:
    """Subscribers by house: its flats times its fame, never more than SHARE_MOST of the flats, in all `subscribers`."""
    room = [max(1, int(house.flats * SHARE_MOST)) for house in houses]
    low, high = 0.0, 1e6
    for _ in range(100):
        scale = (low + high) / 2
        total = sum(min(r, h.flats * f * scale) for r, h, f in zip(room, houses, fame, strict=True))
        low, high = (scale, high) if total < subscribers else (low, scale)
    wanted = [min(r, h.flats * f * high) for r, h, f in zip(room, houses, fame, strict=True)]
    counts = [int(w) for w in wanted]
    rest = sorted(range(len(houses)), key=lambda i: counts[i] - wanted[i])
    missing = subscribers - sum(counts)
    for i in [i for i in rest if counts[i] < room[i]][:missing]:
        counts[i] += 1
    assert sum(counts) == subscribers, "the town is too small"
    return counts


def _subscriber(account: str, house: House, flat: int, dice: random.Random) -> SubscriberRow:
    since = TODAY - timedelta(days=int(dice.triangular(1, 4_500, 900)))
    active = dice.random() >= P_CLOSED
    contract = f"П-{since:%y}-{account}"
    return SubscriberRow(
        account, _name(dice), house.street, house.kind, house.number, str(flat), since, active, contract, since,
        email=f"abonent{account}@example.org" if int(account) % WITH_EMAIL == 0 else None,
    )  # fmt: skip


def _name(dice: random.Random) -> str:
    surname, father = dice.choice(SURNAMES), dice.choice(MEN)
    if dice.random() < 0.56:
        return f"{of_a_woman(surname)} {dice.choice(WOMEN)} {father[2]}"
    return f"{surname} {dice.choice(MEN)[0]} {father[1]}"


def _phones(account: str, fresh: Iterator[int], given: list[PhoneRow], dice: random.Random) -> list[PhoneRow]:
    """One mobile number as a rule; a few have none, two, or the number of somebody who came before (a relative)."""
    luck = dice.random()
    if luck < P_NO_PHONE:
        return []
    if luck < P_NO_PHONE + P_SHARED_PHONE and given:
        return [PhoneRow(account, dice.choice(given[-2_000:]).number)]
    count = 2 if dice.random() < P_TWO_PHONES else 1
    return [PhoneRow(account, f"+7900{next(fresh):07}") for _ in range(count)]


def _services(account: str, dice: random.Random) -> list[ServiceRow]:
    if dice.random() < P_TV_ONLY:
        return [ServiceRow(account, "tv", dice.choice(TV))]
    internet = ServiceRow(account, "internet", dice.choice(INTERNET))
    if dice.random() < P_TV:
        return [internet, ServiceRow(account, "tv", dice.choice(TV))]
    return [internet]


def _shares(weights: list[float], total: int, least: int) -> list[int]:
    """Split `total` in proportion to the weights, at least `least` each; the largest remainders round up."""
    spare = total - least * len(weights)
    exact = [spare * weight / sum(weights) for weight in weights]
    counts = [least + int(x) for x in exact]
    by_remainder = sorted(range(len(weights)), key=lambda i: int(exact[i]) - exact[i])
    for i in by_remainder[: total - sum(counts)]:
        counts[i] += 1
    return counts
