"""Sums in roubles: read from people, rounded, said. Pure: neither Django nor the database.

Rounding, everywhere in the ledger: to kopecks, a half goes up in size (10.005 is 10.01, -10.005 is -10.01). What is
divided is rounded by running totals (`by_running_total`), so that the parts add up to the whole to the kopeck.
"""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

KOPECK = Decimal("0.01")
LARGEST = Decimal("99999999.99")  # a sum of one entry; the column holds a hundred times more
_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009]+")
_SUM = re.compile(r"(?P<whole>[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:[.,](?P<part>[0-9]{1,2}))?")


class BadSum(ValueError):
    """What was typed is no sum; `code` says why: empty, negative, kopecks, large, letters, zero."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse(text: str) -> Decimal:
    """A sum above zero as people type it: "1 234,50", "1234.5", "300 ₽". Raises BadSum, never guesses."""
    said = _BLANKS.sub(" ", text).strip()
    said = re.sub(r" ?(?:₽|р\.?|руб\.?)$", "", said, flags=re.IGNORECASE)
    if not said:
        raise BadSum("empty")
    if said[0] in "-−–":
        raise BadSum("negative")
    found = _SUM.fullmatch(said)
    if not found:
        raise BadSum("kopecks" if re.fullmatch(r"[0-9 ]+[.,][0-9]{3,}", said) else "letters")
    whole = found["whole"].replace(" ", "")
    if len(whole) > 12 or Decimal(whole) > LARGEST:
        raise BadSum("large")
    value = Decimal(f"{whole}.{found['part'] or '0'}").quantize(KOPECK)
    if not value:
        raise BadSum("zero")
    return value


def rounded(value: Decimal | Fraction) -> Decimal:
    """To kopecks, a half up in size. Exact for fractions."""
    if isinstance(value, Fraction):
        kopecks, rest = divmod(abs(value.numerator) * 100, value.denominator)
        kopecks += 2 * rest >= value.denominator
        return (Decimal(kopecks) / 100).quantize(KOPECK) * (1 if value >= 0 else -1)
    return value.quantize(KOPECK, ROUND_HALF_UP)


def words(value: Decimal) -> str:
    """ "1 234,50 ₽" with no-break blanks; kopecks only where there are some; a true minus."""
    whole, _, kopecks = f"{abs(value):,.2f}".replace(",", "\u00a0").partition(".")
    return f"{'−' if value < 0 else ''}{whole}{'' if kopecks == '00' else ',' + kopecks}\u00a0₽"


def plain(value: Decimal) -> str:
    """ "1234,50": as it is typed into a field."""
    return f"{value:.2f}".replace(".", ",")


def by_running_total(exact: Iterable[Fraction]) -> list[Decimal]:
    """Exact sums rounded by running totals: the parts add up to the rounded whole."""
    parts: list[Decimal] = []
    upto, given = Fraction(0), Decimal(0)
    for one in exact:
        upto += one
        parts.append(rounded(upto) - given)
        given += parts[-1]
    return parts
