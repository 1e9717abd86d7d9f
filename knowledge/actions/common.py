from collections.abc import Iterable
from secrets import token_hex

from common.history import System
from knowledge import words
from knowledge.models import Word
from staff.models import User

Actor = User | System


def line(text: str) -> str:
    """A text of one line, its blanks single."""
    return " ".join(text.split())


def learn(*texts: str) -> None:
    """Let these words be found when they are mistyped. Two who learn one word at once are no conflict."""
    known: set[str] = set().union(*map(words.all_words, texts)) if texts else set()
    Word.objects.bulk_create(
        [Word(word=word, grams=words.grams(word)) for word in sorted(known)], ignore_conflicts=True, batch_size=1000
    )


def free_code(title: str, taken: Iterable[str]) -> str:
    """A name for files that nobody has: from the title, with a few letters more where it is taken."""
    code = words.code_of(title) or "text"
    return code if code not in set(taken) else f"{code}-{token_hex(4)}"
