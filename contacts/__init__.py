"""One inbound contact by any channel: who, where, about what, how it ended."""
