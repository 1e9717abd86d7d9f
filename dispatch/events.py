from django.utils.translation import gettext_lazy as _

from common.changes import choice
from common.history import Fact
from dispatch.models import RequestState

visit_ordered = Fact("ordered", _("ordered the visit"))
"""Somebody must go. Sent once a visit; a master may not be found yet."""

visit_scheduled = Fact("scheduled", _("set the master and the time"))
"""A master and a window were set or changed. Data: `master`, `start`, `end`, `why`."""

visit_unassigned = Fact("unassigned", _("took it from the master"))
"""It lost its master and waits for another. Data: `master` (who had it), `why`."""

visit_accepted = Fact("accepted", _("accepted it"))
"""The master saw it and said yes."""

visit_en_route = Fact("en_route", _("is on the way"))
"""The master is on the way."""

visit_on_site = Fact("on_site", _("is on site"))
"""The master stands at the door."""

visit_done = Fact("done", _("finished the work"))
"""The work is done. Data: `cause`."""

visit_failed = Fact("failed", _("could not do it"))
"""The master could not do it. Data: `cause`."""

visit_cancelled = Fact("cancelled", _("cancelled the visit"))
"""Nobody needs to go. Data: `why` (merged, dismissed, restored, or a person's words)."""

visit_flagged = Fact("flagged", _("called the dispatcher"))
"""A dispatcher must look at it. Data: `flag`."""

shift_set = Fact("shift_set", _("set a shift"))
"""A master works then. Data: `start`, `end`."""

shift_removed = Fact("shift_removed", _("removed a shift"))
"""He does not after all. Data: `start`, `end`."""

skills_set = Fact("skills_set", _("changed the skills"))
"""What the master can be sent to. Data: `old`, `new`."""

connection_asked = Fact("connection_asked", _("took a connection request"))
"""Somebody wants to be connected. Data: `verdict`, `state`. What was typed about a person lies in the row alone."""

connection_checked = Fact("connection_checked", _("checked whether it can be connected"))
"""An engineer has looked. Data: `state` [old, new]."""

connection_moved = Fact("connection_moved", _("moved the connection request"))
"""It came further, or back, or to its end. Data: `state` [old, new]."""

FIELDS = {"state": choice(_("State"), RequestState)}
