from __future__ import annotations

import json
import time

import pytest
from redis.asyncio import Redis

from bot.engine.protocol import Button
from bot.store.buttons import MOST, SECONDS, Buttons
from bot.store.connection import connect
from bot.store.errors import StoreUnavailable
from bot.store.keys import Keys

FEES, HUMAN = Button("费用 \ud83d", '/ask_fee{"service": "work-permit"}'), Button("Talk to a person", "/ask_human")


async def test_a_button_means_what_it_did(redis: Redis) -> None:
    buttons = Buttons(redis)
    fees, human = await buttons.issue("tg:1", (FEES, HUMAN))
    assert await buttons.find("tg:1", fees) == FEES
    assert await buttons.find("tg:1", human) == HUMAN
    assert await buttons.issue("tg:1", ()) == ()


async def test_ids_are_short_ascii_and_never_the_same(redis: Redis) -> None:
    ids = [*await Buttons(redis).issue("tg:1", [FEES] * 50), *await Buttons(redis).issue("tg:2", [FEES] * 50)]
    assert len(set(ids)) == 100
    assert all(each.isascii() and len(each) <= 40 for each in ids)


async def test_a_button_of_somebody_else_means_nothing(redis: Redis) -> None:
    buttons = Buttons(redis)
    (fees,) = await buttons.issue("tg:1", (FEES,))
    for conversation, button in (("tg:2", fees), ("tg:1", "no such"), ("tg:1", ""), ("tg:1", "\ud800*")):
        assert await buttons.find(conversation, button) is None


async def test_an_old_button_means_nothing_though_newer_ones_do(redis: Redis) -> None:
    buttons = Buttons(redis)
    key = Keys().buttons("tg:1")
    (new,) = await buttons.issue("tg:1", (FEES,))
    made = round((time.time() - SECONDS - 1) * 1000)
    await redis.hset(key, "old", f"{made} {json.dumps({'title': 'x', 'payload': '/y'})}")
    assert await buttons.find("tg:1", "old") is None
    assert await buttons.find("tg:1", new) == FEES
    assert 0 < await redis.ttl(key) <= SECONDS


async def test_the_oldest_go_when_there_are_many(redis: Redis) -> None:
    buttons = Buttons(redis)
    (first,) = await buttons.issue("tg:1", (FEES,))
    await redis.hset(Keys().buttons("tg:1"), mapping={f"n{n}": f"{n} {{}}" for n in range(MOST - 1)})
    (last,) = await buttons.issue("tg:1", (HUMAN,))
    assert await redis.hlen(Keys().buttons("tg:1")) == MOST * 2 // 3
    assert (await buttons.find("tg:1", first), await buttons.find("tg:1", last)) == (FEES, HUMAN)
    assert not await redis.hexists(Keys().buttons("tg:1"), "n0")


async def test_forgetting(redis: Redis) -> None:
    buttons = Buttons(redis)
    (fees,) = await buttons.issue("tg:1", (FEES,))
    (other,) = await buttons.issue("tg:2", (FEES,))
    await buttons.forget("tg:1")
    assert (await buttons.find("tg:1", fees), await buttons.find("tg:2", other)) == (None, FEES)


async def test_without_redis() -> None:
    buttons = Buttons(connect("unix:///nowhere"))
    for call in (buttons.issue("c", (FEES,)), buttons.find("c", "x"), buttons.forget("c")):
        with pytest.raises(StoreUnavailable):
            await call
