from django.utils.translation import gettext_lazy as _

from common.changes import choice
from common.history import Fact
from network.models import ConnectionState

connection_set = Fact("connection_set", _("said whether the house can be connected"), about="connection")
"""A house can be connected, or not, or has to be looked at. Data: `old`, `new`, `reason`."""

FIELDS = {"connection": choice(_("Connection"), ConnectionState)}
