from __future__ import annotations

import asyncio
import contextlib

from redis.asyncio import Redis

from bot.store.tasks import ended


async def test_it_ends_whatever_swallows_a_cancellation() -> None:
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while swallowed < 3:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
            swallowed += 1

    async def broken() -> None:
        raise ValueError

    tasks = [asyncio.create_task(stubborn()), asyncio.create_task(broken())]
    await asyncio.sleep(0)
    await asyncio.wait_for(ended(*tasks), 5)
    assert (swallowed, tasks[0].done()) == (3, True)
    await ended()


async def test_it_ends_commands_at_any_moment(redis: Redis) -> None:
    async def asks() -> None:
        while True:
            await redis.xread({"nothing": "0"}, block=1)

    for steps in range(40):
        task = asyncio.create_task(asks())
        for _ in range(steps):
            await asyncio.sleep(0)
        await asyncio.wait_for(ended(task), 5)
