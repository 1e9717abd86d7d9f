"""Sums that stand nowhere but in the finance desk's tables are looked for at every other door: not one may be there."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from billing import actions
from billing.models import Account, Book, Dispute, Kind, Letter, Reason
from common import clock, redis
from contacts import actions as contacts
from contacts.models import Topic
from staff.actions import issue_api_key
from staff.models import Role, User
from tests.architecture import test_access as doors
from tests.billing.test_questions import posted
from tests.database import become
from tickets import actions as tickets

CANARIES = ("917263", "818164", "716253", "615342", "514233")


@pytest.fixture
def town(finance_role: None, transactional_db: None, settings: Any, anna: User, sergey: User) -> Iterator[Account]:
    """An account with five sums on it, a question, a letter, a promise; then the ordinary process again."""
    from tests.factories.town import house

    settings.IS_FINANCE = True
    charge, pay, fee, promised, given = (Decimal(f"{one}.54") for one in CANARIES)
    with transaction.atomic():
        account = actions.account_of(house().subscribers[0])
        entry = posted(account, anna, f"-{charge}")
        day = {"on": date(2026, 3, 2), "key": "pay", "by": anna}
        actions.post(account=account, kind=Kind.PAYMENT, book=Book.CASH, amount=pay, **day)
        actions.set_tariff(account=account, kind="internet", title="Дорогой", fee=fee, since=date(2026, 1, 1), by=anna)
        until = clock.now().date() + timedelta(days=2)
        actions.promise(account=account, amount=promised, until=until, by=anna)
        asked = _raise(account, entry, given, anna)
    assert given == abs(asked.amount)
    actions.write([actions.Words(account, "canary", f"На счёт зачислено {given} ₽")])
    actions.deliver_letters()
    assert Letter.objects.filter(text__contains=CANARIES[4]).exists()
    tickets.open_ticket(
        desk="support", subject="Нет сети", channel="phone", by=sergey, subscriber=account.subscriber, text="-"
    )
    settings.IS_FINANCE = False
    become("app")
    yield account
    become("finance")


def _raise(account: Account, entry: Any, amount: Decimal, by: User) -> Dispute:
    contact = contacts.receive(
        channel="phone",
        key="line:canary",
        at=clock.now(),
        by=by,
        subscriber_id=account.subscriber_id,
        topic_id=Topic.objects.get(code="billing").pk,
    )
    reason = Reason.objects.get(code="charged_twice")
    return actions.raise_dispute(
        account=account, reason=reason, amount=amount, contact=contact, key="canary", about=entry, by=by
    )


def found(text: str) -> set[str]:
    """The canaries in a text, however their thousands are divided and their kopecks said."""
    bare = re.sub(r"[\s\u00a0\u202f,.'’]|&nbsp;|\\u00a0|\\u202f", "", text)
    return {one for one in CANARIES if one in bare}


def test_the_search_finds_what_it_looks_for() -> None:
    assert found("917\u00a0263,54 ₽ и 818&nbsp;164") == {"917263", "818164"}


def test_no_sum_is_at_any_other_door(town: Account, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    subscriber = town.subscriber
    number = subscriber.account
    ticket = tickets_number()
    monkeypatch.setattr(
        doors,
        "PATHS",
        doors.PATHS | {"account_number": number, "account": number, "number": ticket, "subscriber_id": subscriber.pk}
        | {"pk": subscriber.pk},
    )  # fmt: skip
    monkeypatch.setattr(doors, "PATHS", {name: str(value) for name, value in doors.PATHS.items()})
    pages = sorted({path for path, _ in doors.pages("contactcenter.urls")})
    asked = [f"?q={number}", "?ordering=amount", "?filter__amount__gt=1", "?expand=account", ""]
    seen = 0
    for role in Role:
        user = doors.somebody(role)
        client = Client()
        client.force_login(user)
        for path in pages:
            for query in asked if path in {"/tickets/", "/tickets/find/"} else asked[-1:]:
                seen += look(client.get(path + query), f"{role} {path}{query}")
        rest = Client(headers={"Authorization": f"Token {issue_api_key(user=user, name='canary')}"})
        for method, path, _code in doors.endpoints():
            for query in asked if method == "GET" else ():
                seen += look(rest.get(path + query), f"{role} {path}{query}")
    assert seen > 200, "too few pages answered to prove anything"
    store = redis.client()
    for key in store.scan_iter("*"):
        how = {"string": store.get, "hash": store.hgetall, "list": lambda name: store.lrange(name, 0, -1)}
        read = how.get(str(store.type(key)))
        assert not found(f"{key} {read(key) if read else ''}"), key


def look(reply: Any, where: str) -> int:
    body = b"".join(reply.streaming_content) if reply.streaming else reply.content
    assert not found(body.decode("utf-8", "replace")), where
    return int(reply.status_code == 200)


def tickets_number() -> str:
    from tickets.models import Ticket

    return str(Ticket.objects.latest("pk").number)
