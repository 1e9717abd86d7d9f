"""How people write addresses, and what a few typed letters may mean. No Django here."""

import re
from collections.abc import Iterable, Mapping

_LOOK_ALIKES = str.maketrans("ABEKMHOPCTYX", "АВЕКМНОРСТУХ")  # Latin letters that a keyboard slipped in
_ADJECTIVE = re.compile(r"(?:ая|яя|ий|ый|ой|ое|ее)$")
_HOUSE = re.compile(r"^\d+[\w/.-]*$")
_BLOCK = re.compile(r"\s*(?:корпус|корп\.?|к\.)\s*(?=\d)", re.IGNORECASE)
_SPACED_BLOCK = re.compile(r"(?<=\d)\s+к\s*(?=\d)", re.IGNORECASE)
_SPACED_LETTER = re.compile(r"(?<=\d)\s+(?=[А-Яа-яA-Za-z](?:\s|$))")
# As the post abbreviates them.
ABBREVIATIONS = {
    "street": "ул.",
    "boulevard": "бул.",
    "highway": "ш.",
    "avenue": "пр.",
    "lane": "пер.",
    "passage": "пр-д",
    "square": "пл.",
    "alley": "аллея",
    "embankment": "наб.",
    "dead_end": "туп.",
    "road": "дор.",
    "line": "линия",
}
STREET_KINDS = {
    "street": ("ул", "улица"),
    "boulevard": ("бул", "бульвар", "бульв", "б-р"),
    "highway": ("ш", "шоссе"),
    "avenue": ("пр", "проспект", "пр-кт", "просп"),
    "lane": ("пер", "переулок"),
    "passage": ("пр-д", "проезд"),
    "square": ("пл", "площадь"),
    "alley": ("аллея", "ал"),
    "embankment": ("наб", "набережная"),
    "dead_end": ("туп", "тупик"),
    "road": ("дор", "дорога"),
    "line": ("линия",),
}
_KIND_OF_WORD = {word: kind for kind, words in STREET_KINDS.items() for word in words}
_SMALL_WORDS = frozenset({*_KIND_OF_WORD, "д", "дом", "г", "город", "пушкин"})


def is_adjective(name: str) -> bool:
    """Does the street's name agree with its kind ("Оранжерейная"), so that the kind follows it?"""
    return bool(_ADJECTIVE.search(name))


def street_title(name: str, kind: str) -> str:
    """ "Оранжерейная ул.", but "ул. Глинки": an adjective stands before its noun."""
    abbreviation = ABBREVIATIONS[kind]
    return f"{name} {abbreviation}" if is_adjective(name) else f"{abbreviation} {name}"


def street(text: str) -> tuple[str, str]:
    """(name, kind) of a street as people write it: "Октябрьский бульвар", "ул. Глинки"; without a word, a street.

    "Набережная ул." is a street of that name, "Набережная" alone too: what stays must not be empty.
    """
    words = text.replace(".", ". ").split()
    for place in (len(words) - 1, 0):
        kind = _KIND_OF_WORD.get(plain(words[place]).rstrip(".")) if len(words) > 1 else None
        if kind:
            return " ".join(words[:place] + words[place + 1 :]), kind
    return " ".join(words), "street"


def plain(text: str) -> str:
    return text.lower().replace("ё", "е").strip()


def house(text: str) -> str:
    """The one way to write a house number: "21 корп. 2" and "21 К2" are "21к2", "21 а" is "21А"."""
    joined = _SPACED_BLOCK.sub("к", _BLOCK.sub("к", text.strip()))
    joined = re.sub(r"\s+", "", _SPACED_LETTER.sub("", joined)).upper().translate(_LOOK_ALIKES)
    return re.sub(r"(?<=[\dА-Я])К(?=\d)", "к", joined)


def split_address(text: str) -> tuple[list[str], str]:
    """(words of the street, house number or ""): "ул. Глинки, д. 5 корп. 2" is (["глинки"], "5к2")."""
    joined = _SPACED_LETTER.sub("", _SPACED_BLOCK.sub("к", _BLOCK.sub("к", text)))
    tokens = [token for token in re.split(r"[\s,;.]+", joined) if token]
    number = ""
    if len(tokens) > 1 and _HOUSE.match(tokens[-1]):
        number = house(tokens.pop())
    words = [plain(token) for token in tokens]
    return [word for word in words if word not in _SMALL_WORDS] or words, number


def fitting(words: Iterable[str], names: Mapping[int, str]) -> list[int]:
    """Keys of the names that all the words begin; if there are none, of those that they nearly begin."""
    typed = list(words)
    split = {key: re.split(r"[\s-]+", plain(name)) for key, name in names.items()}
    exact = [key for key, parts in split.items() if all(any(p.startswith(w) for p in parts) for w in typed)]
    if exact:
        return exact
    return [key for key, parts in split.items() if all(any(_nearly_begins(w, p) for p in parts) for w in typed)]


def _nearly_begins(typed: str, word: str) -> bool:
    forgiven = min(len(typed) // 4, 2)
    return forgiven > 0 and prefix_distance(typed, word, forgiven) <= forgiven


def prefix_distance(typed: str, word: str, limit: int) -> int:
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
