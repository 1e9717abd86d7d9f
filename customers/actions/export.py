"""Everything we hold about one subscriber, as a file that a person or a machine can read."""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock, history
from customers import events, personal_data
from customers.models import Subscriber
from customers.personal_data import OWN
from staff.models import User


@dataclass(frozen=True)
class Export:
    """`data` for the page that people read, `content` for the file. `sha256` is the file's."""

    data: dict[str, Any]
    content: bytes
    sha256: str


@transaction.atomic
def export_data(*, subscriber: Subscriber, by: User, archive: bool = False) -> Export:
    """Collect it and write down who did: JSON, or with `archive` a ZIP of the JSON and every attachment."""
    sections = [
        {
            "name": holding.name,
            "title": str(holding.title),
            "columns": {name: str(title) for name, title in holding.columns.items()},
            "rows": [dict(row) for row in holding.export(subscriber)],
        }
        for holding in sorted(personal_data.holdings(), key=lambda one: one.order < OWN)  # who it is comes first
    ]
    data = {
        "document": "personal data of a subscriber",
        "made_at": clock.now(),
        "account": subscriber.account,
        "sections": sections,
        "not_included": [
            _(
                "Charges, payments and balance: they are kept by the finance desk, in its own process, "
                "and are given out there."
            ),
            _("Recordings of calls: they lie in the telephone exchange; the list of calls says which have one."),
        ],
    }
    content = personal_data.document(data).encode()
    if archive:
        content = _zip(subscriber, content)
    digest = hashlib.sha256(content).hexdigest()
    history.record(subscriber, events.data_exported, by=by, format="zip" if archive else "json", sha256=digest)
    return Export(data, content, digest)


def _zip(subscriber: Subscriber, document: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", document)
        for holding in personal_data.holdings():
            for n, file in enumerate(holding.files(subscriber), 1):
                name = file.name.replace("\\", "/").rpartition("/")[2]  # a name is not a road out of the archive
                archive.writestr(f"{holding.name}/{n:04d}-{name}", file.read())
    return packed.getvalue()
