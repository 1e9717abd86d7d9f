from django.dispatch import Signal
from django.utils.translation import gettext_lazy as _

from common.history import Fact

message_received = Signal()
"""The subscriber wrote, by any channel: `message`, `by`. In the transaction that stores it; not for repeats."""

message_changed = Signal()
"""An outgoing message went on: queued, sent, delivered, read, failed: `message`. Inside its transaction."""

work_is_due = Signal()
"""Something waits to leave; the sender is Message or WebhookDelivery."""

webhook_created = Fact("created", _("set up the webhook"))
"""A webhook was set up. Data: `facts`."""

webhook_changed = Fact("changed", _("changed the webhook"))
"""Its title, address, facts were changed, or it was switched on or off. Data: names of the changed `fields`."""

webhook_secret_replaced = Fact("secret_replaced", _("replaced the secret"))
"""A new secret signs its deliveries from now on."""

webhook_switched_off = Fact("switched_off", _("switched it off: it fails all the time"))
"""It failed without a success for too long. Data: `failures`, `delivery`."""
