from django.db import models
from django.utils.translation import gettext_lazy as _

from common.changes import Field, choice, moment, named, people, rows, text
from common.history import Fact
from contacts.models import Topic
from customers.models import Subscriber
from incidents.models import Incident
from network.models import Building
from staff.models import Desk
from tickets.models import ClockKind, DeskPolicy, LinkKind, Priority, ResolutionCode, Status, Ticket


class Switch(models.TextChoices):
    """A setting that is on or off, as history says it."""

    ON = "True", _("On")
    OFF = "False", _("Off")


ticket_opened = Fact("opened", _("opened the ticket"))
"""A ticket was opened. Data: `contact` (id or null); `handed_from`: the desk that handed a call over by opening it."""

ticket_taken = Fact("taken", _("took it"), about="assignee")
"""Somebody made it his. Data: `assignee`, `old` (ids or null)."""

ticket_given = Fact("given", _("gave it to a colleague"), about="assignee")
"""It became somebody's work by another's word. Data: `assignee`, `old` (ids or null), `reason`."""

ticket_taken_over = Fact("taken_over", _("took it over"), about="assignee")
"""Somebody made a colleague's ticket his. Data: `assignee`, `old`, `reason`."""

ticket_released = Fact("released", _("gave it back to the desk"), about="assignee")
"""Nobody's again. Data: `assignee` (null), `old`, `reason`."""

ticket_handed_over = Fact("handed_over", _("handed it over"), about="desk")
"""It moved to another desk's queue. Data: `old`, `new` (desks), `reason`."""

ticket_moved = Fact("moved", _("changed the state"), about="status")
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

promise_passed = Fact("promise_passed", _("time of a promise has passed"))
"""So much of a promise's time is over. Data: `promise` (a clock's kind), `percent`."""

promise_changed = Fact("promise_changed", _("changed the promise"))
"""A policy of promises was written, changed or retired. Data: the changed fields, each `[old, new]`."""

calendar_changed = Fact("calendar_changed", _("changed the calendar"))
"""Hours or days of a calendar were changed. Data: `hours` (of the week) or `day` and its `hours`, `[old, new]`."""

policy_changed = Fact("policy_changed", _("changed the desk's rules"))
"""A desk works by other rules. Data: the changed fields, each `[old, new]`."""

subscriber_wrote = Fact("subscriber_wrote", _("wrote"))
"""A message of the subscriber joined the ticket. Data: `message` (id of the TicketMessage), `channel`."""

ticket_replied = Fact("replied", _("replied"))
"""Somebody answered the subscriber. Data: `message` (id of the TicketMessage), `channel`."""

reply_taken_back = Fact("reply_taken_back", _("took the reply back before it was sent"))
"""A reply never left. Data: `message`: the id that `replied` named."""

ticket_merged = Fact("merged", _("merged it into another ticket"))
"""Another ticket took it in. Listeners may refuse, as over an open visit. Data: `old` (the state)."""

ticket_unmerged = Fact("unmerged", _("undid the merge"))
"""It stands for itself again, as it was before."""

ticket_took_in = Fact("took_in", _("merged another ticket into it"))
"""It took another ticket in. Data: `other`, `merge` (id), `asked`: since when the subscriber waits there."""

ticket_parted = Fact("parted", _("undid the merge with another ticket"))
"""The other one stands for itself again. Data: `other`, `merge` (id)."""

ticket_linked = Fact("linked", _("linked it to another ticket"))
"""A link was made. Data: `other` ([null, number]), `link` ([null, kind]), `reason`."""

ticket_unlinked = Fact("unlinked", _("took a link away"))
"""A link was taken away. Data: `other`, `link`."""

ticket_attached = Fact("attached", _("made it belong to another ticket"))
"""It belongs to the ticket of its cause. Data: `parent` (number)."""

ticket_detached = Fact("detached", _("detached it from its common ticket"))
"""It stands for itself again. Data: `parent` (number)."""

child_joined = Fact("child_joined", _("put a ticket into it"))
"""A ticket belongs to it. Data: `other` ([null, number])."""

child_left = Fact("child_left", _("took a ticket out of it"))
"""A ticket belongs to it no more. Data: `other` ([number, null])."""

children_answered = Fact("children_answered", _("answered all that belongs to it"))
"""One answer goes to everything open that belongs to it. Data: `text`, `tickets` ([null, how many])."""

time_added = Fact("time_added", _("wrote down time"))
"""Minutes that no page noticed. Data: `minutes` ([null, n]), `text`."""

time_taken_back = Fact("time_taken_back", _("took written time back"))
"""A wrong entry counts no more. Data: `minutes` ([n, null])."""

text_saved = Fact("text_saved", _("changed the text"))
"""A ready-made text was written or changed. Data: the changed fields, each `[old, new]`."""

rule_changed = Fact("rule_changed", _("changed the rule"))
"""A rule was written or changed. Data: `title` and `rule` (its words), each `[old, new]`, `version`."""

rule_switched = Fact("rule_switched", _("switched the rule"))
"""It works from now on, or no more. Data: `is_on` [old, new]."""

rule_moved = Fact("rule_moved", _("moved the rule"))
"""It is looked at earlier or later. Data: `place` [old, new], from 1."""

rule_removed = Fact("rule_removed", _("removed the rule"))
"""It is in no list any more."""

fields_filled = Fact("fields_filled", _("filled in fields"))
"""Values of custom fields changed. Data: `field_values`: [old, new], in the words of that day."""

step_added = Fact("step_added", _("added a step"))
"""The checklist grew. Data: `text`."""

step_done = Fact("step_done", _("did a step"))
"""A step of the checklist was ticked off. Data: `text`."""

step_undone = Fact("step_undone", _("took a tick away"))
"""A step was not done after all. Data: `text`."""

step_removed = Fact("step_removed", _("removed a step"))
"""A step left the checklist. Data: `text`."""

field_saved = Fact("field_saved", _("changed the field"))
"""A custom field was written, changed or switched. Data: the changed fields, each `[old, new]`."""

checklist_saved = Fact("checklist_saved", _("changed the checklist"))
"""A checklist's template was written, changed or switched. Data: the changed fields, each `[old, new]`."""

template_saved = Fact("template_saved", _("changed the template"))
"""A ticket's template was written, changed or switched. Data: the changed fields, each `[old, new]`."""
_tickets = rows(Ticket)
FIELDS = {
    "status": choice(_("State"), Status),
    "desk": choice(_("Desk"), Desk),
    "promise": choice(_("Promise"), ClockKind),
    "percent": text(_("Percent")),
    "assignee": named(_("Assignee"), people),
    "priority": choice(_("Priority"), Priority),
    "topic": named(_("Topic"), rows(Topic)),
    "subject": text(_("Subject")),
    "due_at": moment(_("Due")),
    "wait_until": moment(_("Postponed until")),
    "resolution_code": named(_("How it ended"), rows(ResolutionCode)),
    "subscriber": named(_("Subscriber"), rows(Subscriber, lambda one: f"{one.name_short}, {one.account}")),
    "building": named(_("Address"), rows(Building, lambda one: one.title, "street")),
    "incident": named(_("Incident"), rows(Incident, str, "building__street", "node")),
    "parent": named(_("Belongs to"), _tickets),
    "merged_into": named(_("Merged into"), _tickets),
    "continues": named(_("Continues"), _tickets),
    "other": text(_("Ticket")),
    "link": choice(_("Kind of link"), LinkKind),
    "tickets": text(_("Tickets")),
    "minutes": text(_("Minutes")),
    "title": text(_("Name")),
    "rule": text(_("Rule")),
    "is_on": Field(_("Switched on"), lambda on: str(_("Yes") if on else _("No"))),
    "place": text(_("Place")),
    "field_values": text(_("Fields")),
    "label_ru": text(_("Name in Russian")),
    "label_en": text(_("Name in English")),
    "lines": text(_("Steps")),
    "is_active": choice(_("In use"), Switch),
    "must_be_done": choice(_("Must be done before resolving"), Switch),
    "on_arrival": choice(_("Needed when the first line hands over"), Switch),
    "before_resolving": choice(_("Needed before resolving"), Switch),
    "before_handing_over": choice(_("Needed before handing over"), Switch),
    "before_visit": choice(_("Needed before a visit"), Switch),
    "reopening": choice(_("Work that comes back"), DeskPolicy.Reopening),
    "reopen_days": text(_("Reopened within, days")),
    "return_after_min": text(_("Work of the absent returns after, minutes")),
}
