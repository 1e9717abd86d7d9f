"""One port: live streams natively asynchronous, pages on a fixed pool of threads.

Pages run as WSGI because Django under ASGI opens a thread and a database connection per request; the pool's
threads are reused, so their connections are too (measured: 1049 against 186 requests a second).
"""

import gc
from typing import Any, cast

from a2wsgi import WSGIMiddleware

from contactcenter.wsgi import application as pages

# Django must be set up first.
from django.conf import settings  # isort: skip
from billing.office import is_office  # isort: skip
from common.live_stream import live  # isort: skip

# What is loaded by now lives as long as the process: the collector need not look at it with every few hundred objects
# that a page makes.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)

_pages: Any = WSGIMiddleware(cast(Any, pages), workers=8)


def _is_outside(scope: Any) -> bool:
    """Streams pass no middleware: whoever asks the finance desk's from elsewhere meets that of the pages, which refuses
    him, ends his session and tells."""
    return settings.IS_FINANCE and not is_office((scope.get("client") or ("",))[0])


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http" and scope["path"] == "/live/" and not _is_outside(scope):
        await live(scope, receive, send)
    else:
        await _pages(scope, receive, send)
