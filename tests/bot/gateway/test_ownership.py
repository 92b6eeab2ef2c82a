"""Nobody is talked over: many conversations at once, in which people write and staff come and go at any moment, even while the
assistant is at an answer, and while workers are killed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.desk import hours
from bot.desk.cases import Outcome, Owner, State
from bot.desk.desk import Desk
from bot.desk.entries import Entry
from bot.desk.errors import DeskError
from bot.desk.hours import Span
from bot.desk.staff import Staff, StaffBook
from bot.desk.texts import said
from bot.engine.errors import EngineNotReady
from bot.engine.protocol import Answer, Button, Turn
from bot.gateway.turns import Turns
from bot.gateway.worker import Pace, Worker
from bot.messages import File, Incoming, Outgoing
from bot.store.buttons import Buttons
from bot.store.inbox import Inbox
from bot.store.keys import Keys
from bot.typed import MAX_CHARACTERS

KEYS = Keys()
PACE = Pace(settle=0.01, retry=0.02, first=0.02, longest=0.1, lease=2.0, beat=0.05)
LI, WANG = Staff("li.na", "李娜", "Li Na"), Staff("wang", "王伟", "Wang Wei")
PHOTO = File("a" * 22, "photo", "permit.jpg", "image/jpeg", 12)
ALWAYS = replace(hours.load(), weekly=((Span(0, 1440),),) * 7, holidays=False)
TEXTS = (
    "hello", "/restart", "／restart", '/intent{"a":1}', '/desk{"do": "leave", "case": "1"}', "transcript", "1", "no", "skip", "end",
    "x" * (MAX_CHARACTERS + 1), "我想找人工", "\ud83d half", "13800138000", "", "I want a human", "a human please",
)  # fmt: skip


class Engine:
    """Takes its time, asks for staff when somebody wants a human, and is away at times."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    async def turn(self, turn: Turn) -> Answer:
        await asyncio.sleep(self._random.choice((0.0, 0.005, 0.03)))
        if self._random.random() < 0.03:
            raise EngineNotReady("in a moment")
        handoff = "human" in turn.text or "人工" in turn.text
        buttons = (Button("Fees", "/ask_fee"), Button("Person", "/ask_human"))
        return Answer("en", "ask_human" if handoff else "ask_fee", None, 1.0, "ENGINE", buttons, handoff=handoff)


@dataclass
class Talk:
    """What happened in a conversation: messages put into the inbox in order, words that the desk took from staff in order."""

    conversation: str
    written: list[Incoming] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    async def waits(self) -> None:
        """Until what was written last is dealt with; not for ever: whoever would say so may be killed."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.settled.wait(), 0.5)


class Floor:
    """A gateway's parts, all real but for the engine."""

    def __init__(self, redis: Redis, seed: int) -> None:
        self.redis, self.inbox = redis, Inbox(redis)
        self.desk = Desk(redis, StaffBook(redis), ALWAYS)
        self.turns = Turns(Engine(seed), Buttons(redis), self.desk, self.desk.forget)
        self.talks: dict[str, Talk] = {}

    async def answered(self, message: Incoming, answer: Answer | None) -> None:
        await self.turns.answered(message, answer)
        talk = self.talks.get(message.conversation)
        if talk and talk.written[-1].message_id == message.message_id:
            talk.settled.set()

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """A worker, killed at the end without a chance to finish."""
        worker = Worker(self.redis, self.turns, answered=self.answered, pace=PACE)
        task = asyncio.create_task(worker.run(asyncio.Event()))
        try:
            yield
        finally:
            task.cancel()  # once: more would keep it from ending its own tasks
            await asyncio.wait([task])

    async def done(self) -> None:
        """When every message is dealt with."""
        started = time.monotonic()
        async with self.working():
            while await self.inbox.length():
                assert time.monotonic() - started < 20
                await asyncio.sleep(0.02)

    async def sent(self) -> dict[str, list[Outgoing]]:
        found: dict[str, list[Outgoing]] = {}
        for _, fields in await self.redis.xrange(KEYS.outbox("web")):
            each = Outgoing.from_json(json.loads(fields["reply"]))
            found.setdefault(each.conversation, []).append(each)
        return found


async def act(floor: Floor, talk: Talk, rng: random.Random, steps: int) -> None:
    """A person and two members of staff, who do what comes to their minds."""
    for number in range(steps):
        if number == 1 or rng.random() < 0.6:
            await talk.waits()
        await asyncio.sleep(rng.choice((0.0, 0.005, 0.02)))
        owned = await floor.desk.ownership(talk.conversation)
        if owned is None or rng.random() < 0.55:
            await writes(floor, talk, rng, number)
        else:
            with contextlib.suppress(DeskError):
                await serves(floor, talk, rng, owned.case, f"{talk.conversation}-{number}")


async def writes(floor: Floor, talk: Talk, rng: random.Random, number: int) -> None:
    given: dict[str, Any] = {"text": rng.choice(TEXTS) if number else "I want a human"}
    kind = rng.random()
    if kind < 0.1:
        given["files"] = (PHOTO,)
    elif kind < 0.2:
        given = {"button": rng.choice([*await floor.redis.hkeys(KEYS.buttons(talk.conversation)), "stale"])}
    elif kind < 0.25:
        given = {"payload": "/ask_services", "shown": "Services"}
    elif kind < 0.3 and talk.written:
        given["edits"] = rng.choice(talk.written).message_id
    message = Incoming("web", talk.conversation, f"m{number}", number * 10.0, **given)
    talk.written.append(message)
    talk.settled.clear()
    for _ in range(rng.choice((1, 1, 1, 2))):  # channels deliver again
        await floor.inbox.put(message)


async def serves(floor: Floor, talk: Talk, rng: random.Random, case: str, name: str) -> None:
    who = rng.choice((LI, WANG))
    what = rng.random()
    if what < 0.35:
        await floor.desk.claim(case, who, "web")
    elif what < 0.65:
        await floor.desk.say(case, who, f"word {name}", name, "web")
        talk.said.append(f"word {name}")
    elif what < 0.7:
        await floor.desk.transfer(case, who, None, "web")
    elif what < 0.75:
        await floor.desk.assign(case, who, WANG, "web")
    elif what < 0.8:
        await floor.desk.note(case, who, "a note", f"note {name}", "web")
    else:
        log = await floor.desk.cases.whole_log(case)
        await floor.desk.close(case, who, Outcome.answered, "web", rng.choice((None, log[-1].place if log else None)))


@pytest.fixture
async def staff(redis: Redis) -> None:
    for each in (LI, WANG):
        await StaffBook(redis).add(each, None)


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize("seed", range(4))
async def test_nobody_is_talked_over_and_nothing_is_lost(redis: Redis, seed: int) -> None:
    rng = random.Random(seed)
    floor = Floor(redis, seed)
    talks = [Talk(f"web:{number}") for number in range(52)]
    floor.talks = {talk.conversation: talk for talk in talks}
    few = asyncio.Semaphore(26)  # at once, so that the worker keeps up

    async def acts(talk: Talk) -> None:
        async with few:
            await act(floor, talk, random.Random(rng.random()), rng.randint(4, 14))

    acting = asyncio.gather(*map(acts, talks))
    while not acting.done():
        async with floor.working():
            await asyncio.wait([acting], timeout=rng.uniform(0.3, 0.8))
    await acting
    await floor.done()
    sent = await floor.sent()
    logs = {talk.conversation: await log_of(floor.desk, talk.conversation) for talk in talks}
    for talk in talks:
        check(talk, sent.get(talk.conversation, []), logs[talk.conversation])
    joined = sum(":m:claim:" in out.id for outs in sent.values() for out in outs)
    heard = sum(any(e.kind == "person" for e in log) for log in logs.values())
    assert joined > 15 and heard > 30  # it was worth it


async def log_of(desk: Desk, conversation: str) -> list[Entry]:
    cases = await desk.cases.all_of(conversation)
    for case in cases:
        owned = await desk.ownership(conversation)
        if case.state is not State.closed:
            assert owned is not None and (owned.case, owned.owner) == (case.id, case.owner)
    return [entry for case in reversed(cases) for entry in await desk.cases.whole_log(case.id)]


LEFT = tuple(said(text, language) for text in ("left", "left_waiting") for language in ("en", "zh-Hans"))


def check(talk: Talk, sent: list[Outgoing], log: list[Entry]) -> None:
    """What must hold for a conversation, whatever happened."""
    owner = Owner.assistant
    for out in sent:
        if ":m:claim:" in out.id:
            owner = Owner.staff
        elif ":m:close:" in out.id or out.answer.text.startswith(LEFT):
            owner = Owner.assistant
        else:
            assert out.voice != "assistant" or owner is Owner.assistant, f"talked over: {out}"
            assert out.voice != "staff" or owner is Owner.staff, f"staff out of turn: {out}"
    assert [out.answer.text for out in sent if out.voice == "staff"] == talk.said
    assert max(Counter(out.id for out in sent).values(), default=1) == 1
    replied = Counter(message for out in sent if out.voice == "assistant" for message in out.reply_to)
    told = Counter(out.id.rpartition("-n:")[2] for out in sent if out.voice == "notice")
    heard = Counter(entry.key for entry in log if entry.kind == "person")
    assert max([*replied.values(), *told.values(), *heard.values()], default=1) == 1
    for message in talk.written:
        name = message.message_id
        assert replied[name] or told[name] or heard[f"p:{name}"], f"lost: {message}"
    names = [f"p:{message.message_id}" for message in talk.written if not replied[message.message_id]]
    theirs = [entry for entry in log if entry.key in names]
    assert [entry.key for entry in theirs] == [name for name in names if heard[name]]
    for place, entry in enumerate(log):
        if entry in theirs and not told[entry.key.removeprefix("p:")]:
            assert reached_staff(log[:place], log[place:]), f"into the void: {entry}"
    texts = {f"p:{message.message_id}": message.text for message in talk.written}
    for entry in theirs:
        text = texts[entry.key]
        assert text is None or entry.text == text.replace("\ud83d", "\ufffd")


def reached_staff(before: list[Entry], after: list[Entry]) -> bool:
    """Whether staff had the case when something was written, or took it before it ended."""
    turns = ("open", "reopen", "claim", "close", "leave")
    had = next((entry.move for entry in reversed(before) if entry.move in turns), None)
    moves = [entry.move for entry in after if entry.move in turns]
    if had in (None, "close", "leave") and moves[:1] in (["open"], ["reopen"]):  # by this very message
        moves = moves[1:]
    return had == "claim" or moves[:1] == ["claim"]


@pytest.mark.usefixtures("staff")
async def test_the_answer_that_was_under_way_is_dropped_and_its_message_is_the_staffs(redis: Redis) -> None:
    floor = Floor(redis, 1)
    begun, go = asyncio.Event(), asyncio.Event()

    class Slow(Engine):
        async def turn(self, turn: Turn) -> Answer:
            if "slow" in turn.text:
                begun.set()
                await go.wait()
            return await super().turn(turn)

    floor.turns = Turns(Slow(1), Buttons(redis), floor.desk, floor.desk.forget)
    async with floor.working():
        await floor.inbox.put(Incoming("web", "web:a", "m1", 0.0, text="I want a human"))
        await until(lambda: _waits(floor))
        await floor.inbox.put(Incoming("web", "web:a", "m2", 10.0, text="slow question"))
        await asyncio.wait_for(begun.wait(), 10)
        await floor.desk.claim("1", LI, "web")
        go.set()
        await until(lambda: _empty(floor))
        sent = (await floor.sent())["web:a"]
        assert [out.voice for out in sent] == ["assistant", "notice"]
        assert [entry.key for entry in await log_of(floor.desk, "web:a") if entry.kind == "person"] == ["p:m1", "p:m2"]
        await floor.desk.close("1", LI, Outcome.answered, "web")
        await floor.inbox.put(Incoming("web", "web:a", "m3", 20.0, text="and now?"))
        await until(lambda: _empty(floor))
        assert (await floor.sent())["web:a"][-1].reply_to == ("m3",)


async def _waits(floor: Floor) -> bool:
    return await floor.desk.ownership("web:a") is not None and await _empty(floor)


async def _empty(floor: Floor) -> bool:
    return await floor.inbox.length() == 0


async def until(true: Any) -> None:
    started = time.monotonic()
    while not await true():
        assert time.monotonic() - started < 10
        await asyncio.sleep(0.01)


@pytest.mark.usefixtures("staff")
async def test_texts_that_come_fast_reach_staff_together_and_an_end_stands_alone(redis: Redis) -> None:
    floor = Floor(redis, 1)
    await floor.inbox.put(Incoming("web", "web:a", "m0", 0.0, text="I want a human"))
    await floor.done()
    await floor.desk.claim("1", LI, "web")
    for number, text in enumerate(("thank you", "that was all", "end"), 1):
        await floor.inbox.put(Incoming("web", "web:a", f"m{number}", 100.0 + number / 10, text=text))
    await floor.done()
    log = [entry.text for entry in await log_of(floor.desk, "web:a") if entry.kind == "person"]
    assert "\n".join(log).split("\n") == ["I want a human", "thank you", "that was all", "end"]
    assert (await floor.desk.case("1")).outcome is Outcome.left
