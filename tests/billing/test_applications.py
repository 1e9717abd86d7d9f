"""An application: printed, signed, photographed, posted, answered in time."""

import re
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from billing import actions, application_pdf, sum_in_words
from billing.models import Account, Application, ApplicationScan, Book, Dispute, Reason, ScanLink
from common import clock
from staff.models import Notice, User
from tests.billing.test_questions import ask_url, form, picture, posted

finance = pytest.mark.usefixtures("finance", "at_noon")


@pytest.fixture
def paper(anna_in: Client, account: Account, anna: User) -> Application:
    """Refund of 700 roubles of advance, waiting for the signature."""
    pay = {"book": Book.CASH, "amount": Decimal(700), "on": clock.now().date(), "key": "pay"}
    actions.record_payment(account=account, by=anna, **pay)
    reason = Reason.objects.get(code="advance").pk
    data = {"reason": reason, "amount": "700", "channel": "walk_in", "key": "k"}
    anna_in.post(f"/accounts/{account.subscriber.account}/question/", data)
    return Application.objects.get()


def page(color: str = "white") -> SimpleUploadedFile:
    return SimpleUploadedFile("page.jpg", picture(color), "image/jpeg")


def token_for(client: Client, paper: Application) -> str:
    shown = client.post(f"/applications/{paper.pk}/link/", headers={"HX-Request": "true"}).content.decode()
    assert "data:image/svg+xml" in shown
    found = re.search(r"/applications/scan/([\w-]+)/", shown)
    assert found
    return found[1]


def balance() -> Decimal:
    return Account.objects.get(disputes__isnull=False).balance


@finance
def test_printed_signed_photographed_and_posted(anna_in: Client, paper: Application) -> None:
    assert paper.number == "2026-0001"
    printed = anna_in.get(f"/applications/{paper.pk}/paper.pdf")
    assert printed.content.startswith(b"%PDF")
    assert b"DejaVuSans" in printed.content
    early = anna_in.post(f"/applications/{paper.pk}/sign/", follow=True)
    assert "Сначала приложите" in early.content.decode()
    assert balance() == 700
    phone = Client()
    url = f"/applications/scan/{token_for(anna_in, paper)}/"
    shown = phone.get(url).content.decode()
    assert paper.number in shown
    assert paper.account.subscriber.name not in shown
    assert phone.post(url, {"deed": "done"}).status_code == 422, "nothing was photographed yet"
    for color in ("white", "gray", "red"):  # a camera gives one photo a shot
        assert phone.post(url, {"pages": [page(color)]}).status_code == 200
    blurred = ApplicationScan.objects.latest("pk")
    assert phone.post(url, {"remove": blurred.pk}).content.decode().count('name="remove"') == 2
    assert phone.post(url, {"deed": "done"}).status_code == 200
    assert phone.post(url, {"pages": [page("blue")]}).status_code == 410
    assert phone.post(url, {"remove": ApplicationScan.objects.all()[0].pk}).status_code == 410
    assert anna_in.get(f"/applications/{paper.pk}/").content.decode().count("<img") == 2
    anna_in.post(f"/applications/{paper.pk}/sign/")
    paper.refresh_from_db()
    dispute = Dispute.objects.get()
    assert (paper.state, dispute.state, balance()) == ("signed", "posted", 0)
    assert dispute.contact.closed_at is not None
    assert paper.due_on is None, "money that is given back is no claim: nobody waits for an answer"
    scan = ApplicationScan.objects.all()[0]
    picture_back = anna_in.get(f"/applications/{paper.pk}/pages/{scan.pk}/")
    assert picture_back["Content-Type"] == "image/jpeg"
    assert "sandbox" in picture_back["Content-Security-Policy"]


@finance
def test_a_link_is_over_after_a_quarter_of_an_hour_or_when_a_new_one_is_made(
    at_noon: time_machine.Traveller, anna_in: Client, paper: Application
) -> None:
    first, second = token_for(anna_in, paper), token_for(anna_in, paper)
    assert Client().get(f"/applications/scan/{first}/").status_code == 410
    assert Client().get(f"/applications/scan/{second}/").status_code == 200
    at_noon.shift(15 * 60 + 1)
    over = Client().post(f"/applications/scan/{second}/", {"pages": [page()]})
    assert over.status_code == 410
    assert "попросите" in over.content.decode().lower()
    assert Client().get("/applications/scan/guess/").status_code == 410
    assert not ApplicationScan.objects.exists()
    assert second not in str(list(ScanLink.objects.values_list()))


@finance
@pytest.mark.parametrize(
    "body", [b"", b"\x00" * 100, b"MZ\x90\x00 program", b"<svg onload=alert(1)>", b"%PDF", b"text"]
)
def test_what_is_no_photo_leaves_the_link_alive(anna_in: Client, paper: Application, body: bytes) -> None:
    url = f"/applications/scan/{token_for(anna_in, paper)}/"
    bad = SimpleUploadedFile("page.jpg", body, "image/jpeg")
    reply = Client().post(url, {"pages": [page(), bad]})
    assert reply.status_code in {200, 422}
    if reply.status_code == 422:
        assert not ApplicationScan.objects.exists(), "all pages or none"
        assert Client().get(url).status_code == 200


@finance
def test_the_same_photo_twice_is_one_page_and_one_line_of_history(anna_in: Client, paper: Application) -> None:
    for _click in range(2):
        anna_in.post(f"/applications/{paper.pk}/pages/", {"pages": [page()]})
    assert ApplicationScan.objects.count() == 1
    assert paper.history.filter(kind="application_scanned").count() == 1


@finance
def test_at_most_ten_pages(anna_in: Client, paper: Application) -> None:
    url = f"/applications/{paper.pk}/pages/"
    anna_in.post(url, {"pages": [page(f"#{n:02}0000") for n in range(11)]})
    assert not ApplicationScan.objects.exists()
    anna_in.post(url, {"pages": [page(f"#{n:02}0000") for n in range(0, 40, 4)]})
    anna_in.post(url, {"pages": [page("blue")]})
    assert ApplicationScan.objects.count() == 10


def signed_claim(account: Account, anna: User, anna_in: Client, key: str = "claim") -> Application:
    charge = posted(account, anna, "-600", key)
    anna_in.post(ask_url(account), form(charge, "claim", "100", key=key))
    claim = Application.objects.latest("pk")
    actions.add_scans(application=claim, bodies=[picture()], by=anna)
    actions.paper_signed(dispute=claim.dispute, by=anna)
    claim.refresh_from_db()
    return claim


@finance
def test_a_claim_is_answered_in_thirty_days_and_the_register_counts_them(
    at_noon: time_machine.Traveller, anna_in: Client, account: Account, anna: User
) -> None:
    claim = signed_claim(account, anna, anna_in)
    assert str(claim.due_on) == "2026-04-03"
    assert "30 дней" in anna_in.get("/applications/").content.decode()
    at_noon.shift(31 * 24 * 3600)
    anna_in.force_login(anna)
    assert "просрочено" in anna_in.get("/applications/?state=signed").content.decode()
    anna_in.post(f"/applications/{claim.pk}/answer/", {"answer": " "})
    anna_in.post(f"/applications/{claim.pk}/answer/", {"answer": "Деньги возвращены на карту"})
    claim.refresh_from_db()
    assert (claim.state, claim.answered_by) == ("answered", anna)
    assert "просрочено" not in anna_in.get("/applications/").content.decode()


@finance
def test_the_most_overdue_stand_on_top_and_what_is_answered_below(
    at_noon: time_machine.Traveller, anna_in: Client, paper: Application, account: Account, anna: User
) -> None:
    answered = signed_claim(account, anna, anna_in, "first")
    actions.answer(application=answered, text="Отвечено", by=anna)
    at_noon.shift(24 * 3600)
    anna_in.force_login(anna)
    early = signed_claim(account, anna, anna_in, "second")
    at_noon.shift(24 * 3600)
    anna_in.force_login(anna)
    late = signed_claim(account, anna, anna_in, "third")
    assert list(Application.objects.by_deadline()) == [early, late, paper, answered]


@finance
def test_accountants_are_warned_five_days_and_a_day_before_and_when_it_is_overdue_once_each(
    at_noon: time_machine.Traveller, anna_in: Client, account: Account, anna: User, vera: User
) -> None:
    claim = signed_claim(account, anna, anna_in)
    told = []
    for _day in range(33):
        at_noon.shift(24 * 3600)
        for _round in range(2):
            actions.warn_of_deadlines()
        told.append(Notice.objects.filter(user=anna).count())
    assert [day for day, (before, now) in enumerate(zip([0, *told], told, strict=False), 1) if now > before] == [
        25,
        29,
        31,
    ]
    assert not Notice.objects.filter(user=vera).exists()
    assert claim.number in str([one.params for one in Notice.objects.all()])
    anna_in.force_login(anna)
    anna_in.post(f"/applications/{claim.pk}/answer/", {"answer": "Отвечено"})
    actions.warn_of_deadlines()
    assert Notice.objects.filter(user=anna).count() == 3


@finance
def test_a_code_that_no_phone_can_open_says_so(anna_in: Client, paper: Application, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    url = f"/applications/{paper.pk}/link/"
    assert "FINANCE_BASE_URL" in anna_in.post(url, HTTP_HOST="localhost:8001").content.decode()
    settings.FINANCE_BASE_URL = "https://finance.example.ru"
    shown = anna_in.post(url, HTTP_HOST="localhost:8001").content.decode()
    assert "https://finance.example.ru/applications/scan/" in shown
    assert "FINANCE_BASE_URL" not in shown


@finance
def test_a_phone_cannot_take_back_what_others_attached(anna_in: Client, paper: Application, anna: User) -> None:
    actions.add_scans(application=paper, bodies=[picture()], by=anna)
    url = f"/applications/scan/{token_for(anna_in, paper)}/"
    Client().post(url, {"remove": ApplicationScan.objects.get().pk})
    assert ApplicationScan.objects.standing().count() == 1


@finance
def test_withdrawn_with_its_question(anna_in: Client, paper: Application) -> None:
    anna_in.post(f"/questions/{paper.dispute_id}/withdraw/")
    paper.refresh_from_db()
    assert (paper.state, balance()) == ("withdrawn", 700)
    assert anna_in.post(f"/applications/{paper.pk}/link/").status_code == 302
    assert not ScanLink.objects.exists()


@finance
def test_money_that_is_gone_meanwhile_is_not_paid_back(
    anna_in: Client, account: Account, paper: Application, anna: User
) -> None:
    entry = account.entries.get()
    actions.reverse(entry=entry, reason="Чужой платёж", on=entry.on, by=anna)
    actions.add_scans(application=paper, bodies=[picture()], by=anna)
    anna_in.post(f"/applications/{paper.pk}/sign/")
    paper.refresh_from_db()
    assert (paper.state, Dispute.objects.get().state) == ("printed", "paper"), "nothing of it, or all of it"


@finance
def test_others_do_not_come_near(olga: User, vera: User, paper: Application) -> None:
    for who in (olga, vera):
        client = Client()
        client.force_login(who)
        for path in ("", f"{paper.pk}/", f"{paper.pk}/paper.pdf"):
            assert client.get(f"/applications/{path}").status_code == 403


def test_a_long_text_takes_another_page() -> None:
    words: dict[str, Any] = {"provider": "ООО «Пушкин-Телеком»", "number": "2026-0001", "name": "Ёлкина Анна Петровна"}
    words |= {"account": "501488", "address": "Новая ул., 18, кв. 26", "asks": "пересмотреть", "basis": "ст. 55"}
    words |= {"is_refund": True, "amount": Decimal("1234.50"), "on": clock.now().date()}
    short = application_pdf.pdf(application_pdf.Form(about="Кратко", **words))
    long = application_pdf.pdf(application_pdf.Form(about="Очень длинный рассказ. " * 200, **words))
    assert short.count(b"/Type /Page\n") < long.count(b"/Type /Page\n")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("0", "Ноль рублей 00 копеек"),
        ("1.01", "Один рубль 01 копейка"),
        ("2", "Два рубля 00 копеек"),
        ("11.12", "Одиннадцать рублей 12 копеек"),
        ("21.21", "Двадцать один рубль 21 копейка"),
        ("1234.50", "Одна тысяча двести тридцать четыре рубля 50 копеек"),
        ("2000", "Две тысячи рублей 00 копеек"),
        ("115002.03", "Сто пятнадцать тысяч два рубля 03 копейки"),
        ("1000000", "Один миллион рублей 00 копеек"),
        ("22000001", "Двадцать два миллиона один рубль 00 копеек"),
    ],
)
def test_sums_in_words(value: str, words: str) -> None:
    assert sum_in_words.roubles(Decimal(value)) == words


@given(st.decimals(min_value=0, max_value="999999999.99", places=2))
def test_every_sum_has_words_of_its_own(value: Decimal) -> None:
    text = sum_in_words.roubles(value)
    assert "  " not in text
    assert "_" not in text
    assert sum_in_words.roubles(value) != sum_in_words.roubles(value + 1 if value < 999_999_998 else value - 1)
