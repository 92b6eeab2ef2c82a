"""A process with the channel and no engine: every message is answered by an echo in the step in which it is kept. `process.py API SOCKET`."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from bot.channels.telegram.channel import Channel, Settings
from bot.channels.telegram.pacing import Pace, Rate
from bot.engine.protocol import Answer
from bot.messages import Incoming, Outgoing
from bot.store.buttons import Buttons
from bot.store.connection import connect, socket_url
from bot.store.keys import Keys
from bot.store.outbox import Outbox
from catalog.store import Catalog

KEEP = "if redis.call('SET', KEYS[1], 1, 'NX') then redis.call('XADD', KEYS[2], '*', 'reply', ARGV[1]) return 1 end return 0"


async def main(api: str, socket: str) -> None:
    redis = connect(socket_url(Path(socket)))
    keys = Keys()

    async def accept(message: Incoming) -> bool:
        name = f"r-{message.message_id}"
        answer = Answer("en", "ask_fee", None, 1.0, f"heard {message.text}")
        reply = Outgoing(name, "telegram", message.conversation, (message.message_id,), answer, (), time.time())
        return bool(await redis.eval(KEEP, 2, f"kept:{name}", keys.outbox("telegram"), json.dumps(reply.to_json())))

    rate = Rate(1000, 10)
    channel = Channel(
        "4242:test-token_of_no_bot", accept, Outbox(redis, lease=1.0, beat=0.2), Buttons(redis), Catalog({}, {}, {}, {}), redis,
        Settings(api_url=api, poll=1, slow=0.1), pace=Pace(rate, rate, Rate(80, 2)),
    )  # fmt: skip
    await channel.run(asyncio.Event())


asyncio.run(main(sys.argv[1], sys.argv[2]))
