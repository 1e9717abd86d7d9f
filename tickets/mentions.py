"""Who is called by `@name` in a text. Pure: knows names, not people."""

from collections.abc import Iterable, Iterator


def spans(text: str, names: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    """Where `@Name` stands: (start, end, name), in order. The longest name that fits wins; case does not matter.

    A name ends where its word ends: "@Анна" is not called by "@Аннушка", an address in a mail calls nobody.
    """
    longest = sorted(names, key=len, reverse=True)
    folded = text.casefold() if len(text.casefold()) == len(text) else text
    at = folded.find("@")
    while at >= 0:
        end = at + 1
        if at == 0 or not (folded[at - 1].isalnum() or folded[at - 1] in "._-"):
            for name in longest:
                stop = at + 1 + len(name)
                if folded[at + 1 : stop] == name.casefold() and not folded[stop : stop + 1].isalnum():
                    yield at, stop, name
                    end = stop
                    break
        at = folded.find("@", end)


def names(text: str, known: Iterable[str]) -> list[str]:
    """Each known name that is called, once, in the order of the text."""
    return list(dict.fromkeys(name for _, _, name in spans(text, known)))
