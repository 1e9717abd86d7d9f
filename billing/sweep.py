"""One round of the finance desk's own catching up: as `contactcenter.sweep`, by the finance role."""

from collections.abc import Callable

from billing import actions
from common.rounds import go_round

HEART = "finance-sweep"
SWEEPS: tuple[Callable[[], object], ...] = (
    actions.settle_promises,
    actions.resume_paid,
    actions.make_sheets,
    actions.deliver_letters,
    actions.take_arrived,
    actions.deliver_orders,
    actions.warn_of_deadlines,
    actions.forget_addresses,
)


def sweep() -> None:
    go_round(HEART, SWEEPS)
