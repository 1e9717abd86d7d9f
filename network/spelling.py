"""How people write addresses, and what a few typed letters may mean. No Django here."""

import re
from collections.abc import Iterable, Mapping

_ADJECTIVE = re.compile(r"(?:ая|яя|ий|ый|ой|ое|ее)$")
_HOUSE = re.compile(r"^\d+[\w/.-]*$")
_BLOCK = re.compile(r"\s*(?:корпус|корп\.?|к\.)\s*(?=\d)", re.IGNORECASE)
_SPACED_BLOCK = re.compile(r"(?<=\d)\s+к\s*(?=\d)", re.IGNORECASE)
_SPACED_LETTER = re.compile(r"(?<=\d)\s+(?=[А-Яа-яA-Za-z](?:\s|$))")
_SMALL_WORDS = frozenset(
    ["ул", "улица", "бул", "бульвар", "бульв", "б-р", "ш", "шоссе", "пр", "проспект", "пр-кт", "пер", "переулок", "пр-д", "проезд", "пл", "площадь", "аллея", "наб", "набережная", "туп", "тупик", "дор", "дорога", "линия", "д", "дом", "г", "город", "пушкин"]
)


def is_adjective(name: str) -> bool:
    """Does the street's name agree with its kind ("Оранжерейная"), so that the kind follows it?"""
    return bool(_ADJECTIVE.search(name))


def plain(text: str) -> str:
    return text.lower().replace("ё", "е").strip()


def house(text: str) -> str:
    """The one way to write a house number: "21 корп. 2" and "21 К2" are "21к2", "21 а" is "21А"."""
    joined = _SPACED_BLOCK.sub("к", _BLOCK.sub("к", text.strip()))
    joined = re.sub(r"\s+", "", _SPACED_LETTER.sub("", joined)).upper()
    return re.sub(r"(?<=[\dА-Я])К(?=\d)", "к", joined)


def split_address(text: str) -> tuple[list[str], str]:
    """(words of the street, house number or ""): "ул. Глинки, д. 5 корп. 2" is (["глинки"], "5к2")."""
    joined = _SPACED_LETTER.sub("", _SPACED_BLOCK.sub("к", _BLOCK.sub("к", text)))
    tokens = [token for token in re.split(r"[\s,;.]+", joined) if token]
    number = ""
    if len(tokens) > 1 and _HOUSE.match(tokens[-1]):
        number = house(tokens.pop())
    return [plain(token) for token in tokens if plain(token) not in _SMALL_WORDS], number


def fitting(words: Iterable[str], names: Mapping[int, str]) -> list[int]:
    """Keys of the names that all the words begin; if there are none, of those that they nearly begin."""
    typed = list(words)
    split = {key: re.split(r"[\s-]+", plain(name)) for key, name in names.items()}
    exact = [key for key, parts in split.items() if all(any(p.startswith(w) for p in parts) for w in typed)]
    if exact:
        return exact
    return [
        key for key, parts in split.items() if all(any(_nearly_begins(w, p) for p in parts) for w in typed)
    ]


def _nearly_begins(typed: str, word: str) -> bool:
    forgiven = min(len(typed) // 4, 2)
    return forgiven > 0 and _prefix_distance(typed, word, forgiven) <= forgiven


def _prefix_distance(typed: str, word: str, limit: int) -> int:
    """The fewest wrong, missing, needless or swapped letters between `typed` and any beginning of `word`.

    Optimal string alignment distance, row by row over `typed`; gives up early with a number above `limit`.
    """
    width = min(len(word), len(typed) + limit)
    before: list[int] = []
    row = list(range(width + 1))
    for i, letter in enumerate(typed, start=1):
        older, before, row = before, row, [i] + [0] * width
        for j in range(1, width + 1):
            wrong = letter != word[j - 1]
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + wrong)
            if i > 1 and j > 1 and letter == word[j - 2] and typed[i - 2] == word[j - 1]:
                row[j] = min(row[j], older[j - 2] + 1)
        if min(row) > limit:
            return limit + 1
    return min(row)
