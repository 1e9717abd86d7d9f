"""Any file that the ledger takes in: which kind it is, whether it is whole. Pure: neither Django nor the database."""

from decimal import Decimal

from billing import bank_files, charge_files, files
from billing.files import BadFile, Statement


def read(body: bytes, *, book: str, control: Decimal | None = None) -> Statement:
    """Its lines. `book`: what the money came into; of charges it is the revenue. `control`: the sum in roubles that
    somebody knows it must add up to. Raises BadFile."""
    if not body.removeprefix(b"\xef\xbb\xbf").strip():
        raise BadFile("empty")
    found = _read(body, book, control)
    if len(found.lines) > files.MOST_LINES:
        raise BadFile("large")
    if not found.lines:
        raise BadFile("empty")
    if control is not None and control != found.total:
        raise BadFile("control")
    return found


def _read(body: bytes, book: str, control: Decimal | None) -> Statement:
    is_revenue = book == "revenue"
    if bank_files.is_exchange(body):
        if is_revenue:
            raise BadFile("kind")
        return bank_files.exchange(body)
    text = files.decoded(body)
    if charge_files.is_charges(text) != is_revenue:
        raise BadFile("columns" if is_revenue else "kind")
    return charge_files.table(text, control) if is_revenue else bank_files.table(text, book, control)
