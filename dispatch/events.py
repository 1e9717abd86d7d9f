from common.history import Fact

visit_ordered = Fact("ordered")
"""Somebody must go. Sent once a visit; a master may not be found yet."""

visit_scheduled = Fact("scheduled")
"""A master and a window were set or changed. Data: `master`, `start`, `end`, `why`."""

visit_unassigned = Fact("unassigned")
"""It lost its master and waits for another. Data: `master` (who had it), `why`."""

visit_accepted = Fact("accepted")
"""The master saw it and said yes."""

visit_en_route = Fact("en_route")
"""The master is on the way."""

visit_on_site = Fact("on_site")
"""The master stands at the door."""

visit_done = Fact("done")
"""The work is done. Data: `cause`."""

visit_failed = Fact("failed")
"""The master could not do it. Data: `cause`."""

visit_cancelled = Fact("cancelled")
"""Nobody needs to go. Data: `why` (merged, dismissed, restored, or a person's words)."""

visit_flagged = Fact("flagged")
"""A dispatcher must look at it. Data: `flag`."""
