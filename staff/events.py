from django.utils.translation import gettext_lazy as _

from common.history import Fact

presence_changed = Fact("presence_changed", _("changed the status"))
"""A person changed what they are doing. Data: `old`, `new`, `reason`."""
