"""Redis alone: `python -m benchmarks.engine.bounds_worker URL CONVERSATION TIMES RESULT`. Imports Rasa, for the script is its neighbour."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from bot.engine.quiet import quiet
from bot.store.connection import connect
from bot.store.keys import Keys


async def measure(url: str, conversation: str, times: int) -> list[float]:
    """Milliseconds of reading a state and writing it with a turn's events, `times` times; empty if it is not there."""
    from bot.engine.redis_trackers import DAYS, RETENTION, SAVE

    redis = connect(url)
    keys = Keys()
    state, log, copy = keys.state(conversation), keys.log(conversation), "bound"
    text, written, turns = await redis.hmget(state, ("state", "logged", "revision"))
    if text is None:
        return []
    events = await redis.lrange(log, -max(1, round(int(written) / int(turns))), -1)
    save = redis.register_script(SAVE)
    found = []
    for revision in range(times):
        started = time.perf_counter()
        await redis.hmget(keys.state(copy), ("revision", "format", "state"))
        await save(
            keys=(keys.state(copy), keys.log(copy)),
            args=(revision, revision + 1, 1, text, round(DAYS * 86_400), RETENTION, *events),
        )
        found.append((time.perf_counter() - started) * 1000)
    await redis.close(close_connection_pool=True)
    return found


if __name__ == "__main__":
    quiet()
    url, conversation, times, result = sys.argv[1:]
    measured = asyncio.run(measure(url, conversation, int(times)))
    Path(result).write_text(json.dumps(measured), encoding="utf-8")
