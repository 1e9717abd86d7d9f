"""What differs between two trees. Pure."""

from typing import Any


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str]]:
    """Names of nodes, each with "added", "removed" or "changed", in the new tree's order, what is gone at the end."""
    before, after = old.get("nodes", {}), new.get("nodes", {})
    found = [
        (key, "added" if key not in before else "changed")
        for key, node in after.items()
        if key not in before or before[key] != node
    ]
    return found + [(key, "removed") for key in before if key not in after]
