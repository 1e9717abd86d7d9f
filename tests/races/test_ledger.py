"""Two accountants, one account."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

from billing import actions
from billing.models import (
    Account,
    Book,
    CompensationLine,
    CompensationSheet,
    Dispute,
    Entry,
    Kind,
    PromisedPayment,
    Reason,
    StatementLine,
    WalkIn,
)
from billing.seeds import seed_reasons
from common import clock
from common.history import System
from contacts import actions as contacts
from contacts.models import Contact
from customers.models import Subscriber
from incidents.models import Incident
from staff.models import Role, User
from tests.billing.conftest import *  # noqa: F403
from tests.billing.test_questions import picture
from tests.factories.town import house
from tests.races.together import errors, together

pytestmark = pytest.mark.usefixtures("finance_racing")
DAY = date(2026, 3, 4)
NOON, SIX_HOURS = datetime(2026, 3, 2, 9, 0, tzinfo=UTC), timedelta(hours=6)


@pytest.fixture
def two(finance_racing: None, anna: User) -> tuple[User, User]:
    seed_reasons()
    return anna, User.objects.create_user("nina", password="correct horse", role=Role.ACCOUNTANT)


@pytest.fixture
def theirs(two: tuple[User, User]) -> Account:
    account = Account.objects.create(subscriber=house().subscribers[0])
    charge = {"kind": Kind.CHARGE, "book": Book.REVENUE, "amount": Decimal(-450), "on": DAY, "key": "c"}
    actions.post(account=account, by=two[0], **charge)
    return account


def is_whole(account: Account) -> bool:
    total = Entry.objects.filter(account=account).aggregate(total=Sum("amount"))["total"]
    return Account.objects.get(pk=account.pk).balance == total


def contact(account: Account, key: str, by: User) -> Contact:
    return contacts.receive(channel="phone", key=key, at=clock.now(), by=by, subscriber_id=account.subscriber_id)


def test_they_post_side_by_side_and_the_balance_stays_the_sum(theirs: Account, two: tuple[User, User]) -> None:
    deeds = [
        partial(
            actions.record_payment, account=theirs, book=Book.CASH, amount=Decimal(n + 1), on=DAY, key=f"p{n}", by=who
        )
        for n in range(6)
        for who in two
    ]
    assert errors(together(*deeds)) == [], "the same key of both is one payment"
    theirs.refresh_from_db()
    assert theirs.balance == -450 + 1 + 2 + 3 + 4 + 5 + 6
    assert is_whole(theirs)


def test_one_entry_is_reversed_once(theirs: Account, two: tuple[User, User]) -> None:
    pay = {"book": Book.CASH, "amount": Decimal(450), "on": DAY, "key": "p"}
    entry = actions.record_payment(account=theirs, by=two[0], **pay)
    deeds = [partial(actions.reverse, entry=entry, reason="Ошибка", on=DAY, by=who) for who in two]
    assert [type(error) for error in errors(together(*deeds))] == [actions.AlreadyReversed]
    assert is_whole(theirs)
    theirs.refresh_from_db()
    assert theirs.balance == -450


def asked(account: Account, by: User, key: str, reason: str, amount: int, about: Entry | None = None) -> Any:
    """A question to be raised."""
    return partial(
        actions.raise_dispute,
        account=account,
        reason=Reason.objects.get(code=reason),
        amount=Decimal(amount),
        contact=contact(account, f"call {key}", by),
        key=key,
        about=about,
        by=by,
    )


def states() -> list[str]:
    return sorted(Dispute.objects.values_list("state", flat=True))


def test_a_sum_in_two_pieces_at_once_is_held_by_the_limit(theirs: Account, two: tuple[User, User]) -> None:
    assert errors(together(*[asked(theirs, who, f"d{who.pk}", "goodwill", 200) for who in two])) == []
    assert states() == ["posted", "waits"]
    assert is_whole(theirs)


def test_the_limit_of_a_day_holds_over_two_accounts(theirs: Account, two: tuple[User, User]) -> None:
    actions.set_day_limit(amount=Decimal(250), by=two[1])
    neighbours = Subscriber.objects.exclude(pk=theirs.subscriber_id)[:3]
    others = [Account.objects.create(subscriber=one) for one in neighbours]
    deeds = [asked(one, two[0], f"d{one.pk}", "goodwill", 200) for one in (theirs, *others)]
    assert errors(together(*deeds)) == []
    assert states() == ["posted", "waits", "waits", "waits"]


def test_one_paper_is_taken_in_once(theirs: Account, two: tuple[User, User]) -> None:
    paper = asked(theirs, two[0], "d", "claim", 100)()
    actions.add_scans(application=paper.application, bodies=[picture()], by=two[0])
    deeds = [partial(actions.paper_signed, dispute=paper, by=who) for who in two]
    assert [type(error) for error in errors(together(*deeds))] == [actions.DisputeMoved]
    theirs.refresh_from_db()
    assert (theirs.balance, states()) == (-350, ["posted"])
    assert is_whole(theirs)


def test_a_correction_taken_back_while_its_rest_is_given(theirs: Account, two: tuple[User, User]) -> None:
    charge = Entry.objects.get()
    given = asked(theirs, two[0], "d1", "charged_twice", 300, charge)()
    back = partial(actions.reverse, entry=given.entry, reason="Ошибка", on=DAY, by=two[1], tells=True)
    failed = errors(together(back, asked(theirs, two[0], "d2", "charged_twice", 450, charge)))
    theirs.refresh_from_db()
    assert ([type(error) for error in failed], theirs.balance) in [([], 0), ([actions.TooMuch], -450)]
    assert is_whole(theirs)


def test_both_correct_one_charge_and_it_is_given_back_once(theirs: Account, two: tuple[User, User]) -> None:
    deeds = [asked(theirs, who, f"d{who.pk}", "charged_twice", 450, Entry.objects.get()) for who in two]
    assert [type(error) for error in errors(together(*deeds))] == [actions.TooMuch]
    theirs.refresh_from_db()
    assert (theirs.balance, Dispute.objects.count()) == (0, 1)
    assert is_whole(theirs)


def test_confirmed_and_withdrawn_at_once_is_one_of_both(theirs: Account, two: tuple[User, User], vera: User) -> None:
    Reason.objects.update(own_limit=0)
    question = asked(theirs, two[0], "d", "charged_twice", 450, Entry.objects.get())()
    deeds = [
        partial(actions.confirm, dispute=question, by=vera),
        partial(actions.withdraw, dispute=question, by=two[0]),
    ]
    assert [type(error) for error in errors(together(*deeds))] == [actions.DisputeMoved]
    question.refresh_from_db()
    theirs.refresh_from_db()
    assert (question.state, theirs.balance) in {("posted", 0), ("withdrawn", -450)}
    assert is_whole(theirs)


def test_a_compensation_sheet_is_made_and_posted_once(theirs: Account, two: tuple[User, User]) -> None:
    tariff = {"kind": "internet", "title": "Дом", "fee": Decimal(744), "since": date(2026, 1, 1)}
    actions.set_tariff(account=theirs, by=two[0], **tariff)
    building = theirs.subscriber.premise.building
    dates = {"started_at": NOON, "opened_at": NOON, "restored_at": NOON + SIX_HOURS, "closed_at": NOON + SIX_HOURS}
    over = Incident.objects.create(
        state="closed", resolution="restored", scope_kind="building", building=building, **dates
    )
    made = together(*[partial(actions.make_sheet, incident=over, by=System.SWEEP) for _copy in range(2)])
    assert sum(one is not None for one in made) == 1
    sheet = CompensationSheet.objects.get()
    deeds = [partial(actions.post_sheet, sheet=sheet, by=who) for who in two]
    assert [type(error) for error in errors(together(*deeds))] == [actions.SheetMoved]
    theirs.refresh_from_db()
    assert theirs.balance == -450 + 6
    assert is_whole(theirs)


def test_overlapping_sheets_posted_at_once_give_each_hour_once(theirs: Account, two: tuple[User, User]) -> None:
    tariff = {"kind": "internet", "title": "Дом", "fee": Decimal(744), "since": date(2026, 1, 1)}
    actions.set_tariff(account=theirs, by=two[0], **tariff)
    building = theirs.subscriber.premise.building
    sheets = []
    for place in ({"scope_kind": "building", "building": building}, {"scope_kind": "node", "node": building.node}):
        dates = {"started_at": NOON, "opened_at": NOON, "restored_at": NOON + SIX_HOURS, "closed_at": NOON + SIX_HOURS}
        over = Incident.objects.create(state="closed", resolution="restored", **place, **dates)
        sheet = actions.make_sheet(incident=over, by=two[0])
        assert sheet is not None
        actions.tick(sheet=sheet, account_ids=None, included=False, by=two[0])  # the next one counts the hours too
        sheets.append(sheet)
    CompensationLine.objects.update(included=True)
    together(*[partial(actions.post_sheet, sheet=sheet, by=who) for sheet, who in zip(sheets, two, strict=True)])
    theirs.refresh_from_db()
    assert theirs.balance == -450 + 6
    assert is_whole(theirs)


@pytest.mark.parametrize("n", range(3))
def test_a_new_promise_against_the_sweep_that_breaks_the_old_one(
    theirs: Account, two: tuple[User, User], n: int
) -> None:
    actions.promise(account=theirs, amount=Decimal(450), until=timezone.localdate(clock.now()), by=two[0])
    PromisedPayment.objects.update(until=DAY)  # long over
    promise = partial(
        actions.promise, account=theirs, amount=Decimal(450), until=timezone.localdate(clock.now()), by=two[1]
    )
    outcomes = together(promise, actions.settle_promises)
    theirs.refresh_from_db()
    states = sorted(theirs.promises.values_list("state", flat=True))
    if errors(outcomes):  # she came first: the old promise was still open, and then it was broken
        assert [type(error) for error in errors(outcomes)] == [actions.PromiseOpen]
        assert (states, theirs.state) == (["broken"], "suspended")
    else:  # the sweep came first: her promise brought the service back
        assert (states, theirs.state) == (["broken", "open"], "active")


def test_two_desks_call_two_people(two: tuple[User, User]) -> None:
    for _visitor in range(2):
        actions.take_number(by=two[0])
    called = together(*[partial(actions.call_next, by=who) for who in two])
    assert {one.number for one in called} == {1, 2}
    numbers = together(*[partial(actions.take_number, by=who) for who in two])
    assert {one.number for one in numbers} == {3, 4}


def test_one_desk_that_presses_next_twice_calls_one_person(two: tuple[User, User]) -> None:
    for _visitor in range(2):
        actions.take_number(by=two[0])
    outcomes = together(*[partial(actions.call_next, by=two[0]) for _click in range(2)])
    assert [type(error) for error in errors(outcomes)] == [actions.AlreadyCalled]
    assert list(WalkIn.objects.values_list("state", flat=True)) == ["called", "waits"]


def test_two_accountants_book_the_last_place_once(theirs: Account, two: tuple[User, User], settings: Any) -> None:
    settings.FRONT_DESKS = 1
    people = [theirs.subscriber, *house("23", flats=1).subscribers]
    at = next_working_noon()
    deeds = [
        partial(actions.book, subscriber=person, starts_at=at, by=who) for person, who in zip(people, two, strict=True)
    ]
    assert [type(error) for error in errors(together(*deeds))] == [actions.SlotTaken]


def next_working_noon() -> datetime:
    day = timezone.localtime(clock.now()).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def test_one_file_taken_in_twice_at_once_is_posted_once(theirs: Account, two: tuple[User, User]) -> None:
    deeds = [partial(actions.take_statement, body=paid(theirs, 1, 2), name="a", book="cash", by=who) for who in two]
    outcomes = together(*deeds)
    assert errors(outcomes) == []
    assert sorted(is_new for _made, is_new in outcomes) == [False, True]
    theirs.refresh_from_db()
    assert theirs.balance == -450 + 20


def test_two_files_that_overlap_post_what_they_share_once(theirs: Account, two: tuple[User, User]) -> None:
    deeds = [
        partial(actions.take_statement, body=paid(theirs, *numbers), name="a", book="cash", by=who)
        for who, numbers in zip(two, ((1, 2, 3), (3, 2, 4)), strict=True)
    ]
    assert errors(together(*deeds)) == []
    theirs.refresh_from_db()
    assert theirs.balance == -450 + 40
    assert StatementLine.objects.filter(state="duplicate").count() == 2
    assert is_whole(theirs)


def test_a_line_matched_by_both_is_posted_once(theirs: Account, two: tuple[User, User]) -> None:
    stranger = paid(theirs, 1).replace(theirs.subscriber.account.encode(), b"99999999")
    actions.take_statement(body=stranger, name="a", book="cash", by=two[0])
    line, number = StatementLine.objects.get(), theirs.subscriber.account
    deeds = [partial(actions.match_line, line=line, account_number=number, by=who) for who in two]
    assert [type(error) for error in errors(together(*deeds))] == [actions.LineSettled]
    entry = StatementLine.objects.get().entry
    assert entry is not None
    actions.reverse(entry=entry, reason="Не тот", on=DAY, by=two[0])
    assert [type(error) for error in errors(together(*deeds))] == [actions.LineSettled]
    theirs.refresh_from_db()
    assert theirs.balance == -450 + 10
    assert is_whole(theirs)


def paid(account: Account, *numbers: int) -> bytes:
    """A CSV with a payment of ten roubles under each number."""
    rows = "".join(f"04.03.2026;{account.subscriber.account};10;{n}\n" for n in numbers)
    return f"Дата;Лицевой счет;Сумма;Номер\n{rows}".encode()
