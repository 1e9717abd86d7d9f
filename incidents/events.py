from common.history import Fact

incident_suspected = Fact("suspected")
"""The detector suspects an incident: somebody in support must verify it; nobody leaves yet."""

incident_opened = Fact("opened")
"""An incident is certain enough for a master to leave, or a person confirmed it. Sent once an incident."""

incident_updated = Fact("updated")
"""Its text, ETA or next-update time changed. Data: the changed fields, old and new."""

incident_grew = Fact("grew")
"""More contacts joined. Data: `contacts` (ids). Not sent for the contacts that opened it."""

incident_restored = Fact("restored")
"""The service works again, says a person."""

incident_closed = Fact("closed")
"""It is over, with its resolution: restored, dismissed, faded or merged. Data: `resolution`."""

incident_merged = Fact("merged")
"""A wider incident explains this one (`thing.parent`); its contacts moved. Sent beside `closed`."""

works_announced = Fact("announced")
"""Planned works were announced."""

works_cancelled = Fact("cancelled")
"""Planned works were called off."""

settings_changed = Fact("settings_changed")
"""A supervisor changed the detector's settings. Data: the changed fields, old and new."""
