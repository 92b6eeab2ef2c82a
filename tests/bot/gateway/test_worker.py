from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from redis.asyncio import Redis

import bot.store.connection
from bot.engine.errors import EngineFailed, EngineNotReady, EngineUnreachable, EngineUnresponsive
from bot.engine.protocol import Answer, Button
from bot.gateway.worker import APOLOGY, Pace, Worker, apology, joined, together
from bot.messages import File, Incoming, Outgoing
from bot.store.buttons import Buttons
from bot.store.connection import redis_store
from bot.store.deadletters import DeadLetters
from bot.store.errors import StoreUnavailable
from bot.store.inbox import SHARDS, Inbox, Waiting
from bot.store.keys import Keys
from bot.store.outbox import Outbox
from bot.store.server import EmbeddedServer

KEYS = Keys()
LIMIT = 20.0
PACE = Pace(settle=0.05, retry=0.02, first=0.02, longest=0.1, lease=2.0, beat=0.1)

Turn = Callable[[Incoming], Awaitable[Answer]]


def text(conversation: str, number: int, words: str | None = None, at: float | None = None) -> Incoming:
    """Messages of a conversation, so far apart that each is answered by itself."""
    return Incoming("web", conversation, str(number), number * 10.0 if at is None else at, text=words or f"m{number}")


def answer(words: str, *buttons: Button) -> Answer:
    return Answer("en", "greet", None, 1.0, words, buttons)


class Engine:
    """Answers from a script, and keeps what it was asked: ids of messages in order, how many turns ran at once."""

    def __init__(self, script: Turn | None = None, seconds: float = 0.0) -> None:
        self.asked: list[Incoming] = []
        self.seconds = seconds
        self.script = script
        self.now: Counter[str] = Counter()
        self.most = 0
        self.overlaps = 0

    async def turn(self, message: Incoming) -> Answer:
        self.asked.append(message)
        self.now[message.conversation] += 1
        self.most = max(self.most, self.now.total())
        self.overlaps += self.now[message.conversation] > 1
        try:
            await asyncio.sleep(self.seconds)
            if self.script:
                return await self.script(message)
            return answer(f"heard {message.text}")
        finally:
            self.now[message.conversation] -= 1

    def ids(self, conversation: str) -> list[str]:
        return [message.message_id for message in self.asked if message.conversation == conversation]


@contextlib.asynccontextmanager
async def working(
    redis: Redis,
    turn: Turn,
    pace: Pace = PACE,
    waiting: Callable[[Incoming], Awaitable[None]] | None = None,
    apart: Callable[[str], Awaitable[bool]] | None = None,
) -> AsyncIterator[Worker]:
    stop = asyncio.Event()
    worker = Worker(redis, turn, waiting=waiting, apart=apart, pace=pace)
    task = asyncio.create_task(worker.run(stop))
    try:
        yield worker
    finally:
        stop.set()
        await asyncio.wait_for(task, LIMIT)


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    started = time.monotonic()
    while not await true():
        assert time.monotonic() - started < LIMIT
        await asyncio.sleep(0.01)


async def replies(redis: Redis, count: int) -> list[Outgoing]:
    """So many replies of channel web, when they are there."""

    async def there() -> bool:
        return await Outbox(redis).length("web") >= count

    await until(there)
    found: list[Outgoing] = []
    last = "0"
    while recorded := await Outbox(redis).take("web", last):
        last = recorded[-1].place
        found += [each.outgoing for each in recorded if each.outgoing]
    assert len(found) == count
    return found


async def empty(redis: Redis) -> None:
    """When everything is answered. Nothing is left over."""

    async def done() -> bool:
        return await Inbox(redis).length() == 0

    await until(done)
    for shard in range(SHARDS):
        assert not await redis.exists(KEYS.begun(shard))


async def test_a_message_is_answered_once(redis: Redis) -> None:
    engine = Engine()
    async with working(redis, engine.turn):
        message = text("a", 1)
        await Inbox(redis).put(message)
        (reply,) = await replies(redis, 1)
        await Inbox(redis).put(message)
        await asyncio.sleep(0.2)
    assert (reply.conversation, reply.channel, reply.reply_to) == ("a", "web", ("1",))
    assert reply.answer == answer("heard m1")
    assert abs(reply.at - time.time()) < 60
    assert engine.asked == [message]
    await empty(redis)


async def test_what_waited_before_it_started_is_answered(redis: Redis) -> None:
    for number in range(450):  # more than are read at once
        await Inbox(redis).put(text("a", number))
    engine = Engine()
    async with working(redis, engine.turn):
        said = await replies(redis, 450)
    assert engine.ids("a") == [each for reply in said for each in reply.reply_to] == [str(n) for n in range(450)]


async def test_in_order_within_a_conversation_and_side_by_side_otherwise(redis: Redis) -> None:
    engine = Engine(seconds=0.01)
    async with working(redis, engine.turn, replace(PACE, at_once=8)):
        for number in range(10):
            for conversation in range(20):
                await Inbox(redis).put(text(f"c{conversation}", number))
        said = await replies(redis, 200)
    for conversation in range(20):
        expected = [str(number) for number in range(10)]
        assert engine.ids(f"c{conversation}") == expected
        assert [
            each for reply in said if reply.conversation == f"c{conversation}" for each in reply.reply_to
        ] == expected
    assert (engine.overlaps, engine.most) == (0, 8)
    assert len({reply.id for reply in said}) == 200


async def test_many_that_begin_at_once_leave_connections_for_others(redis: Redis) -> None:
    for number in range(1000):
        await Inbox(redis).put(text(f"c{number}", 1))
    async with working(redis, Engine().turn):
        while (left := await Inbox(redis).length()) > 0:  # raises when there is no connection left
            assert left <= 1000
            await asyncio.sleep(0.002)
    assert len(await replies(redis, 1000)) == 1000


async def test_a_slow_conversation_holds_up_no_other(redis: Redis) -> None:
    goes_on = asyncio.Event()

    async def script(message: Incoming) -> Answer:
        if message.conversation == "slow":
            await goes_on.wait()
        return answer("x")

    async with working(redis, Engine(script).turn):
        for number in range(3):
            await Inbox(redis).put(text("slow", number))
        for number in range(50):
            await Inbox(redis).put(text(f"c{number}", 0))
        assert {reply.conversation for reply in await replies(redis, 50)} == {f"c{number}" for number in range(50)}
        goes_on.set()
        await replies(redis, 53)


async def test_a_burst_is_answered_together(redis: Redis) -> None:
    engine = Engine()
    async with working(redis, engine.turn, replace(PACE, settle=0.3)):
        for number, words in enumerate(("你好", "我想问", "工作许可")):
            await Inbox(redis).put(text("a", number, words, at=100 + number * 0.9))
        (reply,) = await replies(redis, 1)
    assert reply.reply_to == ("0", "1", "2")
    assert [(message.message_id, message.text) for message in engine.asked] == [("2", "你好\n我想问\n工作许可")]
    await empty(redis)


async def test_what_is_to_stay_apart_is_taken_at_once_and_one_by_one(redis: Redis) -> None:
    async def apart(conversation: str) -> bool:
        return conversation == "a"

    engine = Engine()
    async with working(redis, engine.turn, replace(PACE, settle=0.5), apart=apart):
        for conversation in ("a", "b"):
            for number in range(3):
                await Inbox(redis).put(text(conversation, number, "word", at=100 + number / 10))
        first = await replies(redis, 3)
        said = await replies(redis, 4)
    assert [reply.conversation for reply in first] == ["a"] * 3, "b waits whether there is more"
    assert [reply.reply_to for reply in said] == [("0",), ("1",), ("2",), ("0", "1", "2")]


async def test_what_comes_during_a_turn_is_answered_together_after_it(redis: Redis) -> None:
    engine = Engine(seconds=0.3)
    async with working(redis, engine.turn, replace(PACE, settle=0.0)):
        await Inbox(redis).put(text("a", 0, at=100))
        await asyncio.sleep(0.15)
        for number in (1, 2):
            await Inbox(redis).put(text("a", number, at=100 + number / 10))
        said = await replies(redis, 2)
    assert [reply.reply_to for reply in said] == [("0",), ("1", "2")]


def waiting(*messages: Incoming | None) -> list[Waiting]:
    return [Waiting(0, f"{number}-0", message, "") for number, message in enumerate(messages)]


def pressed(at: float) -> Incoming:
    return Incoming("web", "a", "b", at, button="x")


@pytest.mark.parametrize(
    ("messages", "begun", "count"),
    [
        ([text("a", 0, at=0)], {}, 1),
        ([text("a", 0, at=0), text("a", 1, at=1), text("a", 2, at=2), text("a", 3, at=3.5)], {}, 3),
        ([text("a", 0, at=0), text("a", 1, at=9)], {}, 1),
        ([text("a", 0, at=0), pressed(0), text("a", 1, at=0)], {}, 1),
        ([pressed(0), text("a", 1, at=0)], {}, 1),
        ([text("a", 0, at=0), text("a", 1, "x" * 201, at=0)], {}, 1),
        ([text("a", 0, "x" * 201, at=0), text("a", 1, at=0)], {}, 1),
        ([text("a", 0, "x" * 200, at=0), text("a", 1, "x" * 200, at=0)], {}, 2),
        ([text("a", 0, at=0), None], {}, 1),
        ([None, text("a", 0, at=0)], {}, 1),
        ([text("a", n, at=0) for n in range(20)], {}, 10),
        ([text("a", n, at=0) for n in range(4)], {"0-0": ("0-0", "1-0")}, 2),
        ([text("a", n, at=n * 9) for n in range(4)], {"0-0": ("0-0", "1-0", "2-0")}, 3),
        ([text("a", n, at=0) for n in range(4)], {"0-0": ("0-0",)}, 1),
        ([text("a", n, at=0) for n in range(4)], {"2-0": ("2-0", "3-0")}, 2),
    ],
)
def test_what_is_answered_together(
    messages: list[Incoming | None], begun: dict[str, tuple[str, ...]], count: int
) -> None:
    assert together(waiting(*messages), begun, Pace()) == count


def test_joining() -> None:
    one, two = replace(text("a", 1, "你好"), language="zh-Hans"), text("a", 2, "fees?")
    assert joined([one]) == one
    parts = ((one.message_id, "你好"), (two.message_id, "fees?"))
    assert joined([one, two]) == replace(two, text="你好\nfees?", language="zh-Hans", parts=parts)
    assert Incoming.from_json(joined([one, two]).to_json()) == joined([one, two])
    assert joined([pressed(1)]) == pressed(1)
    pictures = [
        replace(each, text=caption, files=(File(name, "photo", name, "image/jpeg", 1),))
        for each, caption, name in ((one, "", "x"), (two, "my visa", "y"))
    ]
    both = joined(pictures)
    assert (both.text, [file.id for file in both.files]) == ("my visa", ["x", "y"])


async def test_buttons_go_out_as_ids_that_can_be_pressed(redis: Redis) -> None:
    shown = (Button("Fees", "/ask_fee"), Button("Time", "/ask_time"))

    async def script(message: Incoming) -> Answer:
        return answer("x", *shown)

    async with working(redis, script):
        await Inbox(redis).put(text("a", 1))
        (reply,) = await replies(redis, 1)
    assert tuple([await Buttons(redis).find("a", each) for each in reply.buttons]) == shown
    assert await Buttons(redis).find("b", reply.buttons[0]) is None


@pytest.mark.parametrize("error", [EngineNotReady, EngineUnreachable, StoreUnavailable])
async def test_an_engine_that_starts_is_waited_for(redis: Redis, error: type[Exception]) -> None:
    ready = asyncio.Event()
    told: list[Incoming] = []

    async def script(message: Incoming) -> Answer:
        if not ready.is_set():
            raise error("loading")
        return answer("awake")

    async def tell(message: Incoming) -> None:
        told.append(message)
        raise ValueError  # a broken hook does no harm

    engine = Engine(script)
    async with working(redis, engine.turn, replace(PACE, tell=0.3, at_once=2), waiting=tell):
        for conversation in "abcd":
            await Inbox(redis).put(text(conversation, 1))
        await asyncio.sleep(0.2)
        assert told == []
        await asyncio.sleep(1.0)
        assert sorted(message.conversation for message in told) == ["a", "b", "c", "d"]
        assert len(engine.asked) > 4 * 3  # more than the failures that end in the dead letters
        ready.set()
        said = await replies(redis, 4)
    assert {reply.answer.text for reply in said} == {"awake"}
    assert (len(told), await DeadLetters(redis).count()) == (4, 0)


@pytest.mark.parametrize("error", [EngineFailed("broke"), EngineUnresponsive("late"), KeyError("bug")])
async def test_one_failure_is_forgiven(redis: Redis, error: Exception) -> None:
    async def script(message: Incoming) -> Answer:
        if len(engine.asked) == 1:
            raise error
        return answer("second")

    engine = Engine(script)
    started = time.monotonic()
    async with working(redis, engine.turn, replace(PACE, retry=0.3)):
        await Inbox(redis).put(text("a", 1))
        (reply,) = await replies(redis, 1)
    assert time.monotonic() - started >= 0.3
    assert (reply.answer.text, engine.ids("a")) == ("second", ["1", "1"])
    await empty(redis)


async def test_what_fails_three_times_is_a_dead_letter_and_the_person_is_told(
    redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    async def script(message: Incoming) -> Answer:
        if message.message_id == "0":
            raise EngineFailed(f"broke on {message.text}")
        return answer("fine")

    engine = Engine(script)
    caplog.set_level(logging.DEBUG)
    async with working(redis, engine.turn):
        await Inbox(redis).put(text("a", 0, "秘密的事情"))
        await Inbox(redis).put(text("a", 1))
        said = await replies(redis, 2)
        assert engine.ids("a") == ["0", "0", "0", "1"]
        (letter,) = await DeadLetters(redis).list()
        assert (letter.messages, letter.reason) == (
            (text("a", 0, "秘密的事情"),),
            "no answer after 3 attempts: EngineFailed",
        )
        assert [reply.answer.text for reply in said] == [APOLOGY["zh-Hans"], "fine"]
        assert "秘密" not in caplog.text
        await empty(redis)
        engine.script = None
        await DeadLetters(redis).retry(letter.id)
        *_, again = await replies(redis, 3)
    assert (again.reply_to, again.answer.text) == (("0",), "heard 秘密的事情")
    assert len({reply.id for reply in [*said, again]}) == 3


@pytest.mark.parametrize(
    ("message", "language"),
    [
        (text("a", 1, "How much is it?"), "en"),
        (text("a", 1, "办理要多少钱"), "zh-Hans"),
        (text("a", 1, "辦理要多少錢"), "zh-Hant"),
        (replace(text("a", 1, "?"), language="zh-Hant"), "zh-Hant"),
        (replace(pressed(1), language="en"), "en"),
        (replace(pressed(1), language="zh-Hans"), "zh-Hans"),
        (replace(pressed(1), language="xx"), "en"),
    ],
)
def test_the_apology_is_in_the_language_of_the_person(message: Incoming, language: str) -> None:
    assert (apology(message).language, apology(message).text) == (language, APOLOGY[language])


async def test_a_turn_that_hangs_is_a_failure(redis: Redis) -> None:
    engine = Engine(seconds=60)
    async with working(redis, engine.turn, replace(PACE, turn=0.05)):
        await Inbox(redis).put(text("a", 1))
        (reply,) = await replies(redis, 1)
    assert reply.answer.text == APOLOGY["en"]


async def test_what_cannot_be_read_goes_to_the_dead_letters(redis: Redis) -> None:
    await redis.xadd(KEYS.inbox(0), {"message": '{"future": "秘密"}'})
    async with working(redis, Engine().turn):
        await empty(redis)
        await Inbox(redis).put(text("a", 1))
        await replies(redis, 1)
    assert "cannot be read" in (await DeadLetters(redis).list())[0].reason


async def test_who_wants_to_be_forgotten_is(redis: Redis) -> None:
    async def script(message: Incoming) -> Answer:
        return replace(answer("deleted", Button("Start", "/start")), forgotten=True)

    (old,) = await Buttons(redis).issue("a", (Button("Fees", "/ask_fee"),))
    await Inbox(redis).put(text("a", 1, "dead"))
    async with working(redis, Engine(script).turn):
        (reply,) = await replies(redis, 1)
    assert await Buttons(redis).find("a", old) is None
    assert await Buttons(redis).find("a", reply.buttons[0]) == Button("Start", "/start")


async def test_stopping_finishes_what_is_under_way_and_begins_nothing(redis: Redis) -> None:
    engine = Engine(seconds=0.3)
    async with working(redis, engine.turn):
        for number in range(3):
            await Inbox(redis).put(text("a", number))
        await asyncio.sleep(0.25)
    (reply,) = await replies(redis, 1)
    assert reply.reply_to == ("0",)
    assert await Inbox(redis).length() == 2
    assert not [key async for key in redis.scan_iter(match=f"{KEYS.prefix}lease:*")]
    async with working(redis, engine.turn):
        assert len(await replies(redis, 3)) == 3


async def test_stopping_waits_for_the_grace_time_only(redis: Redis) -> None:
    started = time.monotonic()
    async with working(redis, Engine(seconds=60).turn, replace(PACE, grace=0.2)):
        await Inbox(redis).put(text("a", 1))
        await asyncio.sleep(0.3)
    assert time.monotonic() - started < 5
    async with working(redis, Engine().turn):
        assert (await replies(redis, 1))[0].reply_to == ("1",)


async def test_a_worker_that_missed_the_end_of_its_lease_finishes_nothing(redis: Redis) -> None:
    old, new = Engine(seconds=1.2), Engine(seconds=1.2)
    old.script = lambda message: asyncio.sleep(0, answer("old"))
    new.script = lambda message: asyncio.sleep(0, answer("new"))
    await Inbox(redis).put(text("a", 1))
    async with working(redis, old.turn, replace(PACE, lease=0.4, beat=30.0)):

        async def taken_up() -> bool:
            return bool(old.asked)

        await until(taken_up)
        await asyncio.sleep(0.5)
        async with working(redis, new.turn):
            (reply,) = await replies(redis, 1)
            assert reply.answer.text == "new"
            assert (len(old.asked), len(new.asked)) == (1, 1)
    assert len(await replies(redis, 1)) == 1


async def test_workers_share_and_hand_over_without_a_double(redis: Redis) -> None:
    one, two = Engine(seconds=0.01), Engine(seconds=0.01)

    async def feed() -> None:
        for number in range(20):
            for conversation in range(20):
                await Inbox(redis).put(text(f"c{conversation}", number))

    async with working(redis, one.turn) as first:
        feeding = asyncio.create_task(feed())
        await asyncio.sleep(0.3)
        async with working(redis, two.turn) as second:

            async def fair() -> bool:
                return len(first.shards) == len(second.shards) == SHARDS // 2

            await until(fair)
            await feeding
            said = await replies(redis, 400)
            assert not set(first.shards) & set(second.shards)

        async def all_again() -> bool:
            return len(first.shards) == SHARDS

        await until(all_again)
    assert one.asked and two.asked
    for conversation in range(20):
        name, expected = f"c{conversation}", [str(number) for number in range(20)]
        assert [each for reply in said if reply.conversation == name for each in reply.reply_to] == expected
        assert sorted(one.ids(name) + two.ids(name), key=int) == expected


async def test_redis_is_killed_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `appendfsync always` what was acknowledged is on disk."""
    monkeypatch.setattr(bot.store.connection, "LOOK", 0.3)
    async with redis_store(None, tmp_path) as redis:
        await redis.config_set("appendfsync", "always")
        engine = Engine(seconds=0.02)
        inbox = Inbox(redis)
        failed = 0

        async def some() -> bool:
            return await Outbox(redis).length("web") > 0

        async with working(redis, engine.turn, replace(PACE, lease=0.6)):
            for number in range(10):
                for conversation in range(20):
                    if (number, conversation) == (5, 0):
                        await until(some)
                        os.kill((await redis.info("server"))["process_id"], signal.SIGKILL)
                    started = time.monotonic()
                    while True:
                        try:
                            await inbox.put(text(f"c{conversation}", number))
                            break
                        except StoreUnavailable:
                            failed += 1
                            assert time.monotonic() - started < LIMIT
                            await asyncio.sleep(0.05)
            server = EmbeddedServer(tmp_path)
            await asyncio.to_thread(server.start)
            await asyncio.to_thread(server.stop)
            said = await replies(redis, 200)
            await empty(redis)
    assert failed
    for conversation in range(20):
        name, expected = f"c{conversation}", [str(number) for number in range(10)]
        assert [each for reply in said if reply.conversation == name for each in reply.reply_to] == expected
        assert list(dict.fromkeys(engine.ids(name))) == expected
    assert engine.overlaps == 0
