from firstline.views.calls import calls, close, identify, open_ticket, set_topic, tell_incident

__all__ = ["calls", "close", "identify", "open_ticket", "set_topic", "tell_incident"]
