"""What a page says when it refuses a deed."""

import html
from typing import Any

from django.test import Client


def refused(browser: Client, path: str, data: dict[str, Any] | None = None) -> str:
    """The words of the refusal; fails if the deed was done."""
    reply = browser.post(path, data or {}, headers={"HX-Request": "true"})
    assert reply.status_code == 422, f"{path}: {reply.status_code}"
    return html.unescape(reply.content.decode())
