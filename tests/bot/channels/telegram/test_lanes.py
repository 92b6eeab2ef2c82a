from __future__ import annotations

import asyncio
import logging

import pytest

from bot.channels.telegram.lanes import Lanes


async def test_in_order_for_each_key_and_side_by_side_for_others() -> None:
    lanes, done = Lanes(100), []

    async def work(key: str, number: int) -> None:
        await asyncio.sleep(0.05 if key == "slow" else 0)
        done.append((key, number))

    for number in range(3):
        for key in ("slow", "fast"):
            await lanes.put(key, lambda key=key, number=number: work(key, number))
    await lanes.close(5)
    assert done == [("fast", 0), ("fast", 1), ("fast", 2), ("slow", 0), ("slow", 1), ("slow", 2)]


async def test_an_error_ends_nothing_and_its_words_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    lanes, done = Lanes(1), []

    async def fails() -> None:
        raise RuntimeError("my passport number")

    async def works() -> None:
        done.append(1)

    with caplog.at_level(logging.DEBUG):
        await lanes.put("a", fails)
        await lanes.put("a", works)
        await lanes.close(5)
    assert done == [1]
    assert "RuntimeError" in caplog.text
    assert "passport" not in caplog.text


async def test_what_does_not_end_in_time_is_cancelled() -> None:
    lanes = Lanes(10)
    await lanes.put("a", lambda: asyncio.sleep(60))
    await asyncio.wait_for(lanes.close(0.05), 2)
