"""What was typed, as PostgreSQL is asked for it. Pure.

A question is a list of clauses that must all hold; a clause is a list of ways to say the same; a way is words in a row,
the last of them perhaps only begun ("терм*").
"""

from collections.abc import Iterable, Mapping, Sequence

Way = tuple[str, ...]
Clause = list[Way]
MOST_WAYS = 12
SHORT = 3  # letters: fewer begin too many words, so only titles are asked


def phrases(line: str) -> list[Way]:
    """ "терминал, где оплатить" as ways."""
    return [tuple(words) for part in line.split(",") if (words := _plain(part))]


def _plain(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text.lower().replace("ё", "е")).split()


def same(typed: str, word: str, *, begun: bool = False) -> bool:
    """Are these forms of one word ("терминалы", "терминал")? `begun`: the typed one may still be short of its end."""
    if typed == word:
        return True
    if begun and len(typed) >= SHORT and word.startswith(typed):
        return True
    common = next((n for n, (a, b) in enumerate(zip(typed, word, strict=False)) if a != b), min(len(typed), len(word)))
    return common >= 4 and max(len(typed), len(word)) - common <= 3


def clauses(typed: Sequence[str], synonyms: Iterable[Sequence[Way]] = ()) -> list[Clause]:
    """One clause a word; words that are a phrase of some row of synonyms become one clause with the row's others."""
    groups = list(synonyms)
    found: list[Clause] = []
    at = 0
    while at < len(typed):
        length, others = _phrase_at(typed, at, groups)
        own = tuple(typed[at : at + length])
        if at + length == len(typed):
            own = (*own[:-1], f"{own[-1]}*")
        found.append([own, *others][:MOST_WAYS])
        at += length
    return found


def _phrase_at(typed: Sequence[str], at: int, groups: Sequence[Sequence[Way]]) -> tuple[int, list[Way]]:
    """The longest phrase that begins here: how many words it has, and what else says the same."""
    longest = 1
    others: list[Way] = []
    for group in groups:
        for phrase in group:
            here = typed[at : at + len(phrase)]
            if len(here) < len(phrase) or len(phrase) < longest:
                continue
            last = at + len(phrase) == len(typed)
            if all(
                same(a, b, begun=last and n == len(phrase) - 1)
                for n, (a, b) in enumerate(zip(here, phrase, strict=True))
            ):
                if len(phrase) > longest:
                    longest, others = len(phrase), []
                others += [way for way in group if way != phrase]
    return longest, others


def corrected(question: Sequence[Clause], nearest: Mapping[str, Sequence[str]]) -> list[Clause]:
    """The same with the known words that each typed one nearly is, beside it."""
    mended: list[Clause] = []
    for clause in question:
        first, *rest = clause
        more: Clause = [()]
        for word in first:
            ways = [word, *nearest.get(word.rstrip("*"), ())]
            more = [(*way, one) for way in more for one in ways][:MOST_WAYS]
        mended.append([*more, *rest])
    return mended


def tsquery(question: Iterable[Clause], *, every: bool = True) -> str:
    """As `to_tsquery` reads it; `every`: all clauses, or any. Words hold letters and digits only."""
    return (" & " if every else " | ").join(f"({' | '.join(map(_way, clause))})" for clause in question)


def _way(way: Way) -> str:
    return f"({' & '.join(map(_word, way))})"


def _word(word: str) -> str:
    stem = word.rstrip("*")
    assert stem.isalnum(), "only words can be asked for"
    if not word.endswith("*"):
        return f"'{stem}'"
    return f"'{stem}':*A" if len(stem) < SHORT else f"'{stem}':*"
