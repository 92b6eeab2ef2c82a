"""Dead letters: messages that were given up, kept with the reason for staff to look at, to try again or to drop."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from redis.asyncio import Redis

from bot.messages import Incoming
from bot.store.connection import store_errors
from bot.store.keys import Keys

DAYS = 30
"""Days a dead letter is kept, like the conversations."""

AT_ONCE = 100

BURY = f"""
local function bury(key, now, reason, shard, messages)
  redis.call('XTRIM', key, 'MINID', string.format('%.0f', now - {DAYS * 24 * 60 * 60 * 1000}))
  redis.call('XADD', key, '*', 'reason', reason, 'shard', shard, 'messages', messages)
end
"""
"""A function for scripts that give messages up. now: milliseconds since 1970. messages: a JSON list of what stood in the inbox."""

RETRY = """
-- KEYS: dead letters, inbox. ARGV: id, messages …
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
for i = 2, #ARGV do redis.call('XADD', KEYS[2], '*', 'message', ARGV[i]) end
return 1
"""


@dataclass(frozen=True)
class DeadLetter:
    """Messages that were to be answered together. at: seconds since 1970. messages: those that can be read; the words are never logged."""

    id: str
    at: float
    reason: str
    messages: tuple[Incoming, ...] = field(repr=False)


class DeadLetters:
    """Every method raises StoreUnavailable when Redis does not answer."""

    def __init__(self, redis: Redis, keys: Keys = Keys()) -> None:  # noqa: B008
        self._redis = redis
        self._keys = keys
        self._retry = redis.register_script(RETRY)

    async def list(self) -> tuple[DeadLetter, ...]:
        """All of them, oldest first."""
        return tuple([_letter(id_, fields) async for id_, fields in self._all()])

    async def count(self) -> int:
        with store_errors():
            return int(await self._redis.xlen(self._keys.dead_letters))

    async def retry(self, id: str) -> bool:  # noqa: A002
        """Put the messages back into the inbox, behind what waits there. False if there is no such dead letter."""
        if not _is_id(id):
            return False
        with store_errors():
            found = await self._redis.xrange(self._keys.dead_letters, id, id)
            if not found:
                return False
            fields = found[0][1]
            keys = (self._keys.dead_letters, self._keys.inbox(int(fields["shard"])))
            return bool(await self._retry(keys=keys, args=(id, *json.loads(fields["messages"]))))

    async def drop(self, id: str) -> bool:  # noqa: A002
        """Delete one. False if there is no such dead letter."""
        if not _is_id(id):
            return False
        with store_errors():
            return bool(await self._redis.xdel(self._keys.dead_letters, id))

    async def forget(self, conversation: str) -> None:
        """Delete what is kept of the conversation."""
        async for id_, fields in self._all():
            if any(message.conversation == conversation for message in _letter(id_, fields).messages):
                await self.drop(id_)

    async def _all(self) -> AsyncIterator[tuple[str, dict[str, str]]]:
        start = "-"
        while True:
            with store_errors():
                found = await self._redis.xrange(self._keys.dead_letters, start, "+", count=AT_ONCE)
            for id_, fields in found:
                yield id_, fields
            if len(found) < AT_ONCE:
                return
            start = f"({found[-1][0]}"


def _is_id(text: str) -> bool:
    first, dash, second = text.partition("-")
    return all(part.isascii() and part.isdigit() and len(part) <= 19 for part in (first, second)) and bool(dash)


def message_of(text: str) -> Incoming | None:
    """A message as it is kept; None if it cannot be read (of another version)."""
    try:
        return Incoming.from_json(json.loads(text))
    except (ValueError, TypeError):
        return None


def _letter(id_: str, fields: dict[str, str]) -> DeadLetter:
    messages = (message_of(text) for text in json.loads(fields.get("messages", "[]")))
    at = int(id_.partition("-")[0]) / 1000
    return DeadLetter(id_, at, fields.get("reason", ""), tuple(each for each in messages if each))
