"""The printed form of an application: A4, Russian, ready for a signature."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from fpdf import FPDF

from billing import money, sum_in_words

FONT = "DejaVu"
_FONTS = Path(settings.BASE_DIR) / "static" / "vendor"
_MONTHS = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]


@dataclass(frozen=True)
class Form:
    """What stands on the paper. `amount` in roubles, above zero."""

    provider: str
    number: str
    name: str
    account: str
    address: str
    asks: str
    about: str
    amount: Decimal
    is_refund: bool
    basis: str
    on: date


def pdf(form: Form) -> bytes:
    """One page, or more when the text is long."""
    page = FPDF(format="A4")
    page.set_title(f"Заявление {form.number}")
    page.set_margins(25, 20, 20)
    page.set_auto_page_break(True, 25)
    for style, file in (("", "dejavu-sans.ttf"), ("B", "dejavu-sans-bold.ttf")):
        page.add_font(FONT, style, _FONTS / file)
    page.add_page()
    _head(page, form)
    _body(page, form)
    _foot(page, form)
    return bytes(page.output())


def _head(page: FPDF, form: Form) -> None:
    page.set_font(FONT, "", 11)
    page.set_left_margin(105)
    page.set_x(105)
    for line in (form.provider, f"Абонент: {form.name}", f"лицевой счёт {form.account}", form.address):
        page.multi_cell(0, 6, line, align="L", new_x="LMARGIN", new_y="NEXT")
    page.set_left_margin(25)
    page.ln(16)
    page.set_font(FONT, "B", 14)
    page.cell(0, 8, "ЗАЯВЛЕНИЕ", align="C", new_x="LMARGIN", new_y="NEXT")
    page.set_font(FONT, "", 10)
    page.cell(0, 6, f"№ {form.number}", align="C", new_x="LMARGIN", new_y="NEXT")
    page.ln(8)


def _body(page: FPDF, form: Form) -> None:
    page.set_font(FONT, "", 11)
    words = sum_in_words.roubles(form.amount)
    lines = [f"Прошу: {form.asks}.", f"Сумма: {money.words(form.amount)} ({words})."]
    lines += [f"Основание: {form.basis}."]
    if form.is_refund:
        lines.append("Реквизиты для возврата: " + "_" * 42)
    if form.about:
        lines.append(f"Обстоятельства: {form.about.rstrip('.')}.")
    for line in lines:
        page.multi_cell(0, 7, line, align="L", new_x="LMARGIN", new_y="NEXT")
        page.ln(2)


def _foot(page: FPDF, form: Form) -> None:
    page.ln(18)
    day = f"«{form.on.day:02}» {_MONTHS[form.on.month - 1]} {form.on.year} г."
    page.cell(75, 7, day)
    page.cell(0, 7, "_____________ / ______________________", align="R", new_x="LMARGIN", new_y="NEXT")
    page.set_font(FONT, "", 8)
    page.cell(0, 5, "подпись                         расшифровка          ", align="R", new_x="LMARGIN", new_y="NEXT")
    page.ln(10)
    page.cell(0, 5, "Принял(а): _____________________________   Вх. № ____________", new_x="LMARGIN", new_y="NEXT")
