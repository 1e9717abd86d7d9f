"""A process is killed in the middle of a stream of calls: nothing is lost, nothing doubled, it comes back."""

import signal

import pytest

from tests.faults.product import Product, wait_for

pytestmark = pytest.mark.fault


@pytest.mark.parametrize("name", ["-n worker@", "beat", "manage.py sweep", "manage.py finance_sweep", "web"])
def test_a_killed_process_costs_nothing_and_comes_back(product: Product, name: str) -> None:
    words = f"--port {product.port}" if name == "web" else name
    houses, stream = product.outages(2)
    wait_for(lambda: len(stream.acknowledged) >= len(stream.events) // 3, what="a third of the calls")
    killed = product.signal(words, signal.SIGKILL)
    wait_for(lambda: product.child(words) not in (None, killed), what="its successor")
    product.check(houses, stream)
