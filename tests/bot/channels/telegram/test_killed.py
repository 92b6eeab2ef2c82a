"""The channel killed again and again in the middle of its work."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

from bot_api import BotApi

CHATS, EACH, KILLS = 20, 7, 3

ON_THE_WIRE = 1
"""Replies that one kill can cost at most: those that it finds between their mark and the network, of which nobody can know."""


async def test_kill_9_doubles_nothing_keeps_the_order_and_loses_only_what_it_finds_on_the_wire(api: BotApi, redis: Any, telegram_socket: Path) -> None:  # fmt: skip
    async def start() -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, str(Path(__file__).with_name("process.py")), api.url, str(telegram_socket)
        )

    api.tell("sendMessage", slow=0.05, times=100_000)
    for number in range(EACH):
        for chat in range(1, CHATS + 1):
            api.say(f"{number}", user=chat)
    process = await start()
    for kill in range(KILLS):
        await api.got((kill + 1) * 30, seconds=20)
        process.send_signal(signal.SIGKILL)
        await process.wait()
        process = await start()
    try:
        for _ in range(3000):
            if not api.updates and not await redis.xlen("qta:outbox:telegram"):
                break
            await asyncio.sleep(0.01)
    finally:
        process.kill()
        await process.wait()
    lost = 0
    for chat in range(1, CHATS + 1):
        texts = api.texts(chat)
        assert texts == sorted(set(texts)), f"doubled or out of order: {texts}"
        lost += EACH - len(texts)
    assert lost <= KILLS * ON_THE_WIRE
