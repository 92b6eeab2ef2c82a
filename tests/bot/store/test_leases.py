from __future__ import annotations

import asyncio
import itertools
import time

import pytest
from redis.asyncio import Redis

from bot.store.connection import connect
from bot.store.errors import StoreUnavailable
from bot.store.leases import BEAT, Leases

THINGS = 16


async def settled(redis: Redis, gateways: list[Leases]) -> None:
    """Every gateway renews and lets go of what is too much, until nothing changes."""
    for _ in range(4):
        for gateway in gateways:
            share = (await gateway.renew()).share
            for lease in list(gateway.held.values())[share:]:
                await gateway.release(lease)


def held(gateways: list[Leases]) -> list[int]:
    return sorted(itertools.chain.from_iterable(gateway.held for gateway in gateways))


async def test_one_takes_all(redis: Redis) -> None:
    alone = Leases(redis, "g", THINGS)
    change = await alone.renew()
    assert [lease.number for lease in change.gained] == list(range(THINGS)) == sorted(alone.held)
    assert (await alone.renew()).gained == ()


@pytest.mark.parametrize(
    ("gateways", "shares"), [(2, [8, 8]), (3, [5, 5, 6]), (5, [3, 3, 3, 3, 4]), (17, [0, *[1] * 16])]
)
async def test_all_get_a_fair_share_and_nothing_is_held_twice(redis: Redis, gateways: int, shares: list[int]) -> None:
    group = [Leases(redis, "g", THINGS) for _ in range(gateways)]
    await settled(redis, group[:1])
    await settled(redis, group)
    assert sorted(len(gateway.held) for gateway in group) == shares
    assert held(group) == list(range(THINGS))


async def test_what_one_leaves_others_take_at_once(redis: Redis) -> None:
    one, other = Leases(redis, "g", THINGS), Leases(redis, "g", THINGS)
    await settled(redis, [one, other])
    await one.leave()
    await other.renew()
    assert (held([one]), held([other])) == ([], list(range(THINGS)))


async def test_the_dead_are_replaced(redis: Redis) -> None:
    dead, other = Leases(redis, "g", THINGS, seconds=0.3), Leases(redis, "g", THINGS, seconds=0.3)
    await dead.renew()
    await other.renew()
    assert not other.held
    await asyncio.sleep(0.35)
    await other.renew()
    assert held([other]) == list(range(THINGS))
    change = await dead.renew()
    assert (len(change.lost), dead.held) == (THINGS, {})


async def test_the_dead_are_replaced_within_ten_seconds(redis: Redis) -> None:
    dead, other = Leases(redis, "g", THINGS), Leases(redis, "g", THINGS)
    await dead.renew()
    died = time.monotonic()
    while len(other.held) < THINGS:
        await other.renew()
        await asyncio.sleep(BEAT)
        assert time.monotonic() - died < 10


async def test_a_lease_that_ended_is_lost_though_nobody_took_it(redis: Redis) -> None:
    gateway = Leases(redis, "g", 1, seconds=0.05)
    first = (await gateway.renew()).gained[0]
    await asyncio.sleep(0.1)
    change = await gateway.renew()
    assert change.lost == (first,)
    assert change.gained[0].token != first.token
    assert await redis.get(first.key) == change.gained[0].token


async def test_nobody_releases_what_somebody_else_took(redis: Redis) -> None:
    slow, other = Leases(redis, "g", 1, seconds=0.05), Leases(redis, "g", 1)
    old = (await slow.renew()).gained[0]
    await asyncio.sleep(0.1)
    await other.renew()
    await slow.release(old)
    await slow.leave()
    assert await redis.get(old.key) == other.held[0].token


async def test_groups_are_apart(redis: Redis) -> None:
    one, other = Leases(redis, "a", 2), Leases(redis, "a:1", 2)
    await one.renew()
    await other.renew()
    assert held([one]) == held([other]) == [0, 1]


async def test_without_redis() -> None:
    leases = Leases(connect("unix:///nowhere"), "g", 2)
    for call in (leases.renew, leases.leave):
        with pytest.raises(StoreUnavailable):
            await call()
