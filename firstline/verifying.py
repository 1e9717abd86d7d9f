"""Does what the caller says fit the card? Pure: two texts in, a verdict out."""

import re
from enum import StrEnum

LAST = 4


class How(StrEnum):
    ACCOUNT = "account"
    ADDRESS = "address"


def fits(said: str, *, account: str, flat: str) -> How | None:
    """`said`: the whole account, or the flat and the last four digits of the account ("14 0075", "14, 0075").

    A private house has no flat: there its last six digits are asked. None where it does not fit.
    """
    words = re.findall(r"[0-9A-Za-zА-Яа-яЁё/-]+", said)
    if len(words) == 1 and words[0] == account:
        return How.ACCOUNT
    if not flat:
        return How.ADDRESS if len(words) == 1 and len(words[0]) >= LAST + 2 and account.endswith(words[0]) else None
    if len(words) == 2 and words[0].casefold() == flat.casefold():
        return How.ADDRESS if len(words[1]) == LAST and account.endswith(words[1]) else None
    return None
