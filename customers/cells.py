"""One line of a CSV file, cell by cell. A cell that cannot be read is noted as a Problem and reads as nothing."""

import re
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from common import phones
from network.bulk import Problem

_E164_RUSSIAN = re.compile(r"\+7\d{10}")
NOTHING = "-"
_TRUE, _FALSE = {"1", "yes", "true", "да", "+"}, {"0", "no", "false", "нет"}


class Cells:
    """`ok` turns False with the first bad cell, but all are read: one run names everything that is wrong."""

    def __init__(self, source: str, cells: dict[str, str], problems: list[Problem]) -> None:
        self.source = source
        self.ok = True
        self._cells = cells
        self._problems = problems
        for name, cell in cells.items():
            if not cell.isprintable() and re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", cell):
                self.bad(name, "has a NUL or another character that is no text")

    def bad(self, name: str, why: str) -> None:
        self.ok = False
        self._problems.append(Problem(self.source, f"{name}: {why}"))

    def any(self, *names: str) -> bool:
        return any(self._cells.get(name, "").strip() for name in names)

    def text(self, name: str, limit: int) -> str | None:
        """The cell with its blanks tidied; None when it is empty or the file has no such column."""
        text = " ".join(self._cells.get(name, "").split())
        if len(text) > limit:
            self.bad(name, f"is longer than {limit} characters")
        return text or None

    def needed(self, name: str, limit: int) -> str:
        text = self.text(name, limit)
        if text is None:
            self.bad(name, "is empty")
        return text or ""

    def choice(self, name: str, known: tuple[str, ...]) -> str:
        text = self.needed(name, 100).lower()
        if text and text not in known:
            self.bad(name, f"“{text[:20]}” is none of {', '.join(known)}")
        return text

    def integer(self, name: str, low: int, high: int) -> int | None:
        text = self.text(name, 100)
        if text is None:
            return None
        if not re.fullmatch(r"-?[0-9]{1,9}", text) or not low <= int(text) <= high:
            self.bad(name, f"“{text[:20]}” is no whole number from {low} to {high}")
            return None
        return int(text)

    def number(self, name: str, low: float, high: float) -> float | None:
        text = (self.text(name, 100) or "").replace(",", ".")
        if not text:
            return None
        if not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,15})?", text) or not low <= float(text) <= high:
            self.bad(name, f"“{text[:20]}” is no number from {low} to {high}")
            return None
        return float(text)

    def date(self, name: str) -> date | None:
        """ "2024-03-31" or "31.03.2024"."""
        text = self.text(name, 100)
        for form in ("%Y-%m-%d", "%d.%m.%Y"):
            try:
                return datetime.strptime(text, form).date() if text else None
            except ValueError:
                continue
        self.bad(name, f"“{(text or '')[:20]}” is no date like 2024-03-31 or 31.03.2024")
        return None

    def boolean(self, name: str) -> bool | None:
        text = (self.text(name, 100) or "").lower()
        if text and text not in _TRUE | _FALSE:
            self.bad(name, f"“{text[:20]}” is neither 1 nor 0")
        return text in _TRUE if text else None

    def parts(self, name: str, separators: str) -> list[str]:
        """The pieces of a list cell; "-" is an empty list that is meant."""
        text = self._cells.get(name, "").strip()
        return [] if text == NOTHING else [part.strip() for part in re.split(f"[{separators}]", text) if part.strip()]

    def email(self, name: str) -> str | None:
        """In small letters; None when the file does not say, '' for "-"."""
        text = (self.text(name, 200) or "").lower()
        if text in {"", NOTHING}:
            return "" if text else None
        try:
            validate_email(text)
        except ValidationError:
            self.bad(name, f"“{text[:20]}” is no e-mail address")
        return text

    def phone(self, raw: str) -> str:
        """E.164, or '' after noting that it is none."""
        number = raw if _E164_RUSSIAN.fullmatch(raw) else phones.normalise(raw)
        if not number:
            self.bad("phones", f"“{raw[:20]}” is no phone number")
        return number or ""
