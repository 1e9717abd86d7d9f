"""The small markup of articles, rendered to HTML in which every character of the writer's is escaped.

    A paragraph ends with an empty line.
    - a list            1. a numbered list
    **bold**            [words](https://example.org)

Nothing else means anything: HTML is shown as it was typed. A link leads to http, https, mailto, tel or to a page of
ours; any other address is left as text. Reads each line once, so a text of any shape costs time in proportion to its
length.
"""

import re
from collections.abc import Callable, Iterator
from html import escape

LONGEST = 20_000  # characters of a body
_ITEM = re.compile(r"^[-*•]\s+(.*)$")
_NUMBERED = re.compile(r"^\d{1,2}[.)]\s+(.*)$")
# No alternative can match the empty string and none nests, so there is nothing to go back over.
_BOLD = re.compile(r"\*\*([^*\n]{1,500})\*\*")
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\(([^()\s]{1,500})\)")
_SAFE = re.compile(
    r"(?:https?://[^\s/\\@]+(?:[/?#]\S*)?|mailto:[^\s@:]+@[^\s@:]+|tel:\+?[\d-]{2,20}|/(?![/\\])\S*)", re.I
)
_OnMatch = Callable[[re.Match[str]], str]
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def tidy(text: str) -> str:
    """The text as it is kept: one kind of line end, nothing invisible, no blanks at the ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _INVISIBLE.sub("", text).strip()


def html(text: str) -> str:
    """The text as HTML: <p>, <ul>, <ol>, <li>, <strong>, <a>, <br> and nothing else."""
    return "".join(_block(lines) for lines in _blocks(tidy(text)))


def plain(text: str) -> str:
    """The text without its marks, for messages and previews; a link keeps its words."""
    return _LINK.sub(r"\1", _BOLD.sub(r"\1", tidy(text)))


def _blocks(text: str) -> Iterator[list[str]]:
    """Runs of lines between empty ones; a list is a block of its own, also right under a paragraph."""
    block: list[str] = []
    kind = ""
    for line in [*text.split("\n"), ""]:
        line = line.strip()
        now = "" if not line else "ul" if _ITEM.match(line) else "ol" if _NUMBERED.match(line) else "p"
        if block and now != kind:
            yield block
            block = []
        if now:
            block.append(line)
        kind = now


def _block(lines: list[str]) -> str:
    for pattern, tag in ((_ITEM, "ul"), (_NUMBERED, "ol")):
        items = [found[1] for line in lines if (found := pattern.match(line))]
        if items:
            return f"<{tag}>{''.join(f'<li>{_inline(item)}</li>' for item in items)}</{tag}>"
    return f"<p>{'<br>'.join(_inline(line) for line in lines)}</p>"


def _inline(line: str) -> str:
    return _between(line, _BOLD, lambda found: f"<strong>{_links(found[1])}</strong>", _links)


def _links(text: str) -> str:
    return _between(text, _LINK, _link, escape)


def _link(found: re.Match[str]) -> str:
    words, address = found[1], found[2]
    if not _SAFE.fullmatch(address):
        return escape(found[0])
    outside = "" if address.startswith("/") else ' rel="noopener noreferrer"'
    return f'<a href="{escape(address)}"{outside}>{escape(words)}</a>'


def _between(text: str, pattern: re.Pattern[str], on_match: _OnMatch, otherwise: Callable[[str], str]) -> str:
    done, last = [], 0
    for found in pattern.finditer(text):
        done += [otherwise(text[last : found.start()]), on_match(found)]
        last = found.end()
    return "".join([*done, otherwise(text[last:])])
