"""A worker in a process of its own, with a fake engine: `python worker_process.py SOCKET SECONDS_A_TURN LEASE BEAT`.

Like the engine it runs a message once only and in order: what it was asked goes to the list `asked:<conversation>`, unless the same
message was asked before. Ends at SIGTERM.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

from redis.asyncio import Redis

from bot.engine.protocol import Answer
from bot.gateway.worker import Pace, Worker
from bot.messages import Incoming
from bot.store.connection import connect, socket_url

ASK = """
if redis.call('SADD', 'asked', ARGV[1]) == 1 then redis.call('RPUSH', KEYS[1], ARGV[2]) end
"""


async def main(socket: str, seconds: float, lease: float, beat: float) -> None:
    redis: Redis = connect(socket_url(Path(socket)))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)

    async def turn(message: Incoming) -> Answer:
        await redis.incr("turns")
        await asyncio.sleep(seconds * random.uniform(0.5, 1.5))
        await redis.eval(
            ASK, 1, f"asked:{message.conversation}", f"{message.conversation} {message.message_id}", message.text
        )
        await asyncio.sleep(seconds * random.uniform(0.5, 1.5))
        return Answer("en", "greet", None, 1.0, f"heard {message.text}, says {os.getpid()}")

    await Worker(redis, turn, pace=Pace(settle=0.02, lease=lease, beat=beat)).run(stop)
    await redis.close(close_connection_pool=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *map(float, sys.argv[2:5])))
