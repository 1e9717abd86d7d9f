from common.history import Fact

ticket_opened = Fact("opened")
"""A ticket was opened. Data: `contact` (id or null)."""

ticket_taken = Fact("taken")
"""Somebody made it his. Data: `assignee`, `old` (ids or null)."""

ticket_handed_over = Fact("handed_over")
"""It moved to another desk's queue. Data: `old`, `new` (desks), `reason`."""

ticket_moved = Fact("moved")
"""Its state changed, except by resolving. Data: `old`, `new`."""

ticket_commented = Fact("commented")
"""Somebody wrote an internal note. Data: `text`."""

ticket_resolved = Fact("resolved")
"""It is done. Listeners may refuse with a DomainError: dispatch does while a visit is under way. Data: `text`."""

ticket_reopened = Fact("reopened")
"""It was not done after all. Data: `reason`."""

ticket_edited = Fact("edited")
"""Its priority, topic or subject changed. Data: the changed fields, each `[old, new]`."""
