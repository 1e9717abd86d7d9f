"""What a few typed letters may mean: words, their pieces, the other keyboard, the nearest known word. Pure."""

import re
from collections.abc import Iterable

from network.spelling import prefix_distance

LONGEST = 200  # characters of a query
MOST = 8  # words of it that are looked for
LEAST_GUESSED = 4  # letters: a shorter word is too near to too many others
_WORD = re.compile(r"[^\W_]+")
_MANY_DIGITS = re.compile(r"\d[\d\s()-]{3,}\d")
_KEYS = dict(zip("qwertyuiop[]asdfghjkl;'zxcvbnm,.`", "йцукенгшщзхъфывапролджэячсмитьбюё", strict=True))
_LATIN = {there: here for here, there in _KEYS.items()}


def plain(text: str) -> str:
    """Small letters, "ё" as "е", everything that is no letter or digit a single blank."""
    return " ".join(_WORD.findall(text[:LONGEST].lower().replace("ё", "е")))


def phrase(text: str) -> str:
    """What was typed, as it is counted: long numbers are left out, for they are somebody's and help no search."""
    return plain(_MANY_DIGITS.sub(" ", text[:LONGEST]))


def all_words(text: str) -> set[str]:
    """The words of a text that a typing error is measured against."""
    found = _WORD.findall(text.lower().replace("ё", "е"))
    return {word for word in found if LEAST_GUESSED <= len(word) <= 30 and not word.isdecimal()}


def grams(word: str) -> list[str]:
    """The word's pieces of three signs, its beginning marked: "роут" is ["^ро", "роу", "оут"]."""
    marked = f"^{word}"
    return sorted({marked[n : n + 3] for n in range(len(marked) - 2)})


def other_layout(text: str) -> str:
    """What these keys write with the other layout: "nthvbyfk" is "терминал"; the same text where none does."""
    table = _KEYS if re.search("[a-z]", text) else _LATIN
    return "".join(table.get(letter, letter) for letter in text)


def forgiven(word: str) -> int:
    """How many wrong letters are forgiven: one in four to six letters, two in seven and more."""
    return 0 if len(word) < LEAST_GUESSED else 1 if len(word) < 7 else 2


def nearest(typed: str, known: Iterable[str], *, most: int = 6) -> list[str]:
    """The known words that the typed one nearly begins: those with the fewest wrong letters, shorter ones first."""
    limit = forgiven(typed)
    found: dict[int, list[str]] = {}
    for word in known:
        distance = prefix_distance(typed, word, limit) if limit else 1
        if distance <= limit:
            found.setdefault(distance, []).append(word)
    best = found[min(found)] if found else []
    return sorted(best, key=lambda word: (abs(len(word) - len(typed)), word))[:most]


_LETTERS = dict(zip("абвгдеёзиклмнопрстуфыэ", "abvgdeeziklmnoprstufye", strict=True))
_LETTERS |= {
    "ж": "zh",
    "й": "y",
    "х": "h",
    "ц": "c",
    "ч": "ch",
    "ш": "sh",
    "щ": "sch",
    "ю": "yu",
    "я": "ya",
    "ъ": "",
    "ь": "",
}


def code_of(title: str) -> str:
    """A name for files from a title: "Где оплатить?" is "gde-oplatit". May be empty."""
    latin = "".join(_LETTERS.get(letter, letter) for letter in title.lower())
    return "-".join(re.findall(r"[0-9a-z]+", latin))[:70].strip("-")
