"""A small piece of Pushkin, built the way the import builds it: nodes, houses, flats, subscribers."""

from dataclasses import dataclass
from datetime import date

from customers.models import Phone, Subscriber
from network.models import Building, Node, NodeKind, Premise, Street, StreetKind


@dataclass
class House:
    building: Building
    switches: list[Node]
    subscribers: list[Subscriber]

    def phone(self, n: int) -> str:
        return self.subscribers[n].phones.all()[0].number


def node(code: str = "AGG-1", core: str = "CORE-1") -> Node:
    top, _ = Node.objects.get_or_create(code=core, defaults={"kind": NodeKind.CORE, "title": f"Ядро {core}"})
    made, _ = Node.objects.get_or_create(
        code=code, defaults={"kind": NodeKind.AGGREGATION, "title": f"Узел {code}", "parent": top}
    )
    return made


def house(
    number: str = "21", *, street: str = "Оранжерейная", flats: int = 8, switches: int = 1, on: Node | None = None
) -> House:
    """A house with one subscriber in each flat, each with a phone of his own; flats spread over the switches."""
    where, _ = Street.objects.get_or_create(name=street, kind=StreetKind.values[0])
    building = Building.objects.create(
        street=where, house=number, node=on or node(), latitude=59.72, longitude=30.41, premises_count=flats
    )
    boxes = [
        Node.objects.create(
            code=f"SW-{building.pk}-{n + 1}", kind=NodeKind.SWITCH, title=f"Коммутатор {n + 1}", parent=building.node
        )
        for n in range(switches)
    ]
    premises = Premise.objects.bulk_create(
        Premise(building=building, number=str(n + 1), switch=boxes[n * switches // flats]) for n in range(flats)
    )
    people = Subscriber.objects.bulk_create(
        Subscriber(
            account=f"{building.pk:04d}{n + 1:04d}",
            name=f"Иванова{n} Анна Петровна",
            premise=premise,
            opened_on=date(2020, 1, 1),
        )
        for n, premise in enumerate(premises)
    )
    Phone.objects.bulk_create(
        Phone(subscriber=one, number=f"+7900{building.pk % 1000:03d}{n:04d}") for n, one in enumerate(people)
    )
    return House(building, boxes, people)
