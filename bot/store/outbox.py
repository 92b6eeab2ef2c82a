"""The outbox: replies that are recorded and not delivered yet, a stream for each channel.

async for entry in outbox.entries("telegram"):
    await entry.sending()  # raises LeaseLost when somebody else sends it
    ...
    await entry.delivered()

A reply is recorded, then its sending begins (noted before anything goes over the network), then it is delivered and leaves.
Of a reply whose sending had begun when its sender died nobody knows whether it arrived: it is handed out again as `uncertain`.

One process sends for a channel at a time, by lease: several consumers of one stream could not keep the order of a conversation.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace

from redis.asyncio import Redis

from bot.messages import Outgoing
from bot.store.connection import COMMAND_TIMEOUT, store_errors
from bot.store.errors import StoreError, StoreUnavailable
from bot.store.keys import Keys
from bot.store.leases import BEAT, SECONDS, Lease, LeaseLost, Leases
from bot.store.tasks import ended

logger = logging.getLogger(__name__)

AT_ONCE = 200
"""Replies read in one round trip."""

MOST = 1_000
"""Replies held in memory; the others wait in Redis."""

IDLE = 300.0
"""Seconds after which a reply that was handed out and never settled is handed out again."""

FIRST_PAUSE, LONGEST_PAUSE = 0.05, 5.0
"""Seconds between attempts while Redis is away."""

SENDING = """
-- KEYS: lease, outbox, sending. ARGV: token, place
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'lost' end
if #redis.call('XRANGE', KEYS[2], ARGV[2], ARGV[2]) == 0 then return 'gone' end
redis.call('HSET', KEYS[3], ARGV[2], ARGV[1])
return 'sending'
"""

RECORD = """
-- KEYS: outbox, owner. ARGV: reply, voice
if ARGV[2] == 'assistant' and redis.call('HGET', KEYS[2], 'owner') == 'staff' then return 0 end
redis.call('XADD', KEYS[1], '*', 'reply', ARGV[1])
return 1
"""

SETTLE = """
-- KEYS: outbox, sending. ARGV: token, place, 'over' or 'again'
if ARGV[3] == 'over' then
  redis.call('XDEL', KEYS[1], ARGV[2])
  redis.call('HDEL', KEYS[2], ARGV[2])
elseif redis.call('HGET', KEYS[2], ARGV[2]) == ARGV[1] then
  redis.call('HDEL', KEYS[2], ARGV[2])
end
"""
"""That a reply is delivered is true whoever says it. That it is not can be said only by whoever began to send it last."""


@dataclass(frozen=True)
class Recorded:
    """A reply in the outbox. place: of its channel's stream. outgoing: None if it cannot be read (of another version).
    uncertain: its sending had begun, and nobody knows how it ended."""

    place: str
    outgoing: Outgoing | None = field(repr=False)
    uncertain: bool


class Entry:
    """A reply handed to its channel, which settles it once: `delivered`, `failed` or `drop`. Only then comes the conversation's next.

    With Redis away, how it ended is kept in memory and written as soon as Redis is back.
    """

    def __init__(self, feed: _Feed, recorded: Recorded) -> None:
        self._feed = feed
        self.recorded = recorded
        self.token: str | None = None
        """Of the lease under which its sending began, if it did."""

    @property
    def outgoing(self) -> Outgoing:
        assert self.recorded.outgoing
        return self.recorded.outgoing

    @property
    def uncertain(self) -> bool:
        """Whether it may have arrived already."""
        return self.recorded.uncertain

    async def sending(self) -> None:
        """To be called right before it goes over the network. Raises LeaseLost (do not send it: somebody else does, or has), StoreUnavailable."""
        await self._feed.sending(self)

    async def delivered(self) -> None:
        """It arrived."""
        await self._feed.settle(self, over=True)

    async def failed(self, retry_in: float) -> None:
        """It surely did not arrive; hand it out again in so many seconds."""
        await self._feed.settle(self, over=False, pause=retry_in)

    async def drop(self, reason: str) -> None:
        """It never will arrive. reason: for the log, without words of the reply."""
        logger.warning("reply %s of channel %s dropped: %s", self.outgoing.id, self.outgoing.channel, reason)
        await self._feed.settle(self, over=True)


class Outbox:
    """`record`, `take` and `length` raise StoreUnavailable when Redis does not answer; `entries` waits for it."""

    def __init__(self, redis: Redis, keys: Keys = Keys(), *, lease: float = SECONDS, beat: float = BEAT, idle: float = IDLE) -> None:  # noqa: B008  # fmt: skip
        """lease, beat: seconds of a channel's lease and between its renewals. idle: see IDLE."""
        self.redis = redis
        self.keys = keys
        self.lease = lease
        self.beat = beat
        self.idle = idle
        self._record = redis.register_script(RECORD)

    async def record(self, outgoing: Outgoing) -> bool:
        """Record what no message asked for (a notice, a page of a menu). Replies to messages are recorded by `Inbox.finish`.

        False: it is the assistant's, and staff own the conversation, so it was not.
        """
        keys = (self.keys.outbox(outgoing.channel), self.keys.owner(outgoing.conversation))
        with store_errors():
            return bool(await self._record(keys=keys, args=(json.dumps(outgoing.to_json()), outgoing.voice)))

    async def length(self, channel: str) -> int:
        """How many replies are not delivered yet."""
        with store_errors():
            return int(await self.redis.xlen(self.keys.outbox(channel)))

    async def take(self, channel: str, after: str = "0", wait: float = 0.0) -> list[Recorded]:
        """Replies after a place, oldest first; `entries` is what channels use. wait: seconds to wait if there is none."""
        block = round(min(wait, COMMAND_TIMEOUT / 2) * 1000) or None
        with store_errors():
            found = await self.redis.xread({self.keys.outbox(channel): after}, count=AT_ONCE, block=block)
            entries = found[0][1] if found else []
            if not entries:
                return []
            marks = await self.redis.hmget(self.keys.sending(channel), [place for place, _ in entries])
        return [
            Recorded(place, _outgoing(fields.get("reply", "")), mark is not None)
            for (place, fields), mark in zip(entries, marks)
        ]

    async def entries(self, channel: str) -> AsyncGenerator[Entry, None]:
        """Replies to deliver, without end: in order within a conversation, whose next comes when the last is settled.

        Waits while another process sends for the channel, and while Redis is away. Close it (`aclose`) to let others send.
        """
        feed = _Feed(self, channel)
        feed.start()
        try:
            while True:
                yield await feed.next()
        finally:
            await feed.close()


@dataclass
class _Line:
    """The replies of one conversation. out: the first of them, handed to the channel. due: when it is to be handed out (again)."""

    waiting: deque[Recorded] = field(default_factory=deque)
    out: Entry | None = None
    due: float = 0.0


class _Feed:
    """What `entries` hands out, and its state: lines of this process, thrown away with the lease."""

    def __init__(self, outbox: Outbox, channel: str) -> None:
        self._outbox = outbox
        self._channel = channel
        self._leases = Leases(outbox.redis, f"outbox {channel}", 1, outbox.keys, seconds=outbox.lease)
        self._sending = outbox.redis.register_script(SENDING)
        self._settle = outbox.redis.register_script(SETTLE)
        self._lease: Lease | None = None
        self._last = "0"
        self._lines: dict[str, _Line] = {}
        self._unwritten: deque[Sequence[str]] = deque()
        self._writing = asyncio.Lock()
        self._changed = asyncio.Event()
        self._keepers: tuple[asyncio.Task[None], ...] = ()

    def start(self) -> None:
        self._keepers = (asyncio.create_task(self._renew()), asyncio.create_task(self._read()))
        for keeper in self._keepers:
            keeper.add_done_callback(lambda _: self._changed.set())

    async def next(self) -> Entry:
        """The next reply that may be sent now."""
        while True:
            self._changed.clear()
            for keeper in self._keepers:
                if keeper.done():
                    keeper.result()  # a bug: neither ends by itself
            now = _now()
            due, name = min(((line.due, name) for name, line in self._lines.items()), default=(None, ""))
            if due is not None and due <= now:
                return self._hand_out(self._lines[name], now)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._changed.wait(), None if due is None else due - now)

    def _hand_out(self, line: _Line, now: float) -> Entry:
        recorded = line.waiting[0]
        if line.out is not None and line.out.token:  # never settled: the channel lost it, perhaps on the way
            recorded = replace(recorded, uncertain=True)
        line.out = Entry(self, recorded)
        line.due = now + self._outbox.idle
        return line.out

    async def sending(self, entry: Entry) -> None:
        lease = self._lease
        if lease is None or self._line(entry) is None:
            raise LeaseLost("this reply is no longer ours to send")
        entry.token = lease.token
        with store_errors():
            done = await self._sending(
                keys=(lease.key, self._outbox.keys.outbox(self._channel), self._outbox.keys.sending(self._channel)),
                args=(lease.token, entry.recorded.place),
            )
        if done == "lost" and lease is self._lease:
            self._leases.drop(lease)
            self._lose()
        if done == "gone" and self._line(entry):
            self._over(entry)
        if done != "sending" or self._line(entry) is None:
            raise LeaseLost("this reply is no longer ours to send")

    async def settle(self, entry: Entry, *, over: bool, pause: float = 0.0) -> None:
        line = self._line(entry)
        self._unwritten.append((entry.token or "", entry.recorded.place, "over" if over else "again"))
        if line is not None and over:
            self._over(entry)
        elif line is not None:
            if entry.token:
                line.waiting[0] = replace(line.waiting[0], uncertain=False)
            line.out, line.due = None, _now() + max(0.0, pause)
            self._changed.set()
        with contextlib.suppress(StoreUnavailable):
            await self._write()

    async def close(self) -> None:
        await ended(*self._keepers)
        self._lose()
        with contextlib.suppress(StoreError):
            await self._write()
            await self._leases.leave()

    def _lose(self) -> None:
        self._lease = None
        self._lines.clear()

    def _line(self, entry: Entry) -> _Line | None:
        """Where the entry is out; None if it is not any more."""
        line = self._lines.get(entry.outgoing.conversation)
        return line if line and line.out is entry else None

    def _over(self, entry: Entry) -> None:
        line = self._lines[entry.outgoing.conversation]
        line.waiting.popleft()
        line.out, line.due = None, 0.0
        if not line.waiting:
            del self._lines[entry.outgoing.conversation]
        self._changed.set()

    async def _write(self) -> None:
        """Write how replies ended, in order: a reply that was settled twice (failed, then delivered) must end as it did."""
        async with self._writing:
            while self._unwritten:
                with store_errors():
                    await self._settle(
                        keys=(self._outbox.keys.outbox(self._channel), self._outbox.keys.sending(self._channel)),
                        args=self._unwritten[0],
                    )
                self._unwritten.popleft()

    async def _renew(self) -> None:
        away = False
        while True:
            try:
                await self._write()  # before anything is read anew
                change = await self._leases.renew()
                if change.lost:
                    self._lose()
                if change.gained:
                    self._lines.clear()
                    self._lease, self._last = change.gained[0], "0"
                if away:
                    logger.warning("Redis is back, the outbox of channel %s goes on", self._channel)
                away = False
            except StoreUnavailable as error:
                if not away:
                    logger.warning("the outbox of channel %s waits for Redis: %s", self._channel, error)
                away = True
            await asyncio.sleep(self._outbox.beat)

    async def _read(self) -> None:
        pause = FIRST_PAUSE
        while True:
            lease = self._lease
            if lease is None or sum(len(line.waiting) for line in self._lines.values()) >= MOST:
                await asyncio.sleep(FIRST_PAUSE)
                continue
            try:
                found = await self._outbox.take(self._channel, self._last, wait=1.0)
                pause = FIRST_PAUSE
            except StoreUnavailable:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            if lease is not self._lease:
                continue
            for recorded in found:
                self._last = recorded.place
                if recorded.outgoing is None:
                    logger.error("reply %s of channel %s cannot be read and stays", recorded.place, self._channel)
                    continue
                self._lines.setdefault(recorded.outgoing.conversation, _Line()).waiting.append(recorded)
            if found:
                self._changed.set()


def _outgoing(text: str) -> Outgoing | None:
    try:
        return Outgoing.from_json(json.loads(text))
    except (ValueError, TypeError, KeyError):
        return None


def _now() -> float:
    return asyncio.get_running_loop().time()
