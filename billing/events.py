from common.history import Fact

account_suspended = Fact("suspended")
"""The service was stopped for money. Data: `reason`."""

account_resumed = Fact("resumed")
"""The service goes on."""
