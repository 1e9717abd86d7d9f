"""What differs between two texts, word by word. Pure."""

import re
from difflib import SequenceMatcher

_PIECE = re.compile(r"\s+|[^\s]+")


def pieces(old: str, new: str) -> list[tuple[str, str]]:
    """("same" | "gone" | "new", text) in reading order; joined without the gone ones it is the new text."""
    a, b = _PIECE.findall(old), _PIECE.findall(new)
    found: list[tuple[str, str]] = []
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, a, b).get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(b[b1:b2])))
            continue
        if a2 > a1:
            found.append(("gone", "".join(a[a1:a2])))
        if b2 > b1:
            found.append(("new", "".join(b[b1:b2])))
    return found
