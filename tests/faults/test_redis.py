"""Redis is a convenience: without it contacts are taken and masters leave all the same."""

import signal

import pytest

from tests.faults.product import Product, wait_for

pytestmark = pytest.mark.fault
SLOWEST_S = 2.0  # an answer that waited for Redis would take longer


def answers(product: Product) -> bool:
    try:
        return bool(product.redis.ping())
    except OSError:
        return False
    except Exception as error:
        assert "redis" in type(error).__module__
        return False


def test_contacts_are_taken_and_masters_leave_while_redis_is_stopped(product: Product) -> None:
    product.hold_supervisor(True)
    try:
        product.signal("redis-server", signal.SIGTERM)
        wait_for(lambda: not answers(product), what="Redis to end")
        houses, stream = product.outages(2)
        product.check(houses, stream)
        assert product.ready()[0] == 200
        assert product.ready()[1]["status"] == "degraded"
        assert stream.statuses() == {200}
        assert stream.slowest < SLOWEST_S
    finally:
        product.hold_supervisor(False)
    wait_for(lambda: answers(product), what="Redis")
    wait_for(lambda: product.ready()[1]["status"] == "ok", what="readiness")


def test_a_frozen_redis_holds_nobody_up(product: Product) -> None:
    frozen = product.signal("redis-server", signal.SIGSTOP)
    try:
        houses, stream = product.outages(2)
        product.check(houses, stream)
        assert product.ready()[1]["status"] == "degraded"
        assert stream.statuses() == {200}
        assert stream.slowest < SLOWEST_S
    finally:
        product.signal("redis-server", signal.SIGCONT)
    assert product.child("redis-server") == frozen
    wait_for(lambda: product.ready()[1]["status"] == "ok", what="readiness")


def test_an_emptied_redis_forgets_nothing_that_counts(product: Product) -> None:
    houses, stream = product.outages(2)
    wait_for(lambda: len(stream.acknowledged) >= len(stream.events) // 2, what="half of the calls")
    product.redis.flushall()
    product.check(houses, stream)
    assert stream.statuses() == {200}
