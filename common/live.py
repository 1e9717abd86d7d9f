"""Hints to open pages: a message is only a topic's name; the page asks again through its ordinary view.

Topics look like `desk:dispatch`, `user:7`, `ticket:123`. Who may listen to a kind of topic is decided by the
predicate its owner registers; a kind nobody registered is refused.
"""

from collections.abc import Callable
from typing import Any

from common import outbound

CHANNEL = "live"
EVERYTHING = "*"  # sent by the hub itself after it was cut off from Redis: whoever listens asks again
REVOKED = "revoked"

_may_listen: dict[str, Callable[[Any, str], bool]] = {}


def register_topic(kind: str, may_listen: Callable[[Any, str], bool]) -> None:
    """Allow topics `kind:<key>` for users for whom `may_listen(user, key)` is true."""
    _may_listen[kind] = may_listen


def may_listen(user: Any, topic: str) -> bool:
    kind, _, key = topic.partition(":")
    check = _may_listen.get(kind)
    return bool(check and check(user, key))


def hint(*topics: str) -> None:
    """After the commit, tell the pages that listen to these topics to look again."""
    outbound.publish(CHANNEL, *topics)


def revoke(user_id: int) -> None:
    """Make every open stream of this user check its session now (signed out, deactivated, moved)."""
    outbound.publish(CHANNEL, f"{REVOKED}:{user_id}")
