"""What is kept in Redis of the staff group: where each case stands there, and which message is what.

Every method raises StoreUnavailable when Redis does not answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from bot.desk.store import KEPT_DAYS
from bot.store.connection import store_errors
from bot.store.keys import Keys

SECONDS = (KEPT_DAYS + 10) * 86400
"""How long it is kept where a case stands, after the last that was done to it."""

DONE = 2 * 24 * 60 * 60
"""Seconds for which it is known that an update was dealt with."""

REPLIES = 0
"""In place of a topic: the case stands in replies to its card."""

CLEAN = """
-- KEYS: dirty. ARGV: case, place
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
"""


@dataclass(frozen=True)
class Stand:
    """Where a case stands in the group. topic: None before it has one, see REPLIES. card: the message. cursor: the place of its log up to
    which it was shown, empty for none. title, facts: as they were shown last. shut: whether the topic is closed."""

    topic: int | None = None
    card: int | None = None
    cursor: str = ""
    title: str = ""
    facts: str = ""
    shut: bool = False

    @property
    def thread(self) -> int | None:
        return self.topic or None


@dataclass(frozen=True)
class Known:
    """A message of the group. kind: `card`, `entry` (shown by the mirror), `say` or `note` (of staff), `answer` (of ours to staff)."""

    case: str
    kind: str


@dataclass(frozen=True)
class Shown:
    """Messages that show an entry. caption: the text of the first stands below a file."""

    messages: tuple[int, ...]
    caption: bool


class Memory:
    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis, self._keys = redis, keys
        self._clean = redis.register_script(CLEAN)

    # -- the feed

    async def position(self) -> str | None:
        """Up to where news were taken note of; None at the very beginning."""
        with store_errors():
            found: str | None = await self._redis.get(self._keys.desk("tg-feed"))
        return found

    async def take(self, position: str, cases: Mapping[str, str]) -> None:
        """Take note of news up to a position: cases to look at, with the place of their last news."""
        with store_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                if cases:
                    pipe.hset(self._keys.desk("tg-dirty"), mapping=dict(cases))
                pipe.set(self._keys.desk("tg-feed"), position)
                await pipe.execute()

    async def dirty(self) -> dict[str, str]:
        """Cases to look at, with the place of their last news."""
        with store_errors():
            found: dict[str, str] = await self._redis.hgetall(self._keys.desk("tg-dirty"))
        return found

    async def clean(self, case: str, place: str) -> None:
        """All of a case was shown, unless there was news after this place."""
        with store_errors():
            await self._clean(keys=(self._keys.desk("tg-dirty"),), args=(case, place))

    # -- cases

    async def stand(self, case: str) -> Stand:
        with store_errors():
            found = await self._redis.hgetall(self._keys.desk("tg-case", case))
        number = {name: int(found[name]) for name in ("topic", "card") if name in found}
        return Stand(
            number.get("topic"), number.get("card"), found.get("cursor", ""), found.get("title", ""), found.get("facts", ""),
            found.get("shut") == "1",
        )  # fmt: skip

    async def put(self, case: str, **known: str | int | None) -> None:
        """Note something of a `Stand`; None deletes it."""
        key = self._keys.desk("tg-case", case)
        gone = [name for name, value in known.items() if value is None]
        there = {name: value for name, value in known.items() if value is not None}
        with store_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                if gone:
                    pipe.hdel(key, *gone)
                if there:
                    pipe.hset(key, mapping=there)
                if known.get("topic"):
                    pipe.set(self._keys.desk("tg-topic", str(known["topic"])), case, ex=SECONDS)
                if known.get("card"):
                    self._set_message(pipe, case, int(known["card"] or 0), "card")
                pipe.expire(key, SECONDS)
                await pipe.execute()

    async def shown(self, case: str, keys: Iterable[str], shown: Shown, cursor: str | None) -> None:
        """Note which messages show entries, and how far the log was shown (None: not further than before)."""
        written = json.dumps([list(shown.messages), shown.caption])
        with store_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                entries = self._keys.desk("tg-entries", case)
                for key in keys:
                    pipe.hset(entries, key, written)
                pipe.expire(entries, SECONDS)
                for message in shown.messages:
                    self._set_message(pipe, case, message, "entry")
                if cursor is not None:
                    pipe.hset(self._keys.desk("tg-case", case), "cursor", cursor)
                    pipe.expire(self._keys.desk("tg-case", case), SECONDS)
                await pipe.execute()

    async def where(self, case: str) -> dict[str, Shown]:
        """By the key of an entry, the messages that show it."""
        with store_errors():
            found = await self._redis.hgetall(self._keys.desk("tg-entries", case))
        read = {key: json.loads(value) for key, value in found.items()}
        return {key: Shown(tuple(messages), caption) for key, (messages, caption) in read.items()}

    async def set_message(self, case: str, message: int, kind: str) -> None:
        with store_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                self._set_message(pipe, case, message, kind)
                await pipe.execute()

    async def message(self, message: int) -> Known | None:
        with store_errors():
            found = await self._redis.get(self._keys.desk("tg-message", str(message)))
        if not found:
            return None
        case, _, kind = found.partition(" ")
        return Known(case, kind)

    async def case_of(self, topic: int | None, reply: int | None) -> str | None:
        """The case of a topic, else of the message that was answered."""
        with store_errors():
            if topic is not None:
                found: str | None = await self._redis.get(self._keys.desk("tg-topic", str(topic)))
                return found
        known = await self.message(reply) if reply is not None else None
        return known.case if known else None

    async def messages(self, case: str) -> list[int]:
        """All messages of the group that are known to belong to a case."""
        with store_errors():
            return sorted(int(each) for each in await self._redis.smembers(self._keys.desk("tg-messages", case)))

    async def forget(self, case: str) -> None:
        """Delete all that is kept of a case."""
        keys = self._keys
        messages = await self.messages(case)
        topic = (await self.stand(case)).topic
        names = [keys.desk(what, case) for what in ("tg-case", "tg-entries", "tg-messages")]
        names += [keys.desk("tg-message", str(message)) for message in messages]
        if topic:
            names.append(keys.desk("tg-topic", str(topic)))
        with store_errors():
            await self._redis.delete(*names)

    # -- staff

    async def done(self, update: int) -> bool:
        """Whether an update was dealt with already."""
        with store_errors():
            return bool(await self._redis.exists(self._keys.desk("tg-done", str(update))))

    async def set_done(self, update: int) -> None:
        with store_errors():
            await self._redis.set(self._keys.desk("tg-done", str(update)), "1", ex=DONE)

    async def once(self, what: str, by: str, seconds: float) -> bool:
        """Whether this is the first, or the same, to do something within a time."""
        key = self._keys.desk("tg-once", what)
        with store_errors():
            if await self._redis.set(key, by, nx=True, px=round(seconds * 1000)):
                return True
            return bool(await self._redis.get(key) == by)

    async def chat(self, chat: int) -> int:
        """Where the group is now: its own id, or that of the supergroup it became."""
        with store_errors():
            found = await self._redis.get(self._keys.desk("tg-moved", str(chat)))
        return int(found) if found else chat

    async def move(self, chat: int, to: int) -> None:
        with store_errors():
            await self._redis.set(self._keys.desk("tg-moved", str(chat)), str(to))

    def _set_message(self, pipe: Any, case: str, message: int, kind: str) -> None:
        pipe.set(self._keys.desk("tg-message", str(message)), f"{case} {kind}", ex=SECONDS)
        pipe.sadd(self._keys.desk("tg-messages", case), message)
        pipe.expire(self._keys.desk("tg-messages", case), SECONDS)
