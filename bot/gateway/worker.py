"""Answering what is in the inbox: each message once, in order within a conversation, conversations side by side.

Several gateways share the shards of the inbox by leases. A gateway that loses a lease throws away all it knew of the shard;
whoever gets it begins at its beginning. Nothing is kept here that is not in Redis.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from redis.asyncio import Redis

from bot.desk import person
from bot.engine.errors import EngineNotReady, EngineUnreachable
from bot.engine.protocol import Answer
from bot.messages import Incoming, Outgoing
from bot.store.buttons import Buttons, new_ids
from bot.store.deadletters import DeadLetters
from bot.store.errors import StoreUnavailable
from bot.store.inbox import BEGINNING, SHARDS, Inbox, StaffOwn, Waiting
from bot.store.keys import Keys
from bot.store.leases import BEAT, SECONDS, Lease, LeaseLost, Leases
from bot.store.tasks import ended
from language.choice import reply_language

T = TypeVar("T")

logger = logging.getLogger(__name__)

APOLOGY = {
    "en": "I am sorry, something went wrong on our side and I could not answer your message. Please ask again in a little while.",
    "zh-Hans": "很抱歉，我们这边出了问题，没能回答您的消息。请稍后再问一次。",
    "zh-Hant": "很抱歉，我們這邊出了問題，未能回答您的訊息。請稍後再問一次。",
}

UNREADABLE = "cannot be read: was it written by another version?"
FAILED = "no answer after {count} attempts: {kind}"

HOOK_TIMEOUT = 10.0
"""Seconds the hook `waiting` may take."""


@dataclass(frozen=True)
class Pace:
    """How the worker goes about it; times in seconds.

    at_once: turns that run side by side. held: messages in memory; others wait in Redis.
    settle: how long a text that finds its conversation idle waits for another. gap: between two texts (`at`) that are
    answered together; short, most: characters of each and texts of one turn at most.
    failures: after so many a message is given up. retry: before the second attempt; twice as long each time.
    first, longest: pauses while the engine is not ready or Redis away. tell: until the hook `waiting` is called.
    turn: may take so long. lease, beat: of a lease and between renewals. grace: for turns under way when the worker stops.
    """

    at_once: int = 64
    held: int = 5_000
    settle: float = 0.3
    gap: float = 1.0
    short: int = 200
    most: int = 10
    failures: int = 3
    retry: float = 1.0
    first: float = 0.1
    longest: float = 3.0
    tell: float = 3.0
    turn: float = 60.0
    lease: float = SECONDS
    beat: float = BEAT
    grace: float = 20.0


def together(waiting: Sequence[Waiting], begun: Mapping[str, Sequence[str]], pace: Pace) -> int:
    """How many of the first of a conversation's waiting messages are answered in one turn; at least 1.

    What was begun together stays together. Otherwise short texts that came one soon after another are.
    """
    first = waiting[0]
    if first.place in begun:
        return sum(each.place in begun[first.place] for each in waiting)
    count = 1
    while count < min(len(waiting), pace.most) and _follows(waiting[count - 1], waiting[count], begun, pace):
        count += 1
    return count


def _follows(one: Waiting, next_: Waiting, begun: Mapping[str, Sequence[str]], pace: Pace) -> bool:
    return (
        next_.place not in begun
        and one.message is not None
        and next_.message is not None
        and _short(one.message, pace)
        and _short(next_.message, pace)
        and bool(one.message.files) == bool(next_.message.files)
        and abs(next_.message.at - one.message.at) <= pace.gap
    )


def _short(message: Incoming, pace: Pace) -> bool:
    text = message.text
    return text is not None and len(text) <= pace.short and not message.edits and person.wish(text) is None


def joined(messages: Sequence[Incoming]) -> Incoming:
    """One message of several texts, a line each, or of several files; it has the id of the last."""
    last = messages[-1]
    if len(messages) == 1:
        return last
    language = next((each.language for each in reversed(messages) if each.language), None)
    text = "\n".join(each.text for each in messages if each.text)
    files = tuple(file for each in messages for file in each.files)
    parts = tuple((each.message_id, each.text or "") for each in messages)
    return replace(last, text=text, files=files, language=language, parts=parts)


def apology(message: Incoming) -> Answer:
    """What a person is told whose message is given up, in their language."""
    known = message.language if message.language in APOLOGY else None
    language = reply_language((message.text or "")[:200], known)
    return Answer(language, "nlu_fallback", None, 0.0, APOLOGY[language])


class GivenUp(Exception):
    """A turn failed too often. Its text is the reason, without words of the person."""


@dataclass
class _Line:
    """Messages of one conversation that wait, the first of them perhaps in its turn. latest: when the last was read (loop time)."""

    waiting: deque[Waiting] = field(default_factory=deque)
    more: asyncio.Event = field(default_factory=asyncio.Event)
    latest: float = 0.0


@dataclass
class _Shard:
    """A shard that is ours. last: the place up to which it is read. begun: turns that others left unfinished.

    leaving: nothing new is begun; when the turns under way are finished, somebody else gets it.
    """

    lease: Lease
    last: str = BEGINNING
    begun: dict[str, tuple[str, ...]] | None = None
    lines: dict[str, _Line] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    leaving: bool = False

    def held(self) -> int:
        return sum(len(line.waiting) for line in self.lines.values())


class Worker:
    """Answers messages with `turn` until it is stopped.

    turn: gives the answer as the person reads it, or None where there is nothing to say (staff have the message); for messages that were joined it gets one with the id of the last. It may be
    called again with the same message after a failure or a crash. Its EngineNotReady and StoreUnavailable are waited out, any
    other error counts as a failure.
    waiting: called once for a turn that has waited for an engine for `pace.tell` seconds. answered: called after a turn, for what
    is counted; a crash may leave it out. apart: whether the messages of a conversation are taken one by one and at once.
    """

    def __init__(
        self,
        redis: Redis,
        turn: Callable[[Incoming], Awaitable[Answer | None]],
        keys: Keys = Keys(),  # noqa: B008
        *,
        waiting: Callable[[Incoming], Awaitable[None]] | None = None,
        answered: Callable[[Incoming, Answer | None], Awaitable[None]] | None = None,
        apart: Callable[[str], Awaitable[bool]] | None = None,
        pace: Pace = Pace(),
    ) -> None:
        self._inbox = Inbox(redis, keys)
        self._buttons = Buttons(redis, keys)
        self._dead_letters = DeadLetters(redis, keys)
        self._leases = Leases(redis, "inbox", SHARDS, keys, seconds=pace.lease)
        self._turn = turn
        self._waiting = waiting
        self._answered = answered
        self._apart = apart
        self._pace = pace
        self._running = asyncio.Semaphore(pace.at_once)
        self._storing = asyncio.Semaphore(pace.at_once)  # leaves connections to others when many begin together
        self._shards: dict[int, _Shard] = {}
        self._stopping = False

    @property
    def shards(self) -> tuple[int, ...]:
        """Those this worker holds at present."""
        return tuple(sorted(self._shards))

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then finish the turns under way within `pace.grace` and let go of everything."""
        keeper, reader = asyncio.create_task(self._keep()), asyncio.create_task(self._read())
        stopped = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait((keeper, reader, stopped), return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopped}:
                task.result()  # a bug: neither ends by itself
            self._stopping = True
            await ended(reader)
            for line in [line for shard in self._shards.values() for line in shard.lines.values()]:
                line.more.set()
            under_way = [task for shard in self._shards.values() for task in shard.tasks]
            if under_way:
                await asyncio.wait(under_way, timeout=self._pace.grace)
        finally:
            self._stopping = True
            await ended(keeper, reader, stopped, *(task for s in self._shards.values() for task in s.tasks))
            self._shards.clear()
            with contextlib.suppress(StoreUnavailable):
                await self._leases.leave()

    async def _keep(self) -> None:
        """Keeps the leases: renews them, takes free shards, lets go of what is more than a fair share."""
        away = False
        while True:
            try:
                change = await self._leases.renew()
                for lease in change.lost:
                    logger.warning("shard %d of the inbox is no longer ours", lease.number)
                    self._lose(lease)
                for lease in change.gained:
                    self._shards[lease.number] = _Shard(lease)
                staying = sorted(number for number, shard in self._shards.items() if not shard.leaving)
                for number in staying[change.share :]:
                    self._shards[number].leaving = True
                await self._let_go()
                if away:
                    logger.warning("Redis is back, the inbox goes on")
                away = False
            except StoreUnavailable as error:
                if not away:
                    logger.warning("the inbox waits for Redis: %s", error)
                away = True
            await asyncio.sleep(self._pace.beat)

    async def _let_go(self) -> None:
        for shard in [each for each in self._shards.values() if each.leaving and not each.tasks]:
            del self._shards[shard.lease.number]
            await self._leases.release(shard.lease)

    def _lose(self, lease: Lease) -> None:
        """Forget all about a shard; its turns under way end at their next step."""
        shard = self._shards.get(lease.number)
        if shard is None or shard.lease is not lease:
            return
        del self._shards[lease.number]
        self._leases.drop(lease)
        for task in shard.tasks:
            if task is not asyncio.current_task():
                task.cancel()

    def _ours(self, shard: _Shard) -> bool:
        return self._shards.get(shard.lease.number) is shard

    def _check(self, shard: _Shard) -> None:
        """Raises LeaseLost: a cancellation may get lost, see `ended`."""
        if not self._ours(shard):
            raise LeaseLost("the lease of this shard is over")

    async def _read(self) -> None:
        pause = self._pace.first
        while True:
            shards = [shard for shard in self._shards.values() if not shard.leaving]
            if not shards or sum(shard.held() for shard in self._shards.values()) >= self._pace.held:
                await asyncio.sleep(0.05)
                continue
            try:
                for shard in shards:
                    if shard.begun is None:
                        shard.begun = await self._inbox.begun(shard.lease.number)
                found = await self._inbox.take({shard.lease.number: shard.last for shard in shards}, wait=self._look)
                pause = self._pace.first
            except StoreUnavailable:
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._pace.longest)
                continue
            by_number = {shard.lease.number: shard for shard in shards if self._ours(shard)}
            for each in found:
                if each.shard in by_number:
                    self._arrived(by_number[each.shard], each)

    @property
    def _look(self) -> float:
        """Seconds a read waits: shards that are new come into the next one."""
        return min(1.0, self._pace.beat)

    def _arrived(self, shard: _Shard, each: Waiting) -> None:
        shard.last = each.place
        name = each.message.conversation if each.message else f"\0{each.place}"  # unreadable: in no order with others
        line = shard.lines.get(name)
        if line is None:
            line = shard.lines[name] = _Line()
            task = asyncio.create_task(self._serve(shard, name, line))
            shard.tasks.add(task)
            task.add_done_callback(shard.tasks.discard)
        line.waiting.append(each)
        line.latest = _now()
        line.more.set()

    async def _serve(self, shard: _Shard, name: str, line: _Line) -> None:
        """Answer what waits in a conversation, one turn after another, until nothing does."""
        try:
            while line.waiting:
                count = await self._settled(shard, line)
                if shard.leaving or self._stopping:
                    return
                await self._handle(shard, [line.waiting[n] for n in range(count)])
                for _ in range(count):
                    line.waiting.popleft()
        except LeaseLost:
            self._lose(shard.lease)
        except Exception as error:  # noqa: BLE001
            # a bug; the shard begins anew under another lease, so that no message waits for ever
            logger.error("shard %d begins anew: %s in a conversation", shard.lease.number, type(error).__name__)  # noqa: TRY400
            self._lose(shard.lease)
        finally:
            del shard.lines[name]

    async def _settled(self, shard: _Shard, line: _Line) -> int:
        """Wait until nothing more is likely to belong to the next turn. Returns the number of its messages."""
        begun = shard.begun or {}
        first = line.waiting[0]
        if self._apart and first.message and first.place not in begun:
            with contextlib.suppress(StoreUnavailable):
                if await self._apart(first.message.conversation):
                    return 1
        while not self._stopping:
            line.more.clear()
            count = together(line.waiting, begun, self._pace)
            if first.place in begun:
                wait = 0.0 if count == len(begun[first.place]) else HOOK_TIMEOUT
            elif count == len(line.waiting) < self._pace.most and first.message and _short(first.message, self._pace):
                wait = line.latest + self._pace.settle - _now()
            else:
                wait = 0.0
            if wait <= 0:
                return count
            try:
                await asyncio.wait_for(line.more.wait(), wait)
            except asyncio.TimeoutError:
                return count
        return 1

    async def _handle(self, shard: _Shard, batch: Sequence[Waiting]) -> None:
        messages = [each.message for each in batch if each.message]
        if not messages:
            logger.error("message %s of shard %d is given up: it %s", batch[0].place, shard.lease.number, UNREADABLE)
            await self._finish(shard, batch, None, UNREADABLE)
            return
        message = joined(messages)
        failures = await self._stored(shard, lambda: self._inbox.begin(shard.lease, [each.place for each in batch]))
        while True:
            reason = None
            answer: Answer | None
            try:
                answer = await self._answer(shard, batch, message, failures)
            except GivenUp as error:
                reason = str(error)
                answer = apology(message)
                logger.error("a message of channel %s goes to the dead letters: %s", message.channel, reason)  # noqa: TRY400
            if answer and answer.forgotten:
                await self._stored(shard, lambda: self._buttons.forget(message.conversation))
                await self._stored(shard, lambda: self._dead_letters.forget(message.conversation))
            try:
                await self._finish(shard, batch, _reply(batch, messages, message, answer) if answer else None, reason)
            except StaffOwn:  # they took the conversation meanwhile: the message is theirs now
                failures = 0
                continue
            break
        if self._answered:
            try:
                await asyncio.wait_for(self._answered(message, answer), HOOK_TIMEOUT)
            except Exception as error:  # noqa: BLE001  (the person has their answer)
                logger.warning("a turn was not counted: %s", type(error).__name__)

    async def _finish(
        self, shard: _Shard, batch: Sequence[Waiting], reply: Outgoing | None, reason: str | None
    ) -> None:
        await self._stored(shard, lambda: self._inbox.finish(shard.lease, batch, reply, reason))
        if shard.begun:
            shard.begun.pop(batch[0].place, None)

    async def _answer(self, shard: _Shard, batch: Sequence[Waiting], message: Incoming, failures: int) -> Answer | None:
        """The answer, however long engines take to start. Raises GivenUp, LeaseLost."""
        patience = _Patience(message, self._waiting, self._pace)
        kind = "the gateway ended during the last one"
        while failures < self._pace.failures:
            self._check(shard)
            try:
                async with self._running:
                    return await asyncio.wait_for(self._turn(message), self._pace.turn)
            except (EngineNotReady, EngineUnreachable, StoreUnavailable):
                await patience.wait()
                continue
            except Exception as error:  # noqa: BLE001  (whatever it is, the next message shall be answered)
                kind = type(error).__name__
                logger.warning("a turn failed: %s", kind)  # the text of an error may hold words
            failures = await self._stored(shard, lambda: self._inbox.failed(shard.lease, batch[0].place))
            if failures < self._pace.failures:
                await asyncio.sleep(self._pace.retry * 2 ** (failures - 1))
        raise GivenUp(FAILED.format(count=failures, kind=kind))

    async def _stored(self, shard: _Shard, do: Callable[[], Awaitable[T]]) -> T:
        """Do it, and wait for Redis if it is away. Raises LeaseLost."""
        pause = self._pace.first
        while True:
            self._check(shard)
            with contextlib.suppress(StoreUnavailable):
                async with self._storing:
                    return await do()
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._pace.longest)


class _Patience:
    """Pauses that grow, and the word to the person that it takes longer."""

    def __init__(
        self, message: Incoming, tell: Callable[[Incoming], Awaitable[None]] | None, pace: Pace
    ) -> None:  # fmt: skip
        self._message = message
        self._tell = tell
        self._pause = pace.first
        self._longest = pace.longest
        self._due = _now() + pace.tell

    async def wait(self) -> None:
        left = self._pause
        self._pause = min(self._pause * 2, self._longest)
        until = self._due - _now()
        if self._tell and until < left:
            await asyncio.sleep(max(0.0, until))
            left -= max(0.0, until)
            tell, self._tell = self._tell, None
            try:
                await asyncio.wait_for(tell(self._message), HOOK_TIMEOUT)
            except Exception as error:  # noqa: BLE001  (of the channel; the answer comes anyway)
                logger.warning("nobody could be told to wait: %s", type(error).__name__)
        await asyncio.sleep(max(0.0, left))


def _reply(batch: Sequence[Waiting], messages: Sequence[Incoming], message: Incoming, answer: Answer) -> Outgoing:
    return Outgoing(
        id=f"{batch[-1].shard}-{batch[-1].place}",
        channel=message.channel,
        conversation=message.conversation,
        reply_to=tuple(each.message_id for each in messages),
        answer=answer,
        buttons=new_ids(len(answer.buttons)),
        at=time.time(),
    )


def _now() -> float:
    return asyncio.get_running_loop().time()
