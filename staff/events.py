from common.history import Fact

presence_changed = Fact("presence_changed")
"""A person changed what they are doing. Data: `old`, `new`, `reason`."""
