"""The database goes away in the middle of a stream of calls: the PBX is told to come back, and then all is there."""

import signal

import pytest

from tests.faults.product import Product, wait_for

pytestmark = pytest.mark.fault


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["restarted", "crashed"])
def test_what_is_acknowledged_outlives_the_database(product: Product, how: signal.Signals) -> None:
    houses, stream = product.outages(2)
    wait_for(lambda: len(stream.acknowledged) >= len(stream.events) // 3, what="a third of the calls")
    product.hold_supervisor(True)
    try:
        product.signal("postgres", how)
        wait_for(lambda: (503, "5") in stream.answers, what="503 with Retry-After")
        taken = len(stream.acknowledged)
        status, told = product.ready()
        assert (status, told["status"]) == (503, "down")
        heard = len(stream.answers)
        wait_for(lambda: len(stream.answers) >= heard + 5, what="more refusals")
        assert len(stream.acknowledged) == taken  # never 200 without a database
    finally:
        product.hold_supervisor(False)
    product.check(houses, stream)
    assert stream.statuses() <= {200, 503}
