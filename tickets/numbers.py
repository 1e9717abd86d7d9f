"""A ticket's number in any text is a link for whoever may see the ticket.

A pure function finds the numbers, one query a page learns which of them the viewer may see, a template filter links
those. Nothing is ever replaced inside HTML: the filter takes plain text, escapes it, and only then adds links.
"""

import html
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

LONGEST = 20_000  # characters looked at
MOST = 200  # numbers of one page
# "№ 20014", "#20014", or an address that ends with /tickets/020014/.
_SAID = re.compile(r"(?:№\s?|(?<![\w&#/])#|https?://[^\s<>\"']{1,200}?/tickets/)0*(\d{1,12})(?!\d)(?:/(?![\w/]))?")


class Said(NamedTuple):
    """Where a number stands in a text: `text[start:end]`, and the number as tickets hold it."""

    start: int
    end: int
    number: str


def said(text: str) -> Iterator[Said]:
    """Every ticket number that a text names."""
    for found in _SAID.finditer(text[:LONGEST]):
        yield Said(found.start(), found.end(), found[1].zfill(6))


def said_in(texts: Iterable[str]) -> list[str]:
    """All the numbers of a page's texts, each once, at most MOST."""
    return list(dict.fromkeys(one.number for text in texts for one in said(text)))[:MOST]


def linked(text: str, known: Iterable[str]) -> str:
    """The text as HTML, with links to the tickets that are known."""
    known, made, at = frozenset(known), [], 0
    for one in said(text) if known else ():
        if one.number in known:
            words = html.escape(text[one.start : one.end])
            made += [html.escape(text[at : one.start]), f'<a href="/tickets/{one.number}/">{words}</a>']
            at = one.end
    return "".join([*made, html.escape(text[at:])])
