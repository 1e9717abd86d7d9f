from common.history import Fact

contact_received = Fact("received")
"""A contact came in, by any channel. Not sent again for repeats of the same contact."""

contact_identified = Fact("identified")
"""It became known who or where the contact is about. Data: `subscriber`, `building` (ids or null)."""

contact_topic_set = Fact("topic_set")
"""Its topic was chosen or changed. Data: `old`, `new` (codes or null)."""

contact_closed = Fact("closed")
"""It was wrapped up. Data: `outcome`."""

contact_merged = Fact("merged")
"""It turned out to be a part of another contact. Data: `into` (id)."""
