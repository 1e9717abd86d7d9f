"""The only maker of Redis clients. redis-py 8 times out blocking reads after 5 s unless told otherwise."""

import redis
import redis.asyncio
from django.conf import settings


def client() -> "redis.Redis":
    """For commands that answer at once; fails within about two seconds when Redis is frozen."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1, retry=None, decode_responses=True
    )


def listening_client() -> "redis.asyncio.Redis":
    """For subscriptions, which wait without limit."""
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL, socket_timeout=None, socket_connect_timeout=2, decode_responses=True
    )
