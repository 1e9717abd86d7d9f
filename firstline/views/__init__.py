from firstline.views.calls import bar, calls, close, identify, open_ticket, set_topic, tell_incident

__all__ = ["bar", "calls", "close", "identify", "open_ticket", "set_topic", "tell_incident"]
