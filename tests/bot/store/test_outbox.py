from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from redis.asyncio import Redis

import bot.store.connection
from bot.engine.protocol import Answer, Button, Source
from bot.messages import Outgoing
from bot.store.connection import connect, redis_store
from bot.store.errors import StoreUnavailable
from bot.store.keys import Keys
from bot.store.leases import LeaseLost
from bot.store.outbox import Entry, Outbox

KEYS = Keys()
LIMIT = 10.0


def reply(conversation: str, number: int, channel: str = "web") -> Outgoing:
    answer = Answer(
        "zh-Hant",
        "ask_fee",
        "work-permit",
        0.5,
        f"第{number}條",
        (Button("費用", "/ask_fee"),),
        (Source("t", "i", None, None),),
    )
    return Outgoing(f"{conversation}/{number}", channel, conversation, (str(number),), answer, ("id",), 1.0)


Open = Callable[..., "Sender"]


class Sender:
    """Entries of an outbox, with an end to every wait."""

    def __init__(self, outbox: Outbox, channel: str = "web") -> None:
        self.entries = outbox.entries(channel)

    async def next(self, timeout: float = LIMIT) -> Entry:
        return await asyncio.wait_for(self.entries.__anext__(), timeout)

    async def ids(self, count: int) -> list[str]:
        found = []
        for _ in range(count):
            entry = await self.next()
            await entry.sending()
            found.append(entry.outgoing.id)
            await entry.delivered()
        return found

    async def waits(self, seconds: float = 0.3) -> bool:
        """Whether nothing comes. Its entries can be used afterwards."""
        task = asyncio.ensure_future(self.entries.__anext__())
        done, _ = await asyncio.wait((task,), timeout=seconds)
        if not done:
            self.pending = task
        return not done

    async def late(self) -> Entry:
        """What `waits` waited for."""
        return await asyncio.wait_for(self.pending, LIMIT)

    async def close(self) -> None:
        if hasattr(self, "pending") and not self.pending.done():
            self.pending.cancel()
            await asyncio.gather(self.pending, return_exceptions=True)
        await self.entries.aclose()  # type: ignore[attr-defined]


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    senders: list[Sender] = []

    def new(outbox: Outbox, channel: str = "web") -> Sender:
        senders.append(Sender(outbox, channel))
        return senders[-1]

    yield new
    for sender in senders:
        await sender.close()


def quick(redis: Redis) -> Outbox:
    return Outbox(redis, lease=0.6, beat=0.1)


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    started = time.monotonic()
    while not await true():
        assert time.monotonic() - started < LIMIT
        await asyncio.sleep(0.02)


async def test_what_is_recorded_is_handed_out_and_leaves_when_delivered(redis: Redis, opened: Open) -> None:
    outbox = quick(redis)
    await outbox.record(reply("a", 1))
    await outbox.record(reply("a", 2, channel="telegram"))
    sender = opened(outbox)
    entry = await sender.next()
    assert (entry.outgoing, entry.uncertain) == (reply("a", 1), False)
    await entry.sending()
    assert await outbox.length("web") == 1
    await entry.delivered()
    assert (await outbox.length("web"), await redis.exists(KEYS.sending("web"))) == (0, 0)
    assert (await outbox.length("telegram"), await sender.waits()) == (1, True)


async def test_new_ones_come_while_it_waits(redis: Redis, opened: Open) -> None:
    outbox = quick(redis)
    sender = opened(outbox)
    assert await sender.waits()
    await outbox.record(reply("a", 1))
    assert (await sender.late()).outgoing.id == "a/1"


async def test_a_conversation_is_in_order_and_holds_up_no_other(redis: Redis, opened: Open) -> None:
    outbox = quick(redis)
    for number in range(3):
        for conversation in "ab":
            await outbox.record(reply(conversation, number))
    sender = opened(outbox)
    a0, b0 = await sender.next(), await sender.next()
    assert {a0.outgoing.id, b0.outgoing.id} == {"a/0", "b/0"}
    assert await sender.waits()
    await b0.delivered()
    b1 = await sender.late()
    assert b1.outgoing.id == "b/1"
    await b1.drop("blocked")
    assert (await sender.next()).outgoing.id == "b/2"
    await a0.delivered()
    assert await sender.ids(2) == ["a/1", "a/2"]


async def test_what_failed_comes_again_in_its_place_after_a_while(redis: Redis, opened: Open) -> None:
    outbox = quick(redis)
    for number in range(2):
        await outbox.record(reply("a", number))
    sender = opened(outbox)
    entry = await sender.next()
    await entry.sending()
    started = time.monotonic()
    await entry.failed(0.4)
    assert not await redis.exists(KEYS.sending("web"))
    again = await sender.next()
    assert time.monotonic() - started >= 0.35
    assert (again.outgoing.id, again.uncertain) == ("a/0", False)
    await again.delivered()
    assert await sender.ids(1) == ["a/1"]


async def test_after_a_crash_only_what_was_being_sent_is_uncertain(redis: Redis, opened: Open) -> None:
    outbox = quick(redis)
    for conversation in "abc":
        await outbox.record(reply(conversation, 0))
    crashed = opened(outbox)
    entries = {entry.outgoing.conversation: entry for entry in [await crashed.next() for _ in range(3)]}
    await entries["a"].sending()
    await entries["b"].sending()
    await entries["b"].failed(60)
    await crashed.close()
    after = opened(outbox)
    found = [await after.next() for _ in range(3)]
    assert {(entry.outgoing.id, entry.uncertain) for entry in found} == {("a/0", True), ("b/0", False), ("c/0", False)}


async def test_one_process_sends_and_another_takes_over(redis: Redis, opened: Open) -> None:
    first, second = opened(quick(redis)), opened(quick(redis))
    outbox = quick(redis)
    await outbox.record(reply("a", 0))
    entry = await first.next()
    await entry.sending()
    assert await second.waits(1.0)
    await first.close()
    taken = await second.late()
    assert (taken.outgoing.id, taken.uncertain) == ("a/0", True)


async def test_who_lost_the_lease_sends_nothing(redis: Redis, opened: Open) -> None:
    outbox = Outbox(redis, lease=0.3, beat=30.0)  # as good as paused: never renewed
    for conversation in "ab":
        await outbox.record(reply(conversation, 0))
    paused = opened(outbox)
    a, b = await paused.next(), await paused.next()
    await a.sending()
    await asyncio.sleep(0.5)
    other = opened(quick(redis))
    taken = {entry.outgoing.conversation: entry for entry in [await other.next(), await other.next()]}
    assert (taken["a"].uncertain, taken[b.outgoing.conversation].uncertain) == (True, False)
    with pytest.raises(LeaseLost):
        await b.sending()
    await a.delivered()  # it is: whoever says so
    with pytest.raises(LeaseLost):
        await taken["a"].sending()
    await taken["b"].sending()
    await b.failed(0)  # says nothing about what the other does
    assert await redis.hkeys(KEYS.sending("web")) == [taken["b"].recorded.place]


async def test_what_was_never_settled_comes_again(redis: Redis, opened: Open) -> None:
    outbox = Outbox(redis, idle=0.2)
    await outbox.record(reply("a", 0))
    await outbox.record(reply("b", 0))
    sender = opened(outbox)
    lost = [await sender.next(), await sender.next()]
    await lost[0].sending()
    again = [await sender.next(), await sender.next()]
    assert [(one.outgoing.id, one.uncertain) for one in again] == [
        (lost[0].outgoing.id, True),
        (lost[1].outgoing.id, False),
    ]
    with pytest.raises(LeaseLost):
        await lost[1].sending()


async def test_settling_twice_does_no_harm(redis: Redis, opened: Open) -> None:
    outbox = quick(redis)
    for number in range(2):
        await outbox.record(reply("a", number))
    sender = opened(outbox)
    entry = await sender.next()
    await entry.delivered()
    await entry.delivered()
    await entry.failed(0)
    assert await sender.ids(1) == ["a/1"]
    assert await outbox.length("web") == 0


async def test_what_cannot_be_read_stays_and_holds_up_nothing(redis: Redis, opened: Open) -> None:
    outbox = quick(redis)
    for words in ("no json", "{}", "[]"):
        await redis.xadd(KEYS.outbox("web"), {"reply": words})
    await outbox.record(reply("a", 0))
    sender = opened(outbox)
    assert await sender.ids(1) == ["a/0"]
    assert await sender.waits()
    assert await outbox.length("web") == 3


async def test_redis_goes_and_comes_back(tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.store.connection, "LOOK", 0.5)
    async with redis_store(None, tmp_path) as redis:
        await redis.config_set("appendfsync", "always")
        outbox = quick(redis)
        for number in range(3):
            await outbox.record(reply("a", number))
        sender = opened(outbox)
        entry = await sender.next()
        await entry.sending()
        with contextlib.suppress(Exception):
            await redis.execute_command("DEBUG", "SEGFAULT")
        with pytest.raises(StoreUnavailable):
            await outbox.record(reply("a", 3))
        await entry.delivered()  # kept in memory

        async def written() -> bool:
            with contextlib.suppress(StoreUnavailable):
                return await outbox.length("web") == 2
            return False

        await until(written)
        assert await sender.ids(2) == ["a/1", "a/2"]
        await sender.close()


async def test_without_redis() -> None:
    outbox = Outbox(connect("unix:///nowhere"))
    for call in (outbox.record(reply("a", 0)), outbox.take("web"), outbox.length("web")):
        with pytest.raises(StoreUnavailable):
            await call
