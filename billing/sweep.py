"""One round of the finance desk's own catching up: as `contactcenter.sweep`, by the finance worker's role."""

import logging
from collections.abc import Callable

from django.db import OperationalError, close_old_connections

from billing import actions
from common import origin

log = logging.getLogger(__name__)

SWEEPS: tuple[Callable[[], object], ...] = (
    actions.settle_promises,
    actions.resume_paid,
    actions.make_sheets,
    actions.deliver_letters,
    actions.take_arrived,
    actions.deliver_orders,
)


def sweep() -> None:
    """Run every part; one that fails is logged and does not stop the others."""
    for part in SWEEPS:
        try:
            with origin.coming(origin.Via.SWEEP, part.__name__):
                part()
        except OperationalError:
            close_old_connections()
            log.warning("finance sweep: database away during %s", part.__name__)
        except Exception:
            log.exception("finance sweep: %s failed", part.__name__)
