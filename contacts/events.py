from typing import Any

from django.utils.translation import gettext_lazy as _

from common.changes import Field, choice, text
from common.history import Fact
from contacts.models import Outcome
from staff.models import Desk

contact_received = Fact("received", _("the contact came in"))
"""A contact came in, by any channel. Not sent again for repeats of the same contact."""

contact_identified = Fact("identified", _("named the caller"))
"""It became known who or where the contact is about. Data: `subscriber`, `building` (ids or null)."""

contact_topic_set = Fact("topic_set", _("chose the topic"))
"""Its topic was chosen or changed. Data: `old`, `new` (codes or null)."""

contact_verified = Fact("verified", _("verified the caller"))
"""The caller knew what only the subscriber knows, or the card was opened with a reason. Data: `how`, `reason`."""

contact_not_verified = Fact("not_verified", _("the caller could not be verified"))
"""He did not know it."""

contact_closed = Fact("closed", _("wrapped up"))
"""It was wrapped up. Data: `outcome`; `instead_of`: the outcome that this one corrects."""

contact_merged = Fact("merged", _("joined it with another contact"))
"""It turned out to be a part of another contact. Data: `into` (id)."""

topic_saved = Fact("topic_saved", _("changed the topic"))
"""A topic or a group of topics was written, changed or switched. Data: the changed fields, each `[old, new]`."""


def _yes_no(on: Any) -> str:
    return str(_("Yes") if on else _("No"))


FIELDS = {
    "code": text(_("Code")),
    "title_ru": text(_("Name in Russian")),
    "title_en": text(_("Name in English")),
    "group": text(_("Group")),
    "desk": choice(_("Desk"), Desk),
    "outcome": choice(_("Usual outcome"), Outcome),
    "position": text(_("Place in the list")),
    "is_active": Field(_("In use"), _yes_no),
    "is_fault": Field(_("A fault"), _yes_no),
}
