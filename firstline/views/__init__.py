from firstline.views.calls import (
    bar,
    by_hand,
    calls,
    close,
    identify,
    let_go,
    open_card,
    open_ticket,
    set_topic,
    tell_incident,
    verify,
)

__all__ = [
    "bar",
    "by_hand",
    "calls",
    "close",
    "identify",
    "let_go",
    "open_card",
    "open_ticket",
    "set_topic",
    "tell_incident",
    "verify",
]
