"""What other desks hand over to the accountant, and what becomes of it."""

import pytest
import time_machine
from django.test import Client

from billing import actions
from billing.models import Account, Dispute
from contacts import actions as contacts
from contacts.models import Contact, Topic
from staff.models import User
from tests.billing.test_applications import signed_claim
from tests.billing.test_questions import ask_url, form, posted
from tickets import actions as tickets
from tickets.models import Ticket

pytestmark = pytest.mark.usefixtures("finance", "at_noon")


@pytest.fixture
def ticket(sergey: User, account: Account) -> Ticket:
    made = tickets.open_ticket(
        desk="support", subject="Списали дважды", channel="phone", by=sergey, subscriber=account.subscriber, text="-"
    )
    return tickets.hand_over(ticket=made, to="finance", by=sergey, reason="Деньги")


def call_about_money(account: Account, by: User) -> Contact:
    topic = Topic.objects.get(code="billing").pk
    return contacts.receive(
        channel="phone",
        key="line:7",
        at=Contact._meta.get_field("created_at").default(),
        by=by,
        subscriber_id=account.subscriber_id,
        topic_id=topic,
    )


def test_the_accountant_sees_what_who_from_whom_and_since_when(
    at_noon: time_machine.Traveller, anna_in: Client, ticket: Ticket, sergey: User, anna: User, account: Account
) -> None:
    at_noon.shift(5 * 60)
    call_about_money(account, anna)
    page = anna_in.get("/handed/").content.decode()
    for words in (ticket.number, "Списали дважды", account.subscriber.name, sergey.title, account.subscriber.account):
        assert words in page
    assert page.index(ticket.number) < page.rindex("Звонок"), "who waits longest comes first"
    assert '<span class="tag n">2</span>' in page, "the bar counts both"


def test_taken_and_returned_with_a_reason(anna_in: Client, ticket: Ticket, anna: User) -> None:
    anna_in.post(f"/handed/{ticket.number}/take/")
    ticket.refresh_from_db()
    assert ticket.assignee == anna
    anna_in.post(f"/handed/{ticket.number}/return/", {"reason": " "})
    ticket.refresh_from_db()
    assert ticket.desk == "finance", "nobody gets it back without a word"
    anna_in.post(f"/handed/{ticket.number}/return/", {"reason": "Нет договора"})
    ticket.refresh_from_db()
    assert (ticket.desk, ticket.assignee) == ("support", None)
    assert "Списали дважды" not in anna_in.get("/handed/").content.decode()
    assert anna_in.post(f"/handed/{ticket.number}/take/").status_code == 404, "it is not ours any more"


def test_an_answered_question_takes_the_call_off_the_list(anna_in: Client, account: Account, anna: User) -> None:
    call = call_about_money(account, anna)
    assert account.subscriber.account in anna_in.get("/handed/").content.decode()
    anna_in.post(ask_url(account), form(posted(account, anna, "-600"), "charged_twice", "100"))
    call.refresh_from_db()
    assert call.closed_at is not None
    assert account.subscriber.account not in anna_in.get("/handed/").content.decode()


def test_a_question_that_waits_for_a_supervisor_stands_among_the_questions_only(
    anna_in: Client, account: Account, anna: User
) -> None:
    call_about_money(account, anna)
    anna_in.post(ask_url(account), form(posted(account, anna, "-5000"), "charged_twice", "5000"))
    assert Dispute.objects.get().is_open
    page = anna_in.get("/handed/").content.decode()
    assert account.subscriber.account not in page
    assert '<span class="tag n">' not in page, "nor does the bar count it"
    assert account.subscriber.account in anna_in.get("/questions/").content.decode()


def test_the_bar_counts_applications_that_press(
    at_noon: time_machine.Traveller, anna_in: Client, account: Account, anna: User
) -> None:
    signed_claim(account, anna, anna_in)
    assert '<span class="tag n">1</span>' not in anna_in.get("/applications/").content.decode()
    at_noon.shift(26 * 24 * 3600)
    anna_in.force_login(anna)
    assert '<span class="tag n">1</span>' in anna_in.get("/applications/").content.decode()
    actions.warn_of_deadlines()
