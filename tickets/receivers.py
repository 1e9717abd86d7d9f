"""What tickets do on others' events, and on their own."""

from typing import Any

from django.dispatch import receiver

from common import live
from common.history import facts
from common.outbound import nudge
from messaging.models import Message
from tickets import actions, events, tasks
from tickets.actions import clocks
from tickets.models import RuleTrigger, Ticket, TicketEvent


def keep_clocks(thing: Ticket, **_: Any) -> None:
    """In the deed's own transaction: a promise is never older than what has happened."""
    clocks.refresh(thing)


# `opened` is not among them: a ticket is born with its clocks.
for fact in (
    events.ticket_taken,
    events.ticket_given,
    events.ticket_handed_over,
    events.ticket_moved,
    events.ticket_edited,
    events.ticket_resolved,
    events.ticket_reopened,
    events.subscriber_wrote,
    events.ticket_replied,
    events.reply_taken_back,
    events.ticket_merged,
    events.ticket_unmerged,
    events.ticket_took_in,
    events.ticket_parted,
):
    fact.connect(keep_clocks, dispatch_uid="tickets.clocks")


@receiver(events.children_answered)
def give_answers(**_: Any) -> None:
    nudge(tasks.give_answers)


def on_message_received(message: Message, **_: Any) -> None:
    """A message joins its ticket in the transaction that stored it: both stand or fall."""
    actions.receive(message=message)


def on_message_changed(message: Message, **_: Any) -> None:
    """Delivered, read, failed: the open page of its ticket shows it."""
    for number in Ticket.objects.filter(messages__message=message).values_list("number", flat=True):
        live.hint(f"ticket:{number}")


def ask_rules(thing: Ticket, event: TicketEvent, **_: Any) -> None:
    """In the deed's own transaction: what rules have to look at is never lost. They work after the commit."""
    if actions.heed(ticket=thing, event=event):
        nudge(tasks.run_rules)


for code, fact in facts("tickets").items():
    if code in RuleTrigger.values:
        fact.connect(ask_rules, dispatch_uid="tickets.rules")
