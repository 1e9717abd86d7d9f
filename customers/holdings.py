"""What `customers` itself holds about a subscriber: who he is, his contracts, phones and services."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import changes, clock
from customers.models import Subscriber
from customers.personal_data import Holding, Row, register


def anonymous(subscriber: Subscriber) -> str:
    return f"Удалённый абонент № {subscriber.pk}"


def _who(subscriber: Subscriber) -> Iterable[Row]:
    premise = subscriber.premise
    yield {
        "account": subscriber.account,
        "name": subscriber.name,
        "address": f"{premise.building.title}, {premise.number}" if premise else None,
        "email": subscriber.email,
        "opened_on": subscriber.opened_on,
        "active": subscriber.active,
    }


def _erase_who(subscriber: Subscriber) -> int:
    if subscriber.name == anonymous(subscriber):
        return 0
    subscriber.name, subscriber.premise, subscriber.active = anonymous(subscriber), None, False
    subscriber.email = ""
    subscriber.save(update_fields=["name", "premise", "active", "email"])
    return 1


def _contracts_in_force(subscriber: Subscriber) -> list[str]:
    today = clock.now().date()
    return [
        _("contract %(number)s is in force") % {"number": contract.number}
        for contract in subscriber.contracts.all()
        if (subscriber.active if contract.closed_on is None else contract.closed_on > today)
    ]


def _history(subscriber: Subscriber) -> Iterable[Row]:
    for event in changes.told(subscriber.history.select_related("by_user").order_by("at", "pk")):
        yield {"at": event.at, "what": event.label}


def register_all() -> None:
    for holding in (
        Holding(
            name="subscriber",
            title=gettext_lazy("Subscriber"),
            columns={
                "account": gettext_lazy("Account"),
                "name": gettext_lazy("Name"),
                "address": gettext_lazy("Address"),
                "email": gettext_lazy("E-mail"),
                "opened_on": gettext_lazy("Subscriber since"),
                "active": gettext_lazy("Active"),
            },
            export=_who,
            order=900,
            count=lambda one: 1,
            erase=_erase_who,
            kept=gettext_lazy("the account: the finance desk's documents name it, the law on accounting keeps them"),
        ),
        Holding(
            name="contracts",
            title=gettext_lazy("Contracts"),
            columns={
                "number": gettext_lazy("Number"),
                "signed_on": gettext_lazy("Signed"),
                "closed_on": gettext_lazy("Closed"),
            },
            export=lambda one: one.contracts.values("number", "signed_on", "closed_on"),
            order=910,
            blockers=_contracts_in_force,
            kept=gettext_lazy("numbers and dates: the law on accounting keeps primary documents for five years"),
        ),
        Holding(
            name="phones",
            title=gettext_lazy("Phones"),
            columns={"number": gettext_lazy("Number"), "note": gettext_lazy("Note")},
            export=lambda one: one.phones.values("number", "note"),
            order=920,
            count=lambda one: one.phones.count(),
            erase=lambda one: one.phones.all().delete()[0],
        ),
        Holding(
            name="services",
            title=gettext_lazy("Services"),
            columns={
                "kind": gettext_lazy("Service"),
                "tariff": gettext_lazy("Tariff"),
                "active": gettext_lazy("Active"),
            },
            export=lambda one: (
                {"kind": row.get_kind_display(), "tariff": row.tariff, "active": row.active}
                for row in one.services.all()
            ),
            order=930,
            kept=gettext_lazy("which services were bought, without a name: for statistics"),
        ),
        Holding(
            name="data_history",
            title=gettext_lazy("What was done with the personal data"),
            columns={"at": gettext_lazy("When"), "what": gettext_lazy("What")},
            export=_history,
            order=940,
            kept=gettext_lazy("who asked for, exported or erased the data: the law wants the proof"),
        ),
    ):
        register(holding)
