"""Workers as real processes that are killed, paused and stopped under load."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.messages import Incoming
from bot.store.inbox import SHARDS, Inbox
from bot.store.keys import Keys
from bot.store.outbox import Outbox

SCRIPT = Path(__file__).with_name("worker_process.py")
LIMIT = 40.0
LEASE, BEAT = 1.5, 0.2

Start = Callable[[float], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(socket: Path) -> Iterator[Start]:
    """Start a worker whose turns take so many seconds on average."""
    processes = []

    def started(seconds: float) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(SCRIPT), str(socket), str(seconds), str(LEASE), str(BEAT)]
        processes.append(subprocess.Popen(command, cwd=Path(__file__).parents[3]))
        return processes[-1]

    yield started
    for process in processes:
        process.kill()
        process.wait(LIMIT)


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    started = time.monotonic()
    while not await true():
        assert time.monotonic() - started < LIMIT
        await asyncio.sleep(0.02)


async def answered(redis: Redis, count: int) -> None:
    async def there() -> bool:
        return await Outbox(redis).length("web") >= count

    await until(there)


async def all_answered(redis: Redis) -> dict[str, list[tuple[str, ...]]]:
    """Of each conversation, in order, the ids of the messages that each reply answers; when nothing waits any more."""

    async def done() -> bool:
        return await Inbox(redis).length() == 0

    await until(done)
    found = defaultdict(list)
    last = "0"
    while recorded := await Outbox(redis).take("web", last):
        last = recorded[-1].place
        for each in recorded:
            assert each.outgoing
            found[each.outgoing.conversation].append(each.outgoing.reply_to)
    for shard in range(SHARDS):
        assert not await redis.exists(Keys().begun(shard))
    return found


async def feed(redis: Redis, apart: float, pause: float = 0.0) -> None:
    """500 messages in 50 conversations, at random but in order within each, `apart` seconds by their clocks between two of a conversation."""
    order = [f"c{conversation}" for conversation in range(50)] * 10
    random.Random(1).shuffle(order)
    count: dict[str, int] = defaultdict(int)
    for conversation in order:
        number = count[conversation]
        count[conversation] += 1
        await asyncio.sleep(pause)
        await Inbox(redis).put(Incoming("web", conversation, str(number), number * apart, text=f"m{number}"))


@pytest.mark.parametrize(
    ("apart", "pause", "turn"), [(10.0, 0.0, 0.02), (0.5, 0.005, 0.1)], ids=["one by one", "bursts"]
)
async def test_workers_are_killed_in_the_middle_of_500_messages(
    redis: Redis, start: Start, apart: float, pause: float, turn: float
) -> None:
    first, second = start(turn), start(turn)
    feeding = asyncio.create_task(feed(redis, apart, pause))
    await answered(redis, 50)
    first.kill()
    third = start(turn)
    await answered(redis, 90)
    second.kill()
    await feeding
    start(turn)
    said = await all_answered(redis)
    assert third.poll() is None
    expected = [str(number) for number in range(10)]
    assert len(said) == 50
    for conversation, replies in said.items():
        assert [each for reply in replies for each in reply] == expected
        asked = await redis.lrange(f"asked:{conversation}", 0, -1)
        assert "\n".join(asked).split("\n") == [f"m{number}" for number in range(10)]
        assert [text.split("\n") for text in asked] == [[f"m{each}" for each in reply] for reply in replies]
    assert int(await redis.get("turns")) > sum(map(len, said.values()))  # some were cut short
    assert any(len(reply) > 1 for replies in said.values() for reply in replies) == (apart < 1)


async def test_a_worker_that_was_paused_finishes_nothing(redis: Redis, start: Start) -> None:
    paused = start(0.4)
    for conversation in range(20):
        await Inbox(redis).put(Incoming("web", f"c{conversation}", "0", 1.0, text="m0"))

    async def under_way(turns: int) -> bool:
        return int(await redis.get("turns") or 0) == turns

    await until(lambda: under_way(20))
    paused.send_signal(signal.SIGSTOP)
    assert await Outbox(redis).length("web") == 0
    stopped = time.monotonic()
    other = start(1.0)
    await until(lambda: under_way(40))
    assert time.monotonic() - stopped < 10
    paused.send_signal(signal.SIGCONT)  # its turns are over before those of the other
    said = await all_answered(redis)
    assert said == {f"c{conversation}": [("0",)] for conversation in range(20)}
    by = {each.outgoing.answer.text for each in await Outbox(redis).take("web") if each.outgoing}
    assert by == {f"heard m0, says {other.pid}"}
    for conversation in range(20):
        await Inbox(redis).put(Incoming("web", f"c{conversation}", "1", 9.0, text="m1"))
    assert await all_answered(redis) == {f"c{conversation}": [("0",), ("1",)] for conversation in range(20)}
    assert paused.poll() is None


async def test_a_rolling_restart_loses_nothing(redis: Redis, start: Start) -> None:
    worker = start(0.02)
    feeding = asyncio.create_task(feed(redis, 10.0))
    await answered(redis, 50)
    following = start(0.02)
    await asyncio.sleep(0.5)
    worker.terminate()
    assert await asyncio.to_thread(worker.wait, LIMIT) == 0
    await feeding
    said = await all_answered(redis)
    assert following.poll() is None
    assert list(said.values()) == [[(str(number),) for number in range(10)]] * 50
    assert int(await redis.get("turns")) == 500
