from django.utils.translation import gettext_lazy as _

from common.history import Fact

presence_changed = Fact("presence_changed", _("changed the status"))
"""A person changed what they are doing. Data: `old`, `new`, `reason`."""

sign_in_reset = Fact("sign_in_reset", _("reset the sign-in"))
"""An administrator gave a new password or took the second factor away. Data: `password`, `second_factor`, `reason`."""

signed_out_elsewhere = Fact("signed_out_elsewhere", _("signed out everywhere else"))
"""A person ended his other sessions."""
