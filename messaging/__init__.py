"""Written conversations and the outbox."""
