from __future__ import annotations

import json
import time

import pytest
from redis.asyncio import Redis

from bot.messages import Incoming
from bot.store.connection import connect
from bot.store.deadletters import AT_ONCE, BURY, DAYS, DeadLetters
from bot.store.errors import StoreUnavailable
from bot.store.inbox import SHARDS, Inbox, shard_of
from bot.store.keys import Keys

KEY = Keys().dead_letters


def message(number: int, conversation: str = "tg:1") -> Incoming:
    return Incoming("tg", conversation, str(number), 1.0, text=f"第{number}条")


async def bury(redis: Redis, *messages: Incoming | str, at: str = "*") -> str:
    texts = [each if isinstance(each, str) else json.dumps(each.to_json()) for each in messages]
    first = messages[0]
    shard = 0 if isinstance(first, str) else shard_of(first.conversation)
    fields = {"reason": "r", "shard": shard, "messages": json.dumps(texts)}
    return str(await redis.xadd(KEY, fields, id=at))


async def test_they_are_listed_oldest_first(redis: Redis) -> None:
    for number in range(AT_ONCE * 2 + 1):
        await bury(redis, message(number))
    found = await DeadLetters(redis).list()
    assert [letter.messages for letter in found] == [(message(number),) for number in range(AT_ONCE * 2 + 1)]


async def test_a_retry_puts_the_messages_back_once(redis: Redis) -> None:
    letters, inbox = DeadLetters(redis), Inbox(redis)
    await inbox.put(message(1))
    id_ = await bury(redis, message(1), message(2))
    assert await letters.retry(id_)
    assert not await letters.retry(id_)
    taken = await inbox.take(dict.fromkeys(range(SHARDS), "0"))
    assert [each.message for each in taken] == [message(1), message(1), message(2)]
    assert await letters.list() == ()


async def test_dropping(redis: Redis) -> None:
    letters = DeadLetters(redis)
    first, second = await bury(redis, message(1)), await bury(redis, message(2))
    assert await letters.drop(first)
    assert not await letters.drop(first)
    assert [letter.id for letter in await letters.list()] == [second]


@pytest.mark.parametrize("id_", ["", "1", "-", "*", "1-1", "x-y", "9" * 30 + "-1", "1-1 2", "+-+"])
async def test_ids_that_are_none(redis: Redis, id_: str) -> None:
    await bury(redis, message(1))
    assert not await DeadLetters(redis).retry(id_)
    assert not await DeadLetters(redis).drop(id_)
    assert await DeadLetters(redis).count() == 1


async def test_what_cannot_be_read_can_be_retried_by_a_version_that_can(redis: Redis) -> None:
    letters = DeadLetters(redis)
    id_ = await bury(redis, '{"future": 1}', "no json")
    assert [letter.messages for letter in await letters.list()] == [()]
    assert await letters.retry(id_)
    taken = await Inbox(redis).take({0: "0"})
    assert [each.text for each in taken] == ['{"future": 1}', "no json"]


async def test_forgetting(redis: Redis) -> None:
    letters = DeadLetters(redis)
    await bury(redis, message(1))
    other = await bury(redis, message(2, "tg:2"))
    await bury(redis, message(3), message(4))
    await letters.forget("tg:1")
    assert [letter.id for letter in await letters.list()] == [other]


async def test_old_ones_go(redis: Redis) -> None:
    now = round(time.time() * 1000)
    await bury(redis, message(1), at=f"{now - DAYS * 24 * 60 * 60 * 1000 - 1000}-0")
    kept = await bury(redis, message(2), at=f"{now - DAYS * 24 * 60 * 60 * 1000 + 60_000}-0")
    await redis.eval(f"{BURY} bury(KEYS[1], ARGV[1], 'r', 0, '[]')", 1, KEY, now)
    assert [letter.id for letter in await DeadLetters(redis).list()][:-1] == [kept]


async def test_without_redis() -> None:
    letters = DeadLetters(connect("unix:///nowhere"))
    for call in (letters.list(), letters.retry("1-1"), letters.drop("1-1"), letters.forget("c"), letters.count()):
        with pytest.raises(StoreUnavailable):
            await call
