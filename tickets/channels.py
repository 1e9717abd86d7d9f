"""The ways to the subscriber of a ticket: through the conversation he began, or by SMS to a number of his."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import phones
from contacts.models import Channel
from customers.models import Phone
from tickets.models import Ticket

SEND: dict[str, Promise] = {
    Channel.PHONE: gettext_lazy("Send to the subscriber by SMS"),
    Channel.WEB_FORM: gettext_lazy("Send to the subscriber on the site"),
    Channel.CHAT: gettext_lazy("Send to the subscriber in the chat"),
    Channel.VK: gettext_lazy("Send to the subscriber in VKontakte"),
    Channel.MAX: gettext_lazy("Send to the subscriber in MAX"),
    Channel.EMAIL: gettext_lazy("Send to the subscriber by e-mail"),
}


@dataclass(frozen=True)
class Way:
    """One way: `name` tells it from the others of the same ticket and holds no personal data."""

    name: str
    channel: str
    address: str

    @property
    def send(self) -> str:
        """The words on the button."""
        return str(SEND[self.channel])

    @property
    def is_sms(self) -> bool:
        return self.channel == Channel.PHONE

    @property
    def channel_title(self) -> str:
        return title(self.channel)


def title(channel: str) -> str:
    """What a written conversation through this channel is called: to a telephone one writes an SMS."""
    return _("SMS") if channel == Channel.PHONE else str(Channel(channel).label)


def ways(ticket: Ticket) -> list[Way]:
    """Every way there is, the most natural first. No query when loaded `with_people` and `with_phones`."""
    found: list[Way] = []
    if (talk := ticket.conversation) is not None and talk.channel in SEND:
        found.append(Way("conversation", talk.channel, talk.address))
    numbers = [("contact", phones.normalise(ticket.contact.phone) or "")] if ticket.contact else []
    if ticket.subscriber_id:
        numbers += [(f"phone-{row['pk']}", row["number"]) for row in _phones(ticket)]
    known = {way.address for way in found}
    for name, number in numbers:
        if number and number not in known and phones.gets_sms(number):
            known.add(number)
            found.append(Way(name, Channel.PHONE, number))
    return found


def _phones(ticket: Ticket) -> Iterable[Any]:
    if hasattr(ticket, "phone_rows"):
        return cast(list[dict[str, Any]], ticket.phone_rows)
    return Phone.objects.filter(subscriber=ticket.subscriber_id).values("pk", "number")


def obstacle(ticket: Ticket) -> str:
    """Why there is no way to the subscriber, for a ticket that has none."""
    if ticket.subscriber_id is None:
        return _("The subscriber is unknown, and so is a number for an SMS. Name the subscriber in the contact first.")
    return _(
        "There is no mobile number for an SMS. Call the subscriber, or have a mobile number added to the contract."
    )


def trouble(code: str) -> str:
    """Why a message did not arrive, by the code of its last attempt, and what helps."""
    said = {
        "refused": _("The provider refused this address. Check it, or call."),
        "no_gateway": _("This channel is not connected. Choose another way, or call."),
        "away": _("The provider does not answer."),
    }
    return said.get(code) or _("The provider reports a fault (%(code)s).") % {"code": code}
