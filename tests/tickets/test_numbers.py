"""A ticket's number in a text is a link, for whoever may see the ticket, and never a way in for markup."""

from collections.abc import Callable

import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import Client

from staff.models import User
from tests.tickets.test_story import opened
from tickets import actions, numbers

Browser = Callable[[User], Client]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("см. № 20014 и #20015.", ["020014", "020015"]),
        ("№020014", ["020014"]),
        ("https://desk.example.org/tickets/020014/ вот", ["020014"]),
        ("цвет &#20014; дом#7 /#12", []),
        ("20014 без знака, № телефона", []),
        ("#1234567890123", []),
        ("##20014", []),
    ],
)
def test_what_is_a_number(text: str, found: list[str]) -> None:
    assert [one.number for one in numbers.said(text)] == found


def test_markup_around_a_number_stays_text() -> None:
    made = numbers.linked('<b onclick="x">#20014</b> & "№ 7"', {"020014"})
    assert made == (
        '&lt;b onclick=&quot;x&quot;&gt;<a href="/tickets/020014/">#20014</a>&lt;/b&gt; &amp; &quot;№ 7&quot;'
    )
    assert numbers.linked("#20014 <i>", ()) == "#20014 &lt;i&gt;"


@pytest.mark.django_db
def test_a_note_leads_to_the_tickets_its_reader_may_see(
    at_noon: time_machine.Traveller, sergey: User, anna: User, signed_in: Browser
) -> None:
    ticket, other, hidden = opened(sergey), opened(sergey), opened(anna, desk="finance")
    short = other.number.lstrip("0")
    actions.comment(ticket=ticket, text=f"То же, что #{short} и № {hidden.number} и #999999 <u>", by=sergey)
    page = signed_in(sergey).get(f"/tickets/{ticket.number}/").content.decode()
    assert f'<a href="/tickets/{other.number}/">#{short}</a> и № {hidden.number} и #999999 &lt;u&gt;' in page


@pytest.mark.django_db
def test_history_elsewhere_shows_its_words_as_they_are(sergey: User) -> None:
    ticket = opened(sergey)
    actions.comment(ticket=ticket, text="#20001 <b>", by=sergey)
    shown = render_to_string("ui/_history.html", {"events": ticket.history.all()})
    assert "#20001 &lt;b&gt;" in shown
