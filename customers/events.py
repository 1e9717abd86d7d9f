from django.utils.translation import gettext_lazy as _

from common.history import Fact

data_exported = Fact("data_exported", _("exported the personal data"))
"""Somebody took a subscriber's data along. Data: `format`, `sha256` of the file."""

erasure_asked = Fact("erasure_asked", _("asked to erase the personal data"))
"""Somebody wants a subscriber's data erased. Data: `erasure` (id), `basis`, `reason`."""

erasure_cancelled = Fact("erasure_cancelled", _("called the erasure off"))
"""It is not to be done after all. Data: `erasure`, `reason`."""

erasure_confirmed = Fact("erasure_confirmed", _("confirmed the erasure"))
"""A second person, or the same one who typed the account, said yes. Data: `erasure`, `alone`."""

subscriber_erased = Fact("erased", _("erased the personal data"))
"""Done. Data: `erasure`, `act`, `counts` by section."""
