"""The demo's finance desk in the middle of a day: questions in every state, a queue, a file with lines left over."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from billing import actions, money, proposing, queries
from billing.demo import WRONG_BY
from billing.models import Account, Book, Dispute, Entry, Kind, Reason
from common import clock
from common.history import System
from contacts.models import Channel
from staff.models import Role, User


class Question(NamedTuple):
    """`hours` without service; `amount` where the accountant types her own."""

    reason: str
    channel: Channel
    note: str
    hours: Decimal | None = None
    amount: str = ""


QUESTIONS = [
    Question("wrong_tariff", Channel.WALK_IN, "Показала договор: тариф старый"),
    Question("no_service", Channel.EMAIL, "Не было связи с вечера пятницы", hours=Decimal(30)),
    Question("goodwill", Channel.VK, "Третье обращение за месяц"),
    Question("claim", Channel.WALK_IN, "Считает, что подключение входит в тариф", amount="540"),
    Question("payment_lost", Channel.WALK_IN, "Чек от терминала на Октябрьском бульваре", amount="1500"),
    Question("no_service", Channel.EMAIL, "Просит за весь месяц", hours=Decimal(96), amount="1200"),
]
REFUSED = "Связи не было четыре дня: пересчитаем за них, а не за весь месяц."
IN_QUEUE = ["Закрывает договор, вернуть аванс", "", "Квитанция за прошлый месяц"]
BOOKED = [(time(10), "Сверка платежей"), (time(10, 15), ""), (time(12, 30), "Принесёт претензию")]
USUAL_FEE = 550


@transaction.atomic
def load() -> None:
    """Through the same actions as at the desk. Into a desk that nobody has asked anything yet only."""
    anna = User.objects.filter(role=Role.ACCOUNTANT).order_by("pk").first()
    kirill = User.objects.filter(role=Role.SUPERVISOR).order_by("-pk").first()
    if anna is None or kirill is None or Dispute.objects.exists():
        return
    accounts = _accounts(len(QUESTIONS) + len(IN_QUEUE) + len(BOOKED))
    asked = [_ask(account, question, by=anna) for account, question in zip(accounts, QUESTIONS, strict=False)]
    actions.refuse(dispute=asked[-1], answer=REFUSED, by=kirill)
    _queue(accounts[len(QUESTIONS) :], by=anna)
    _book(accounts[-len(BOOKED) :], by=anna)
    _statement(accounts)


def _accounts(number: int) -> list[Account]:
    """Somebody who was charged too much, then people who pay what most do."""
    bills = Entry.objects.filter(kind=Kind.CHARGE).order_by("-on", "pk")
    wrong = list(bills.filter(amount=-(USUAL_FEE + WRONG_BY)).values_list("account", flat=True)[:1])
    usual = bills.filter(amount=-USUAL_FEE).exclude(account__in=wrong).values_list("account", flat=True)
    ids = [*wrong, *usual[: number - len(wrong)]]
    found = Account.objects.select_related("subscriber__premise__building").in_bulk(ids)
    return [found[pk] for pk in ids]


def _ask(account: Account, question: Question, *, by: User) -> Dispute:
    reason = Reason.objects.get(code=question.reason)
    about = queries.charges_to_correct(account).first() if reason.rule in proposing.NEEDS_CHARGE else None
    proposed = queries.proposal(account, reason, about=about, hours=question.hours).amount
    key = f"demo:{account.pk}"
    contact = actions.receive_question(subscriber=account.subscriber, channel=question.channel, key=key, by=by)
    return actions.raise_dispute(
        account=account,
        reason=reason,
        amount=money.parse(question.amount) if proposed is None or question.amount else proposed,
        contact=contact,
        key=key,
        about=about,
        hours=question.hours,
        note=question.note,
        by=by,
    )


def _queue(accounts: list[Account], *, by: User) -> None:
    for account, note in zip(accounts, IN_QUEUE, strict=False):
        actions.take_number(by=by, subscriber=account.subscriber if note else None, note=note)


def _book(accounts: list[Account], *, by: User) -> None:
    """On the next working day: today's hours may be over."""
    day = timezone.localdate(clock.now()) + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    for account, (at, note) in zip(accounts, BOOKED, strict=False):
        starts_at = timezone.make_aware(datetime.combine(day, at))
        actions.book(subscriber=account.subscriber, starts_at=starts_at, note=note, by=by)


def _statement(accounts: list[Account]) -> None:
    """A terminal network's file of yesterday: most lines find their account, one has none, one an impossible day."""
    day = timezone.localdate(clock.now()) - timedelta(days=1)
    found = [(f"{day:%d.%m.%Y}", one.subscriber.account, USUAL_FEE + 50 * (n % 3)) for n, one in enumerate(accounts)]
    lost = [(f"{day:%d.%m.%Y}", "999000111", 450), (f"31.02.{day:%Y}", accounts[0].subscriber.account, 100)]
    rows = [f"{n};{on};{account};{sum_},00" for n, (on, account, sum_) in enumerate([*found, *lost], 1)]
    total = sum(sum_ for _on, _account, sum_ in [*found, *lost])
    text = "\n".join(["номер;дата;лицевой счёт;сумма", *rows, f"итого;;;{total},00", ""])
    name = f"terminals-{day:%Y-%m-%d}.csv"
    actions.take_statement(body=text.encode("cp1251"), name=name, book=Book.TERMINALS, by=System.IMPORT)
