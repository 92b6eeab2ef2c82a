from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

import bot.store.inbox
from bot.engine.protocol import Answer, Button
from bot.messages import Incoming, Outgoing
from bot.store.buttons import Buttons, new_ids
from bot.store.connection import connect
from bot.store.deadletters import DeadLetters
from bot.store.errors import StoreUnavailable
from bot.store.inbox import REMEMBERED, SHARDS, Inbox, InboxFull, Waiting, shard_of
from bot.store.keys import Keys
from bot.store.leases import Lease, LeaseLost, Leases
from bot.store.outbox import Outbox

KEYS = Keys()
ALL = dict.fromkeys(range(SHARDS), "0")


def text(conversation: str, message_id: str, words: str = "你好", channel: str = "web") -> Incoming:
    return Incoming(channel, conversation, message_id, 1.0, text=words)


def reply(*messages: Waiting, words: str = "答") -> Outgoing:
    incoming = [each.message for each in messages if each.message]
    answer = Answer("en", "greet", None, 1.0, words, buttons=(Button("Fees", "/ask_fee"),))
    ids = tuple(each.message_id for each in incoming)
    return Outgoing(messages[-1].place, "web", incoming[0].conversation, ids, answer, new_ids(1), 1.0)


async def lease_of(redis: Redis, shard: int, seconds: float = 60.0) -> Lease:
    leases = Leases(redis, "inbox", SHARDS, seconds=seconds)
    await leases.renew()
    return leases.held[shard]


@given(st.text(st.characters()))
def test_a_conversation_has_one_shard(conversation: str) -> None:
    assert shard_of(conversation) == shard_of(conversation) in range(SHARDS)


def test_conversations_are_spread() -> None:
    counts = [0] * SHARDS
    for number in range(1600):
        counts[shard_of(f"tg:{number}")] += 1
    assert min(counts) > 50


@pytest.mark.parametrize(
    "message",
    [
        text("tg:1", "1"), text("web:\ud800:*", "\x00", "half a pair \ud83d\n🙂"), Incoming("t", "c", "1", 1.5, button="abc"),
        Incoming("t", "c", "1", 1.5, payload="/ask_fee", language="zh-Hant"),
    ],
)  # fmt: skip
async def test_what_is_put_is_taken(redis: Redis, message: Incoming) -> None:
    inbox = Inbox(redis)
    assert await inbox.put(message)
    (waiting,) = await inbox.take(ALL)
    assert (waiting.message, waiting.shard) == (message, shard_of(message.conversation))
    assert await inbox.length() == 1


async def test_a_burst_is_taken_in_order(redis: Redis) -> None:
    inbox = Inbox(redis)
    for number in range(30):
        for conversation in ("tg:1", "tg:2", "tg:3"):
            await inbox.put(text(conversation, str(number)))
    taken = [each.message for each in await inbox.take(ALL) if each.message]
    for conversation in ("tg:1", "tg:2", "tg:3"):
        ids = [message.message_id for message in taken if message.conversation == conversation]
        assert ids == [str(number) for number in range(30)]


async def test_a_message_that_comes_again_is_refused(redis: Redis) -> None:
    inbox = Inbox(redis)
    one = text("tg:1", "1")
    assert await inbox.put(one)
    assert not await inbox.put(one)
    assert not await inbox.put(replace(one, text="edited"))
    for other in (text("tg:1", "2"), text("tg:2", "1"), text("tg:1", "1", channel="t"), text("tg", "1:1")):
        assert await inbox.put(other)
    key = KEYS.seen("web", "tg:1", "1")
    assert REMEMBERED - 5 < await redis.ttl(key) <= REMEMBERED
    assert "tg" not in key.removeprefix(KEYS.prefix)


async def test_of_many_that_come_at_once_one_is_kept(redis: Redis) -> None:
    done = await asyncio.gather(*(Inbox(redis).put(text("tg:1", "1")) for _ in range(20)))
    assert sum(done) == 1
    assert await Inbox(redis).length() == 1


async def test_a_full_inbox_accepts_nothing_and_remembers_nothing(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.store.inbox, "LONGEST", 2)
    inbox = Inbox(redis)
    for number in range(2):
        await inbox.put(text("tg:1", str(number)))
    with pytest.raises(InboxFull):
        await inbox.put(text("tg:1", "2"))
    taken = await inbox.take(ALL)
    await inbox.finish(await lease_of(redis, taken[0].shard), taken, None)
    assert await inbox.put(text("tg:1", "2"))


async def test_take_waits_for_the_next(redis: Redis) -> None:
    inbox = Inbox(redis)
    await inbox.put(text("tg:1", "1"))
    (first,) = await inbox.take(ALL)
    after = {**ALL, first.shard: first.place}
    assert await inbox.take(after) == []
    waits = asyncio.create_task(inbox.take(after, wait=2.0))
    await asyncio.sleep(0.1)
    await inbox.put(text("tg:1", "2"))
    (second,) = await asyncio.wait_for(waits, 1)
    assert second.message
    assert second.message.message_id == "2"
    started = time.monotonic()
    assert await inbox.take({first.shard: second.place}, wait=0.2) == []
    assert 0.15 < time.monotonic() - started < 1
    assert await inbox.take({}) == []


async def test_finishing_moves_a_turn_to_the_outbox_in_one_step(redis: Redis) -> None:
    inbox = Inbox(redis)
    for number in range(3):
        await inbox.put(text("tg:1", str(number)))
    one, two, three = await inbox.take(ALL)
    lease = await lease_of(redis, one.shard)
    assert await inbox.begin(lease, [one.place, two.place]) == 0
    assert await inbox.begun(one.shard) == {one.place: (one.place, two.place)}
    said = reply(one, two)
    assert await inbox.finish(lease, [one, two], said)
    assert [each.place for each in await inbox.take(ALL)] == [three.place]
    assert [each.outgoing for each in await Outbox(redis).take("web")] == [said]
    assert await Buttons(redis).find("tg:1", said.buttons[0]) == said.answer.buttons[0]
    assert await inbox.begun(one.shard) == {}
    assert not await redis.exists(KEYS.begun(one.shard))


async def test_finishing_again_records_nothing(redis: Redis) -> None:
    inbox = Inbox(redis)
    await inbox.put(text("tg:1", "1"))
    (one,) = await inbox.take(ALL)
    lease = await lease_of(redis, one.shard)
    assert await inbox.finish(lease, [one], reply(one))
    assert not await inbox.finish(lease, [one], reply(one))
    assert await Outbox(redis).length("web") == 1


async def test_who_lost_the_lease_writes_nothing(redis: Redis) -> None:
    inbox = Inbox(redis)
    await inbox.put(text("tg:1", "1"))
    (one,) = await inbox.take(ALL)
    old = await lease_of(redis, one.shard, 0.05)
    await asyncio.sleep(0.1)
    before = None
    for new in (None, await lease_of(redis, one.shard)):
        for call in (
            inbox.begin(old, [one.place]), inbox.failed(old, one.place), inbox.finish(old, [one], reply(one)),
            inbox.finish(old, [one], reply(one), "reason"), inbox.finish(old, [one], None),
        ):  # fmt: skip
            with pytest.raises(LeaseLost):
                await call
        before = new
    assert before
    assert await inbox.take(ALL) == [one]
    for key in (KEYS.begun(one.shard), KEYS.outbox("web"), KEYS.dead_letters, KEYS.buttons("tg:1")):
        assert not await redis.exists(key)
    assert await inbox.finish(before, [one], reply(one))


async def test_failures_are_counted_over_owners(redis: Redis) -> None:
    inbox = Inbox(redis)
    await inbox.put(text("tg:1", "1"))
    (one,) = await inbox.take(ALL)
    first = await lease_of(redis, one.shard, 0.05)
    await inbox.begin(first, [one.place])
    assert await inbox.failed(first, one.place) == 1
    await asyncio.sleep(0.1)
    second = await lease_of(redis, one.shard)
    assert await inbox.begin(second, [one.place]) == 1
    assert await inbox.failed(second, one.place) == 2
    assert await inbox.begun(one.shard) == {one.place: (one.place,)}


async def test_giving_up_keeps_the_messages_with_the_reason(redis: Redis) -> None:
    inbox, letters = Inbox(redis), DeadLetters(redis)
    for number in range(2):
        await inbox.put(text("tg:1", str(number)))
    both = await inbox.take(ALL)
    await inbox.finish(await lease_of(redis, both[0].shard), both, reply(*both), "no answer")
    (letter,) = await letters.list()
    assert letter.reason == "no answer"
    assert letter.messages == tuple(each.message for each in both)
    assert abs(letter.at - time.time()) < 60
    assert (await inbox.length(), await Outbox(redis).length("web"), await letters.count()) == (0, 1, 1)
    assert "你好" not in repr(letter) and "4f60" not in repr(both)


async def test_what_cannot_be_read_is_handed_over_as_that(redis: Redis) -> None:
    for words in ("no json", "[]", '{"future": 1}', '{"channel": "web"}'):
        await redis.xadd(KEYS.inbox(3), {"message": words})
    await redis.xadd(KEYS.inbox(3), {"else": "x"})
    taken = await Inbox(redis).take(ALL)
    assert [(each.message, each.shard) for each in taken] == [(None, 3)] * 5


async def test_without_redis() -> None:
    inbox = Inbox(connect("unix:///nowhere"))
    lease, waiting = Lease(0, "k", "t"), Waiting(0, "1-0", None, "")
    for call in (
        inbox.put(text("c", "1")), inbox.take(ALL), inbox.length(), inbox.begun(0), inbox.begin(lease, ["1-0"]),
        inbox.failed(lease, "1-0"), inbox.finish(lease, [waiting], None),
    ):  # fmt: skip
        with pytest.raises(StoreUnavailable):
            await call
