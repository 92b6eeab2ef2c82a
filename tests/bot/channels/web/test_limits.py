from __future__ import annotations

import asyncio
import re
import time

import pytest
from redis.asyncio import Redis

from bot.channels.web.limits import Limits, network
from bot.store.keys import Keys


async def test_a_minutes_worth_at_once_then_one_by_one(redis: Redis) -> None:
    limits = Limits(redis, Keys("limits-test:"))
    await redis.delete(*[key async for key in redis.scan_iter("limits-test:*")], "none")
    begun = time.monotonic()
    taken = 0
    while not (wait := await limits.take({"s": 600})):
        taken += 1
    assert 600 <= taken <= 602 + 10 * (time.monotonic() - begun)
    assert 0 < wait <= 0.11
    await asyncio.sleep(wait + 0.01)
    assert await limits.take({"s": 600}) == 0
    assert await limits.take({"other": 600}) == 0


async def test_what_one_bucket_refuses_the_others_do_not_count(redis: Redis) -> None:
    limits = Limits(redis, Keys("limits-test:"))
    await redis.delete(*[key async for key in redis.scan_iter("limits-test:*")], "none")
    assert await limits.take({"a": 1, "b": 2}) == 0
    for _ in range(5):
        assert 50 < await limits.take({"a": 1, "b": 2}) <= 60
    assert await limits.take({"b": 2}) == 0
    assert await limits.take({"b": 2}) > 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        (None, "", True),
        ("unix", None, True),
    ],
)
def test_networks(one: str | None, other: str | None, same: bool) -> None:
    assert (network(one) == network(other)) is same
    assert "10.0.0" not in network(one)


async def test_a_days_budget_is_spent_from_all_or_from_none(redis: Redis) -> None:
    keys = Keys("limits-test:")
    limits = Limits(redis, keys)
    await redis.delete(*[key async for key in redis.scan_iter("limits-test:*")], "none")
    assert await limits.spend(6, {"x": 10, "y": 100})
    assert not await limits.spend(5, {"y": 100, "x": 10})
    assert await limits.spend(4, {"x": 10, "y": 100})
    assert await limits.spend(90, {"y": 100}), "what was refused did not count"
    assert not await limits.spend(1, {"y": 100})
    assert 86_000 < await redis.ttl(keys.web_limit("x")) <= 86_400


def test_no_conversation_is_named_by_what_counts_it() -> None:
    keys = Keys()
    assert re.fullmatch(r"qta:web:limit:[0-9a-f]{32}", keys.web_limit("person:tg:4242424242"))
    assert keys.web_limit("person:tg:4242424242") != keys.web_limit("person:tg:4242424243")
