"""How a long text is shown: its own words first, the rest folded. Pure.

Every function splits without losing a character: the parts put together are the text again.
"""

import re

LINES, LETTERS = 12, 900
# How mail programs introduce what they quote; the date and the name stand before the words, sometimes over two lines.
_INTRODUCES = re.compile(
    r"^(-{2,} ?(original message|исходное сообщение|пересылаемое сообщение)"
    r"|.{0,200}(wrote|пишет|написала?|написал\(а\)):$)",
    re.IGNORECASE,
)


def own_and_quoted(text: str) -> tuple[str, str]:
    """What the writer says, and the mail he quotes below it; the second is empty when he quotes nothing.

    Only a quotation at the end is cut off: answers between quoted lines are kept together. A text that is nothing but
    a quotation is its writer's own.
    """
    lines = text.splitlines(keepends=True)
    cut = len(lines)
    while cut and (lines[cut - 1].lstrip().startswith(">") or not lines[cut - 1].strip()):
        cut -= 1
    while cut < len(lines) and not lines[cut].strip():
        cut += 1
    introduced = next((n for n, line in enumerate(lines) if _INTRODUCES.match(line.strip())), len(lines))
    if introduced < cut and (cut < len(lines) or lines[introduced].startswith("-")):
        cut = introduced
    own = "".join(lines[:cut])
    return (own, "".join(lines[cut:])) if own.strip() else (text, "")


def fold(text: str) -> tuple[str, str]:
    """The beginning that is shown and the rest behind "show all"; the rest is empty for a text of usual length."""
    lines = text.splitlines(keepends=True)
    if len(lines) <= LINES + 3 and len(text) <= LETTERS + 200:
        return text, ""
    head = "".join(lines[:LINES])
    if len(head) > LETTERS:
        space = head.rfind(" ", LETTERS - 100, LETTERS)
        head = head[: space + 1 if space > 0 else LETTERS]
    return head, text[len(head) :]


def language_of(text: str) -> str:
    """ "en" for words in Latin letters alone, else "ru": in which language a ready-made text answers."""
    letters = [letter for letter in text if letter.isalpha()]
    return "en" if letters and all(letter.isascii() for letter in letters) else "ru"
