"""A sum of roubles in Russian words, as papers ask for it. Pure: neither Django nor the database."""

from decimal import Decimal

_ONES = ["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"]
_TEENS = [
    "десять",
    "одиннадцать",
    "двенадцать",
    "тринадцать",
    "четырнадцать",
    "пятнадцать",
    "шестнадцать",
    "семнадцать",
    "восемнадцать",
    "девятнадцать",
]
_TENS = ["_", "_", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто"]
_HUNDREDS = ["_", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот"]
_ROUBLES = ("рубль", "рубля", "рублей")
_KOPECKS = ("копейка", "копейки", "копеек")
# The forms of a thousand and a million; a thousand is feminine.
_POWERS = ((("", "", ""), False), (("тысяча", "тысячи", "тысяч"), True), (("миллион", "миллиона", "миллионов"), False))
LARGEST = Decimal("999999999.99")


def roubles(value: Decimal) -> str:
    """ "Одна тысяча двести тридцать четыре рубля 50 копеек" for 1234.50. Raises ValueError below zero or too large."""
    if not 0 <= value <= LARGEST:
        raise ValueError(value)
    whole, kopecks = divmod(int((value * 100).to_integral_value()), 100)
    text = f"{_number(whole)} {_form(whole, _ROUBLES)} {kopecks:02} {_form(kopecks, _KOPECKS)}"
    return text[0].upper() + text[1:]


def _number(value: int) -> str:
    if value == 0:
        return _ONES[0]
    words: list[str] = []
    for power in range(len(_POWERS) - 1, -1, -1):
        three = value // 1000**power % 1000
        if three:
            forms, feminine = _POWERS[power]
            words += [*_three(three, feminine), _form(three, forms)]
    return " ".join(word for word in words if word)


def _three(value: int, feminine: bool) -> list[str]:
    hundreds, rest = divmod(value, 100)
    words = [_HUNDREDS[hundreds]] if hundreds else []
    if 10 <= rest < 20:
        return [*words, _TEENS[rest - 10]]
    tens, ones = divmod(rest, 10)
    words += [_TENS[tens]] if tens else []
    if ones:
        words.append({1: "одна", 2: "две"}.get(ones, _ONES[ones]) if feminine else _ONES[ones])
    return words


def _form(value: int, forms: tuple[str, str, str]) -> str:
    """The form after a number: 1 рубль, 2 рубля, 5 рублей, 11 рублей, 21 рубль."""
    if value % 10 == 1 and value % 100 != 11:
        return forms[0]
    if value % 10 in {2, 3, 4} and value % 100 not in {12, 13, 14}:
        return forms[1]
    return forms[2]
