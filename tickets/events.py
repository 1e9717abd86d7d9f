from django.utils.translation import gettext_lazy as _

from common.history import Fact

ticket_opened = Fact("opened", _("opened the ticket"))
"""A ticket was opened. Data: `contact` (id or null)."""

ticket_taken = Fact("taken", _("took it"))
"""Somebody made it his. Data: `assignee`, `old` (ids or null)."""

ticket_handed_over = Fact("handed_over", _("handed it over"))
"""It moved to another desk's queue. Data: `old`, `new` (desks), `reason`."""

ticket_moved = Fact("moved", _("changed the state"))
"""Its state changed, except by resolving. Data: `old`, `new`."""

ticket_commented = Fact("commented", _("noted"))
"""Somebody wrote an internal note. Data: `text`."""

ticket_resolved = Fact("resolved", _("resolved it"))
"""It is done. Listeners may refuse with a DomainError: dispatch does while a visit is under way. Data: `text`."""

ticket_reopened = Fact("reopened", _("reopened it"))
"""It was not done after all. Data: `reason`."""

ticket_edited = Fact("edited", _("changed it"))
"""Its priority, topic or subject changed. Data: the changed fields, each `[old, new]`."""
