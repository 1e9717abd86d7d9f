from django.utils.translation import gettext_lazy as _

from common.history import Fact

ticket_opened = Fact("opened", _("opened the ticket"))
"""A ticket was opened. Data: `contact` (id or null)."""

ticket_taken = Fact("taken", _("took it"))
"""Somebody made it his. Data: `assignee`, `old` (ids or null)."""

ticket_given = Fact("given", _("gave it to a colleague"))
"""It became somebody's work by another's word. Data: `assignee`, `old` (ids or null), `reason`."""

ticket_taken_over = Fact("taken_over", _("took it over"))
"""Somebody made a colleague's ticket his. Data: `assignee`, `old`, `reason`."""

ticket_released = Fact("released", _("gave it back to the desk"))
"""Nobody's again. Data: `assignee` (null), `old`, `reason`."""

ticket_handed_over = Fact("handed_over", _("handed it over"))
"""It moved to another desk's queue. Data: `old`, `new` (desks), `reason`."""

ticket_moved = Fact("moved", _("changed the state"))
"""Its state changed, except by resolving. Data: `old`, `new`, `reason`, `until` (when postponed)."""

ticket_commented = Fact("commented", _("noted"))
"""Somebody wrote an internal note. Data: `text`."""

ticket_resolved = Fact("resolved", _("resolved it"))
"""It is done. Listeners may refuse with a DomainError: dispatch does while a visit is under way.

Data: `text`, `code`, `old` (the state before).
"""

ticket_reopened = Fact("reopened", _("reopened it"))
"""It was not done after all. Data: `reason`."""

ticket_edited = Fact("edited", _("changed it"))
"""Its priority, topic or subject changed. Data: the changed fields, each `[old, new]`."""

policy_changed = Fact("policy_changed", _("changed the desk's rules"))
"""A desk works by other rules. Data: the changed fields, each `[old, new]`."""

subscriber_wrote = Fact("subscriber_wrote", _("wrote"))
"""A message of the subscriber joined the ticket. Data: `message` (id of the TicketMessage), `channel`."""

ticket_replied = Fact("replied", _("replied"))
"""Somebody answered the subscriber. Data: `message` (id of the TicketMessage), `channel`."""

reply_taken_back = Fact("reply_taken_back", _("took the reply back before it was sent"))
"""A reply never left. Data: `message`: the id that `replied` named."""

text_saved = Fact("text_saved", _("changed the text"))
"""A ready-made text was written or changed. Data: the changed fields, each `[old, new]`."""
