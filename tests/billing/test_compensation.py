"""An incident is over: everybody it left without service gets money back, in one step, once."""

import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from billing import actions, charging, compensating
from billing.charging import Idle, Tariff
from billing.models import Account, CompensationSheet, Entry, Letter, Reason
from billing.seeds import seed_reasons
from common import clock
from contacts import actions as contacts
from incidents.models import Incident
from staff.models import User
from tests.factories.town import House, house

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # noon in Pushkin, two days before "now"
finance = pytest.mark.usefixtures("finance", "at_noon")


def closed(home: House, *, hours: float = 6, start: datetime = NOON, **where: Any) -> Incident:
    end = start + timedelta(hours=hours)
    place = where or {"scope_kind": "building", "building": home.building}
    dates = {"started_at": start, "opened_at": start, "restored_at": end, "closed_at": end + timedelta(hours=1)}
    return Incident.objects.create(state="closed", resolution="restored", **place, **dates)


@pytest.fixture
def home(db: None, anna: User) -> House:
    """Eight flats at 744 roubles: an hour of March costs a rouble."""
    home = house()
    for someone in home.subscribers:
        account = actions.account_of(someone)
        tariff = {"kind": "internet", "title": "Дом", "fee": Decimal(744), "since": date(2026, 1, 1)}
        actions.set_tariff(account=account, by=anna, **tariff)
    return home


def balances() -> list[Decimal]:
    return list(Account.objects.order_by("pk").values_list("balance", flat=True))


@finance
def test_from_the_closed_incident_to_money_on_the_accounts(anna_in: Client, home: House) -> None:
    closed(home)
    assert (actions.make_sheets(), actions.make_sheets()) == (1, 0)
    sheet = CompensationSheet.objects.get()
    assert set(sheet.lines.values_list("amount", "hours")) == {(6, 6)}
    page = anna_in.get(f"/compensation/{sheet.pk}/").content.decode()
    assert "6 из 744 часов" in page
    assert "48" in page
    out = sheet.lines.order_by("pk")[0]
    anna_in.post(f"/compensation/{sheet.pk}/tick/", {"account": out.account_id, "included": "0"})
    assert anna_in.post(f"/compensation/{sheet.pk}/post/").status_code == 302
    assert balances() == [0] + [6] * 7
    assert Letter.objects.count() == 7
    assert "6" in Letter.objects.all()[0].text
    again = anna_in.post(f"/compensation/{sheet.pk}/post/", follow=True)
    assert "Уже решено" in again.content.decode()
    assert balances() == [0] + [6] * 7
    entry = Entry.objects.all()[0]
    account = f"/accounts/{entry.account.subscriber.account}/"
    assert "6 из 744 часов" in anna_in.get(account).content.decode()


@finance
def test_a_node_cuts_off_every_house_on_it(home: House, anna: User) -> None:
    far = house("90", street="Дальняя")
    actions.account_of(far.subscribers[0])
    closed(home, scope_kind="node", node=home.building.node)
    actions.make_sheets()
    found = CompensationSheet.objects.get().lines.values_list("account__subscriber__premise__building", flat=True)
    same = far.building.node_id == home.building.node_id
    assert set(found) == {home.building.pk}
    assert same, "the far house hangs on the same node, but nobody there has a tariff"


@finance
def test_a_short_outage_or_a_false_alarm_makes_no_sheet(home: House) -> None:
    closed(home, hours=3.9)
    Incident.objects.update(resolution="dismissed")
    closed(home, hours=3.9)
    assert actions.make_sheets() == 0


@finance
def test_who_was_suspended_lost_nothing_and_a_change_of_tariff_counts(
    at_noon: time_machine.Traveller, home: House, anna: User
) -> None:
    asleep, moved = home.subscribers[:2]
    at_noon.move_to(NOON - timedelta(days=2))
    actions.suspend(subscriber=asleep, reason="Долг", by=anna)
    at_noon.move_to(NOON + timedelta(days=2))
    account = actions.account_of(moved)
    tariff = {"kind": "internet", "title": "Дом 2", "fee": Decimal(1488), "since": date(2026, 3, 3)}
    actions.set_tariff(account=account, by=anna, **tariff)
    closed(home, hours=24)
    actions.make_sheets()
    sheet = CompensationSheet.objects.get()
    assert not sheet.lines.filter(account__subscriber=asleep).exists()
    line = sheet.lines.get(account=account)
    assert [one["amount"] for one in line.formula["lines"]] == ["12.00", "24.00"]


@finance
def test_dropped_with_a_reason(anna_in: Client, home: House) -> None:
    closed(home)
    actions.make_sheets()
    sheet = CompensationSheet.objects.get()
    anna_in.post(f"/compensation/{sheet.pk}/drop/", {"reason": " "})
    assert CompensationSheet.objects.get().is_draft
    anna_in.post(f"/compensation/{sheet.pk}/drop/", {"reason": "Плановые работы"})
    anna_in.post(f"/compensation/{sheet.pk}/post/")
    assert (CompensationSheet.objects.get().state, Entry.objects.count()) == ("dropped", 0)
    assert "Плановые работы" in anna_in.get(f"/compensation/{sheet.pk}/").content.decode()


@finance
def test_with_nobody_ticked_nothing_is_posted(anna_in: Client, home: House) -> None:
    closed(home)
    actions.make_sheets()
    sheet = CompensationSheet.objects.get()
    anna_in.post(f"/compensation/{sheet.pk}/tick/", {"included": "0"})
    anna_in.post(f"/compensation/{sheet.pk}/post/")
    assert (CompensationSheet.objects.get().state, Entry.objects.count()) == ("draft", 0)
    anna_in.post(f"/compensation/{sheet.pk}/tick/", {"included": "1"})
    anna_in.post(f"/compensation/{sheet.pk}/tick/", {"account": "x", "included": "0"})
    assert sheet.lines.filter(included=True).count() == 8


@finance
def test_the_sheet_as_a_workbook_and_its_cost(anna_in: Client, home: House) -> None:
    closed(home)
    actions.make_sheets()
    sheet = CompensationSheet.objects.get()
    reply = anna_in.get(f"/compensation/{sheet.pk}/sheet.xlsx")
    book = zipfile.ZipFile(BytesIO(b"".join(reply.streaming_content)))  # type: ignore[attr-defined]
    sheet_text = book.read("xl/worksheets/sheet1.xml").decode()
    assert home.subscribers[3].account in sheet_text
    assert "<t>Да</t>" in sheet_text, "yes and no are said in words"
    counts = []
    for shown in ("Иванова1", ""):
        with CaptureQueriesContext(connection) as caught:
            anna_in.get(f"/compensation/{sheet.pk}/", {"q": shown})
        counts.append(len(caught))
    assert counts[0] == counts[1]


@finance
def test_others_do_not_come_near(olga: User, vera: User, home: House) -> None:
    for who in (olga, vera):
        client = Client()
        client.force_login(who)
        assert client.get("/compensation/").status_code == 403


def sheet_of(incident: Incident) -> CompensationSheet:
    return CompensationSheet.objects.get(incident=incident)


@finance
def test_a_house_inside_a_node_is_given_each_hour_once(home: House, anna: User) -> None:
    house_out, node_out = closed(home), closed(home, hours=8, scope_kind="node", node=home.building.node)
    assert actions.make_sheets() == 2
    assert set(sheet_of(house_out).lines.values_list("amount", flat=True)) == {6}
    assert set(sheet_of(node_out).lines.values_list("amount", flat=True)) == {2}, "the last two hours are left"
    for one in (node_out, house_out):  # whichever is posted first
        actions.post_sheet(sheet=sheet_of(one), by=anna)
    assert set(balances()) == {8}


@finance
def test_two_outages_in_a_row_that_overlap_pay_for_the_whole_time(anna_in: Client, home: House, anna: User) -> None:
    first, second = closed(home), closed(home, start=NOON + timedelta(hours=4))
    actions.make_sheets()
    page = anna_in.get(f"/compensation/{sheet_of(second).pk}/").content.decode()
    assert "Учтено только 02.03 18:00–22:00" in page
    for one in (first, second):
        actions.post_sheet(sheet=sheet_of(one), by=anna)
    assert set(balances()) == {10}


@finance
def test_hours_of_a_dropped_sheet_or_a_reversed_sum_are_free_again(home: House, anna: User) -> None:
    dropped, again = closed(home), closed(home, hours=8)
    actions.make_sheets()
    actions.drop_sheet(sheet=sheet_of(dropped), reason="Плановые работы", by=anna)
    sheet = actions.post_sheet(sheet=sheet_of(again), by=anna)
    assert sheet.is_draft, "the lines have grown: they are looked through again"
    actions.post_sheet(sheet=sheet, by=anna)
    assert set(balances()) == {8}
    entry = Entry.objects.filter(account__subscriber=home.subscribers[0]).get()
    actions.reverse(entry=entry, reason="Не тот абонент", on=date(2026, 3, 4), by=anna)
    third = closed(home, hours=5)
    actions.make_sheet(incident=third, by=anna)
    assert list(sheet_of(third).lines.values_list("account", "amount")) == [(entry.account_id, 5)]


@finance
def test_posting_looks_again_at_what_others_gave_meanwhile(anna_in: Client, home: House, anna: User) -> None:
    """The later sheet was made while the earlier line was unticked: both hold the same hours."""
    early, late = closed(home), closed(home, hours=7)
    actions.make_sheet(incident=early, by=anna)
    actions.tick(sheet=sheet_of(early), account_ids=None, included=False, by=anna)
    actions.make_sheet(incident=late, by=anna)
    actions.post_sheet(sheet=sheet_of(late), by=anna)
    anna_in.post(f"/compensation/{sheet_of(early).pk}/tick/", {"included": "1"})
    reply = anna_in.post(f"/compensation/{sheet_of(early).pk}/post/", follow=True)
    assert "ведомость пересчитана" in reply.content.decode()
    assert "За эти часы перерасчёт уже сделан" in reply.content.decode()
    assert set(balances()) == {7}
    assert not sheet_of(early).lines.filter(included=True).exists()
    anna_in.post(f"/compensation/{sheet_of(early).pk}/tick/", {"included": "1"})
    anna_in.post(f"/compensation/{sheet_of(early).pk}/post/")
    assert set(balances()) == {7}, "ticked by hand it is counted again"


@finance
def test_who_was_given_money_for_the_downtime_is_left_unticked(anna_in: Client, home: House, anna: User) -> None:
    seed_reasons()
    account = actions.account_of(home.subscribers[0])
    call = contacts.receive(channel="phone", key="c", at=clock.now(), by=anna, subscriber_id=account.subscriber_id)
    asked = actions.raise_dispute(
        account=account,
        reason=Reason.objects.get(rule="downtime"),
        amount=Decimal(6),
        hours=Decimal(6),
        contact=call,
        key="d",
        by=anna,
    )
    assert asked.state == "posted"
    closed(home)
    actions.make_sheets()
    sheet = CompensationSheet.objects.get()
    assert list(sheet.lines.filter(included=False).values_list("account", flat=True)) == [account.pk]
    assert (
        f"По вопросу № {asked.pk} деньги за простой уже начислены"
        in anna_in.get(f"/compensation/{sheet.pk}/").content.decode()
    )
    actions.tick(sheet=sheet, account_ids=[account.pk], included=True, by=anna)
    assert not actions.post_sheet(sheet=sheet, by=anna).is_draft, "she has read the note and decided"


@finance
def test_a_question_that_came_before_posting_is_found_then(home: House, anna: User) -> None:
    seed_reasons()
    closed(home)
    actions.make_sheets()
    account = actions.account_of(home.subscribers[0])
    call = contacts.receive(channel="phone", key="c", at=clock.now(), by=anna, subscriber_id=account.subscriber_id)
    outage = Reason.objects.get(rule="downtime")
    sums = {"amount": Decimal(6), "hours": Decimal(6)}
    actions.raise_dispute(account=account, reason=outage, contact=call, key="d", by=anna, **sums)
    sheet = actions.post_sheet(sheet=CompensationSheet.objects.get(), by=anna)
    assert sheet.is_draft
    actions.post_sheet(sheet=sheet, by=anna)
    assert set(balances()) == {6}


@finance
def test_a_short_outage_gets_its_sheet_by_hand(anna_in: Client, home: House) -> None:
    short = closed(home, hours=2)
    noise = closed(home, hours=2)
    Incident.objects.filter(pk=noise.pk).update(resolution="dismissed")
    assert actions.make_sheets() == 0
    page = anna_in.get("/compensation/").content.decode()
    assert f"/compensation/incidents/{short.pk}/" in page
    assert f"/compensation/incidents/{noise.pk}/" not in page
    for _click in range(2):
        reply = anna_in.post(f"/compensation/incidents/{short.pk}/")
        assert reply["Location"] == f"/compensation/{sheet_of(short).pk}/"
    assert set(sheet_of(short).lines.values_list("amount", flat=True)) == {2}
    anna_in.post(f"/compensation/incidents/{noise.pk}/")
    assert CompensationSheet.objects.count() == 1
    assert f"/compensation/incidents/{short.pk}/" not in anna_in.get("/compensation/").content.decode()


@finance
def test_the_lists_cost_the_same_however_long_they_are(anna_in: Client, home: House) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert anna_in.get(path).status_code == 200
        return len(caught)

    paths = ("/compensation/", "/accounts/?q=Оранжерейная 2")
    house("2", flats=1)
    closed(home, hours=1)
    few = [cost(path) for path in paths]
    for n in range(9):
        closed(home, hours=1)
        house(f"2к{n}", flats=2)
    assert [cost(path) for path in paths] == few


FEE = Tariff("internet", date(2020, 1, 1), None, "Дом", Decimal("599.99"))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 4, 1))


@given(first=MOMENTS, second=MOMENTS)
def test_hours_are_worth_their_share_and_never_more_than_the_months(first: datetime, second: datetime) -> None:
    start, end = sorted((first, second))
    found = compensating.lost([FEE], [], [(start, end)])
    assert abs(sum(one.hours for one in found) - Decimal((end - start).total_seconds()) / 3600) <= Decimal("0.03")
    for one in found:
        assert 0 <= one.hours <= one.month_hours
    months = list(charging.months(start.date(), end.date()))
    assert compensating.total(compensating.priced(found)) <= FEE.fee * len(months)


@given(first=MOMENTS, second=MOMENTS)
def test_suspended_days_are_worth_nothing(first: datetime, second: datetime) -> None:
    start, end = sorted((first, second))
    assert compensating.lost([FEE], [Idle(start.date(), end.date())], [(start, end)]) == []


SPANS = st.lists(st.tuples(st.integers(0, 48), st.integers(0, 48)).map(sorted).map(tuple), max_size=6)


@given(taken=SPANS, ends=st.tuples(st.integers(0, 48), st.integers(0, 48)).map(sorted))
def test_what_is_left_of_a_span_is_every_hour_that_nobody_took(taken: list[tuple[int, int]], ends: list[int]) -> None:
    def at(hour: int) -> datetime:
        return datetime(2026, 3, 1) + timedelta(hours=hour)

    found = compensating.left(at(ends[0]), at(ends[1]), [(at(a), at(b)) for a, b in taken])
    hours = [n for n in range(48) if any(start <= at(n) < end for start, end in found)]
    assert hours == [n for n in range(*ends) if not any(a <= n < b for a, b in taken)]
    assert found == sorted(found)
    assert sum((end - start).total_seconds() for start, end in found) == 3600 * len(hours), "no span overlaps another"
