from __future__ import annotations

import asyncio

import pytest

from bot.engine.order import Order


async def test_turns_of_a_name_run_one_after_another_in_order_and_names_side_by_side() -> None:
    order = Order()
    running: dict[str, int] = {"a": 0, "b": 0}
    both_ran = False
    done = []

    async def turn(name: str, number: int) -> None:
        nonlocal both_ran
        async with order.of(name):
            running[name] += 1
            assert running[name] == 1
            both_ran = both_ran or running == {"a": 1, "b": 1}
            await asyncio.sleep(0)
            running[name] -= 1
            done.append((name, number))

    await asyncio.gather(*(turn(name, number) for number in range(50) for name in "ab"))
    assert both_ran
    assert [number for name, number in done if name == "a"] == list(range(50))
    assert order._locks == {}


async def test_a_failed_and_a_cancelled_turn_let_the_next_one_in() -> None:
    order = Order()
    with pytest.raises(RuntimeError):
        async with order.of("a"):
            raise RuntimeError

    async def turn() -> str:
        async with order.of("a"):
            return "done"

    async with order.of("a"):
        cancelled, waiting = asyncio.create_task(turn()), asyncio.create_task(turn())
        await asyncio.sleep(0)
        cancelled.cancel()
    assert await asyncio.wait_for(waiting, 1) == "done"
    assert cancelled.cancelled()
    assert order._locks == {}
