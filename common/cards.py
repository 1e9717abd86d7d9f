"""Card numbers are never stored: whatever people write passes here before the first INSERT.

A candidate is 13 to 19 digits, single blanks or hyphens between them, with no digit, point or comma close before
it and no digit behind. It is a card if it begins as a card network's numbers do and its check digit is right (Luhn's
formula, ISO/IEC 7812-1). Accounts of 20 digits and phones of 11 are left alone.
"""

import re
from functools import partial
from typing import Any

_CANDIDATE = re.compile(r"(?<![\d.,])(?:\d[ \-\u00a0]?){12,18}\d(?!\d)")
_KEPT = 4


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


mask = partial(_CANDIDATE.sub, _hidden)
"""The same text with every card number's digits but the last four as asterisks. Linear in the text's length."""


def masked(value: Any) -> Any:
    """The same JSON value with every text in it masked; keys stay."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: masked(item) for key, item in value.items()}
    return [masked(item) for item in value] if isinstance(value, list) else value
