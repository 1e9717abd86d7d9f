"""One subscription, many streams: what each reader hears."""

import asyncio

from common.live import EVERYTHING
from common.live_stream import QUEUE_LENGTH, Hub


def heard(queue: "asyncio.Queue[str]") -> list[str]:
    return [queue.get_nowait() for _ in range(queue.qsize())]


def test_who_lags_is_told_to_ask_for_everything_and_nobody_else_is() -> None:
    async def story() -> None:
        hub = Hub()
        slow, quick = asyncio.Queue[str](QUEUE_LENGTH), asyncio.Queue[str](QUEUE_LENGTH)
        hub.queues = {slow, quick}
        for n in range(QUEUE_LENGTH):
            hub._tell(f"call:{n}")
            heard(quick)
        hub._tell("call:last")
        assert heard(slow) == [EVERYTHING]
        assert heard(quick) == ["call:last"]

    for _ in range(20):  # a set has no order: whoever comes first must not decide for the others
        asyncio.run(story())
