"""Card numbers and their security codes are never stored: whatever people write passes here before the first INSERT.

A candidate is 13 to 19 digits, single blanks or hyphens between them, with no digit, point or comma close before
it and no digit behind. It is a card if it begins as a card network's numbers do and its check digit is right (Luhn's
formula, ISO/IEC 7812-1). Accounts of 20 digits and phones of 11 are left alone.

A security code (PCI DSS 3.3.1.2: never kept, not even encrypted) is three or four digits beside its name (CVV, CVC,
"код на обороте") or right behind a card, an expiry between them or not. What a sum, a flat or a telephone begins with
behind a card is none.
"""

import re
from functools import partial
from typing import Any

_CANDIDATE = re.compile(r"(?<![\d.,])(?:\d[ \-\u00a0]?){12,18}\d(?!\d)")
_KEPT = 4

_GAP = r"[ \u00a0]"
_CODE = rf"\d{_GAP}?\d{_GAP}?\d(?:{_GAP}?\d)?"
# What tells that the digits before it are the beginning of something longer, or are counted in something.
_NO_MORE = (
    r"(?![\d%]|[.,:/]\d|[ \-()\u00a0]{1,2}\d|[\s,;|/\-]{1,3}\*{3}"
    r"|[ \u00a0]?(?:₽|руб|р\.|р\b|тыс|коп|кв\b|год|г\b|мин|шт|мб|м\b|раз))"
)
_NAME = (
    r"(?:\b[cс][vв][vв]2?\b|\b[cс][vв][cс]2?\b|\bцвв\b|\bсвс\b"
    r"|(?:код|цифр[аы]?|числ[оа])\w*\s+(?:на|с|со)\s+(?:обороте|оборота|обратной\s+сторон[еы]|задней\s+сторон[еы])"
    r"(?:\s+карт[ыеу])?|\b(?:код|code)\w*\s+(?:безопасности|проверки)(?:\s+карты)?|\bsecurity\s+code\b)"
)
_BETWEEN = r"(?:[\s:=.,;\-–—№#()\"'«»]|\b(?:это|код|code|is|карты|такой)\b){0,6}"
_AFTER_NAME = re.compile(rf"({_NAME}{_BETWEEN})({_CODE})(?!\d)", re.IGNORECASE)
_BEFORE_NAME = re.compile(
    rf"(?<![\w.,/\-])(\d{{3,4}})(?=[\s:=\-–—(]{{1,3}}(?:(?:это|мой)\s+)?{_NAME}(?!{_BETWEEN}(?:\d|\*{{3}})))",
    re.IGNORECASE,
)
_EXPIRY = r"(?:0[1-9]|1[0-2])[ /.\-]{0,3}(?:20)?\d\d"
_TAIL = (
    rf"(?:[\s,;|/\-]{{1,3}}(?:до|по|срок|exp\.?)?[\s:]{{0,2}}{_EXPIRY})?"
    r"[\s,;|/\-]{1,3}(?:код[\s:]{1,2})?"
)
# Whatever digits stand behind a card in its usual groups read like more of its number.
_BESIDE_MORE = re.compile(
    r"(?<![\d.,])(?:\d{4}(?:[ \-\u00a0]\d{4}){3}|\d{4}[ \-\u00a0]\d{6}[ \-\u00a0]\d{5}|\d{15,16})(?=[\s,;|/\-]{1,3}\d)"
)
_BEHIND_CARD = re.compile(rf"(\*{{3,}}[ \-\u00a0]?\*?\d{{4}}{_TAIL})(\d{{3,4}}){_NO_MORE}", re.IGNORECASE)
# Most texts hold nothing of the kind, and an event of the exchange has a dozen of them.
_MAY_HOLD = re.compile(r"(?:\d[ \-\u00a0]?){13}|\*{3}|[cс][vв]|цвв|код|code|цифр|числ", re.IGNORECASE)


def _is_network(digits: str) -> bool:
    """Mir, Visa, Mastercard, Maestro, UnionPay, American Express, JCB, by their published prefixes and lengths."""
    two, four, length = int(digits[:2]), int(digits[:4]), len(digits)
    if digits[0] == "4":
        return length in {13, 16, 19}
    if 2200 <= four <= 2204 or two == 62:
        return 16 <= length <= 19
    if 51 <= two <= 55 or 2221 <= four <= 2720:
        return length == 16
    if two in {34, 37}:
        return length == 15
    if two == 35:
        return length == 16
    return two in {50, 56, 57, 58, 63, 67} and 13 <= length <= 19


def _is_right(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        total += digit if place % 2 == 0 else sum(divmod(2 * digit, 10))
    return total % 10 == 0


def is_card(digits: str) -> bool:
    """Would these 13 to 19 digits pass for a card number?"""
    return _is_network(digits) and _is_right(digits)


def _hidden(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    if not is_card(digits):
        return found[0]
    keep_from = len(digits) - _KEPT
    seen = iter(range(len(digits)))
    return re.sub(r"\d", lambda one: one[0] if next(seen) >= keep_from else "*", found[0])


_mask_numbers = partial(_CANDIDATE.sub, _hidden)


def _coded(found: re.Match[str]) -> str:
    return found[1] + re.sub(r"\d", "*", found[2])


def mask(text: str) -> str:
    """The same text with every card number's digits but the last four, and every security code, as asterisks.

    Linear in the text's length.
    """
    if _MAY_HOLD.search(text) is None:
        return text
    text = _BEHIND_CARD.sub(_coded, _mask_numbers(_BESIDE_MORE.sub(_hidden, text)))
    return _BEFORE_NAME.sub("***", _AFTER_NAME.sub(_coded, text))


def masked(value: Any) -> Any:
    """The same JSON value with every text in it masked; keys stay."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: masked(item) for key, item in value.items()}
    return [masked(item) for item in value] if isinstance(value, list) else value
