"""The inbox: messages that were accepted and are not answered yet.

Conversations are spread over shards, each a stream in the order of arrival. A message leaves its stream in the same step in
which its reply enters the outbox, so a stream holds what is left to do and nothing else; whoever takes a shard over begins
at its beginning. Only the holder of a shard's lease (`leases`) can begin, finish or give up messages.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from redis.asyncio import Redis

from bot.messages import Incoming, Outgoing
from bot.store.buttons import KEEP, kept
from bot.store.connection import COMMAND_TIMEOUT, store_errors
from bot.store.deadletters import BURY, message_of
from bot.store.errors import StoreError, StoreUnavailable
from bot.store.keys import Keys
from bot.store.leases import Lease, LeaseLost

SHARDS = 16

REMEMBERED = 2 * 24 * 60 * 60
"""Seconds for which a message that comes again is known."""

LONGEST = 10_000
"""Messages that may wait in a shard; more are refused, so that Redis does not run full."""

AT_ONCE = 200
"""Messages read of a shard in one round trip."""

BEGINNING = "0"
"""The place before all messages."""

PUT = """
-- KEYS: inbox, seen. ARGV: message, seconds to remember, longest
if redis.call('EXISTS', KEYS[2]) == 1 then return 'seen' end
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 'full' end
redis.call('XADD', KEYS[1], '*', 'message', ARGV[1])
redis.call('SET', KEYS[2], 1, 'EX', ARGV[2])
return 'put'
"""

BEGIN = """
-- KEYS: lease, begun. ARGV: token, first place, all places
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
return tonumber(redis.call('HGET', KEYS[2], ARGV[2] .. '!') or '0')
"""

FAIL = """
-- KEYS: lease, begun. ARGV: token, first place
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
return redis.call('HINCRBY', KEYS[2], ARGV[2] .. '!', 1)
"""

FINISH = f"""
-- KEYS: lease, inbox, begun, outbox, buttons, dead letters, owner. ARGV: token, reply or '', dead letter: now (ms), reason or '', shard,
-- messages; number of places, places …, ids and values of buttons …
{KEEP}
{BURY}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'lost' end
if ARGV[2] ~= '' and redis.call('HGET', KEYS[7], 'owner') == 'staff' then return 'staff' end
local places = {{}}
local there = false
for i = 8, 7 + ARGV[7] do
  table.insert(places, ARGV[i])
  if #redis.call('XRANGE', KEYS[2], ARGV[i], ARGV[i]) > 0 then there = true end
end
if there then
  if ARGV[4] ~= '' then bury(KEYS[6], ARGV[3], ARGV[4], ARGV[5], ARGV[6]) end
  local buttons = {{}}
  for i = 8 + ARGV[7], #ARGV do table.insert(buttons, ARGV[i]) end
  keep(KEYS[5], buttons)
  if ARGV[2] ~= '' then redis.call('XADD', KEYS[4], '*', 'reply', ARGV[2]) end
end
redis.call('XDEL', KEYS[2], unpack(places))
redis.call('HDEL', KEYS[3], places[1], places[1] .. '!')
return there and 'done' or 'gone'
"""
"""A reply and the end of what it answers, in one step. What is no longer in the inbox was finished before: by a call whose
answer was lost on the way. The assistant's reply is refused once staff own the conversation, so that it never talks over them."""


class StaffOwn(StoreError):
    """Staff took the conversation while the assistant was at its answer: nothing was written, and the message is theirs."""


class InboxFull(StoreUnavailable):
    """Too many messages wait already. Not accepted; the channel may offer it again later."""


@dataclass(frozen=True)
class Waiting:
    """A message in the inbox. place: of its shard's stream. message: None if it cannot be read (of another version); text: as it is there."""

    shard: int
    place: str
    message: Incoming | None
    text: str = field(repr=False)


def shard_of(conversation: str) -> int:
    """Where messages of a conversation are kept."""
    return zlib.crc32(conversation.encode("utf-8", "surrogatepass")) % SHARDS


class Inbox:
    """Every method raises StoreUnavailable when Redis does not answer."""

    def __init__(self, redis: Redis, keys: Keys = Keys()) -> None:  # noqa: B008
        self._redis = redis
        self._keys = keys
        self._put = redis.register_script(PUT)
        self._begin = redis.register_script(BEGIN)
        self._fail = redis.register_script(FAIL)
        self._finish = redis.register_script(FINISH)

    async def put(self, message: Incoming) -> bool:
        """Keep a message; False if it came before. After that the channel may acknowledge it. Raises InboxFull."""
        keys = (
            self._keys.inbox(shard_of(message.conversation)),
            self._keys.seen(message.channel, message.conversation, message.message_id),
        )
        with store_errors():
            done = await self._put(keys=keys, args=(json.dumps(message.to_json()), REMEMBERED, LONGEST))
        if done == "full":
            raise InboxFull("too many messages wait for an answer")
        return bool(done == "put")

    async def length(self) -> int:
        """How many messages wait or are being answered."""
        with store_errors():
            async with self._redis.pipeline(transaction=False) as pipeline:
                for shard in range(SHARDS):
                    pipeline.xlen(self._keys.inbox(shard))
                return sum(await pipeline.execute())

    async def take(self, after: Mapping[int, str], wait: float = 0.0) -> list[Waiting]:
        """Messages of these shards after a place in each (BEGINNING: from the first), in the order of arrival within a shard.

        wait: seconds to wait for one if there is none, at most half of what a command may take. Takes nothing away.
        """
        if not after:
            return []
        block = round(min(wait, COMMAND_TIMEOUT / 2) * 1000) or None
        shards = {self._keys.inbox(shard): shard for shard in after}
        with store_errors():
            found = await self._redis.xread(
                {self._keys.inbox(shard): place for shard, place in after.items()}, count=AT_ONCE, block=block
            )
        return [
            Waiting(shards[key], place, message_of(fields.get("message", "")), fields.get("message", ""))
            for key, entries in found
            for place, fields in entries
        ]

    async def begun(self, shard: int) -> dict[str, tuple[str, ...]]:
        """Turns that were begun and not finished: by the place of its first message, the places of all messages of a turn."""
        with store_errors():
            found = await self._redis.hgetall(self._keys.begun(shard))
        return {first: tuple(places.split()) for first, places in found.items() if not first.endswith("!")}

    async def begin(self, lease: Lease, places: Sequence[str]) -> int:
        """Note that these messages are answered together from now on, whoever does it. Returns how often it failed. Raises LeaseLost."""
        return await self._fenced(self._begin, lease, (places[0], " ".join(places)))

    async def failed(self, lease: Lease, first: str) -> int:
        """Note that a turn failed, by the place of its first message. Returns how often by now. Raises LeaseLost."""
        return await self._fenced(self._fail, lease, (first,))

    async def finish(
        self, lease: Lease, messages: Sequence[Waiting], reply: Outgoing | None, reason: str | None = None
    ) -> bool:
        """Record the reply, keep its buttons and take the messages it answers out of the inbox, all in one step.

        reason: moves them to the dead letters. False if they were finished before: then nothing is recorded. Raises LeaseLost,
        and StaffOwn where there is a reply that staff's conversation must not get.
        """
        now = time.time()
        buttons = kept(reply.buttons, reply.answer.buttons, now) if reply else []
        keys = (
            lease.key, self._keys.inbox(lease.number), self._keys.begun(lease.number),
            self._keys.outbox(reply.channel if reply else ""), self._keys.buttons(reply.conversation if reply else ""),
            self._keys.dead_letters, self._keys.owner(reply.conversation if reply else ""),
        )  # fmt: skip
        args = (
            lease.token, json.dumps(reply.to_json()) if reply else "",
            round(now * 1000), reason or "", lease.number, json.dumps([each.text for each in messages]) if reason else "",
            len(messages), *(each.place for each in messages), *buttons,
        )  # fmt: skip
        with store_errors():
            done = await self._finish(keys=keys, args=args)
        if done == "lost":
            raise LeaseLost("the lease of this shard is over")
        if done == "staff":
            raise StaffOwn("staff own the conversation")
        return bool(done == "done")

    async def _fenced(self, script: object, lease: Lease, args: Sequence[str]) -> int:
        with store_errors():
            count = await script(keys=(lease.key, self._keys.begun(lease.number)), args=(lease.token, *args))  # type: ignore[operator]
        if count is None:
            raise LeaseLost("the lease of this shard is over")
        return int(count)
