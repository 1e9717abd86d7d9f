from django.utils.translation import gettext_lazy as _

from common.history import Fact

incident_suspected = Fact("suspected", _("suspects an incident"))
"""The detector suspects an incident: somebody in support must verify it; nobody leaves yet."""

incident_opened = Fact("opened", _("opened the incident"))
"""An incident is certain enough for a master to leave, or a person confirmed it. Sent once an incident."""

incident_updated = Fact("updated", _("changed what callers are told"))
"""Its text, ETA or next-update time changed. Data: the changed fields, old and new."""

incident_grew = Fact("grew", _("more contacts joined"))
"""More contacts joined. Data: `contacts` (ids). Not sent for the contacts that opened it."""

incident_restored = Fact("restored", _("declared the service restored"))
"""The service works again, says a person."""

word_sent = Fact("word_sent", _("wrote to callers that the service is restored"))
"""Who had been promised word was written to. Data: `messages`, `promised` (counts)."""

incident_closed = Fact("closed", _("closed the incident"))
"""It is over, with its resolution: restored, dismissed, faded or merged. Data: `resolution`."""

incident_merged = Fact("merged", _("a wider incident took it in"))
"""A wider incident explains this one (`thing.parent`); its contacts moved. Sent beside `closed`."""

works_announced = Fact("announced", _("announced the works"))
"""Planned works were announced."""

works_cancelled = Fact("cancelled", _("called the works off"))
"""Planned works were called off."""

settings_changed = Fact("settings_changed", _("changed the detector's settings"))
"""A supervisor changed the detector's settings. Data: the changed fields, old and new."""
