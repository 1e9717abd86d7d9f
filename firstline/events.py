from django.utils.translation import gettext_lazy as _

from common.changes import choice, moment, named, people, text
from common.history import Fact
from firstline.models import CallBack

call_back_opened = Fact("opened", _("noted that somebody is to be called"))
"""Somebody is to be called. Data: `why`, `contact` (id)."""

call_back_missed = Fact("missed", _("did not get through again"))
"""The same number gave up once more. Data: `contact`."""

call_back_taken = Fact("taken", _("took the call-back"), about="owner")
"""It is somebody's now. Data: `old`, `new` (ids or null)."""

call_back_tried = Fact("tried", _("called and reached nobody"))
"""Nobody answered; it stays open. Data: `due_at` (`[old, new]`)."""

call_back_moved = Fact("moved", _("put the call-back off"))
"""Another time was agreed. Data: `due_at` (`[old, new]`)."""

call_back_done = Fact("done", _("finished the call-back"))
"""Nobody is to be called any more. Data: `result` (`[null, result]`), `contact` that ended it, if any."""

FIELDS = {
    "owner": named(_("Assignee"), people),
    "due_at": moment(_("Due")),
    "result": choice(_("How it ended"), CallBack.Result),
    "why": choice(_("Why"), CallBack.Why),
    "tries": text(_("Tries")),
}
