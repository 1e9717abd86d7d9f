from django.utils.translation import gettext_lazy as _

from common.history import Fact

account_suspended = Fact("suspended", _("suspended the service"))
"""The service was stopped for money. Data: `reason`."""

account_resumed = Fact("resumed", _("resumed the service"))
"""The service goes on."""
