"""What the page shows of a conversation, kept for reloads, other tabs and people who come back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from bot.channels.web.files import read, written
from bot.messages import File
from bot.store.connection import store_errors
from bot.store.keys import Keys

MOST = 200
"""Entries kept of a conversation, the newest."""

REMEMBERED = 2 * MOST
"""Ids kept of a conversation, so that nothing is added twice."""

DAYS = 7
"""How long after its last entry a conversation is kept."""

FEED = 10_000
"""News kept for gateways that were away for a moment; one that missed more looks at everything."""

_APPEND = """
local history, ids, files, feed = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, entry, conversation, only = ARGV[1], ARGV[2], ARGV[3], ARGV[8]
local known = redis.call('ZSCORE', ids, id)
if known then return 0 end
local now = redis.call('TIME')
local seq = now[1] * 1000 + math.floor(now[2] / 1000)
local last = redis.call('ZREVRANGE', ids, 0, 0, 'WITHSCORES')
if last[2] and tonumber(last[2]) >= seq then seq = tonumber(last[2]) + 1 end
if only == '1' then redis.call('DEL', history, ids, files) end
local written = string.format('%.0f', seq)
redis.call('ZADD', ids, written, id)
redis.call('RPUSH', history, '{"seq":' .. written .. ',' .. string.sub(entry, 2))
redis.call('LTRIM', history, -tonumber(ARGV[4]), -1)
redis.call('ZREMRANGEBYRANK', ids, 0, -tonumber(ARGV[5]) - 1)
redis.call('EXPIRE', history, ARGV[6])
redis.call('EXPIRE', ids, ARGV[6])
for i = 9, #ARGV, 2 do redis.call('HSET', files, ARGV[i], ARGV[i + 1]) end
redis.call('EXPIRE', files, ARGV[6])
redis.call('XADD', feed, 'MAXLEN', '~', ARGV[7], '*', 'conversation', conversation)
redis.call('EXPIRE', feed, ARGV[6])
return seq
"""
"""Sequence numbers are milliseconds since 1970, made larger where two would be equal: they grow even across a deletion."""

_AMEND = """
-- KEYS: history, files. ARGV: an entry as it was read, as it shall be, and files that go
for i, entry in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  if entry == ARGV[1] then redis.call('LSET', KEYS[1], i - 1, ARGV[2]) end
end
for i = 3, #ARGV do redis.call('HDEL', KEYS[2], ARGV[i]) end
"""

_SINCE = """
local after = ARGV[1]
local known = after ~= '0' and redis.call('ZCOUNT', KEYS[2], after, after) > 0
local wanted = redis.call('ZCOUNT', KEYS[2], '(' .. after, '+inf')
local whole = not known or wanted > redis.call('LLEN', KEYS[1])
if whole then return {1, redis.call('LRANGE', KEYS[1], 0, -1)} end
if wanted == 0 then return {0, {}} end
return {0, redis.call('LRANGE', KEYS[1], -wanted, -1)}
"""


@dataclass(frozen=True)
class News:
    """Entries after some sequence number, oldest first; whole: they are everything there is, and replace what is shown."""

    entries: tuple[dict[str, Any], ...]
    whole: bool


class History:
    """The entries of all conversations of the web chat.

    Key of the desk: `web-files` (hash by conversation: id → what is known of a file that stands in an entry).
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis, self._keys = redis, keys
        self._append, self._since = redis.register_script(_APPEND), redis.register_script(_SINCE)
        self._amend = redis.register_script(_AMEND)

    async def append(
        self, conversation: str, entry: Mapping[str, Any], files: Sequence[File] = (), *, only: bool = False
    ) -> bool:
        """Add an entry and tell all gateways; False if one with its `id` was added before.

        files: those of the entry. only: everything that was there before is deleted. Raises StoreUnavailable.
        """
        body = json.dumps(dict(entry), separators=(",", ":"))
        keys = [*self._of(conversation), self._files(conversation), self._keys.web_feed]
        lasts = DAYS * 86400
        with_files = [text for file in files for text in (file.id, written(file))]
        with store_errors():
            seq = await self._append(
                keys=keys, args=[entry["id"], body, conversation, MOST, REMEMBERED, lasts, FEED, int(only), *with_files]
            )
        return bool(seq)

    async def amend(self, conversation: str, name: str, text: str) -> None:
        """Put a new text into the entry with this id, if it is there; one that is taken back loses its files too. Raises StoreUnavailable.

        Open pages are not told: an entry of its own tells them.
        """
        keys = [self._keys.web_history(conversation), self._files(conversation)]
        with store_errors():
            for before in await self._redis.lrange(keys[0], 0, -1):
                entry = json.loads(before)
                if entry["id"] != name:
                    continue
                gone = [] if text else [file["id"] for file in entry.get("files", ())]
                after = {**entry, "text": text, "edited": True, "files": entry.get("files", []) if text else []}
                await self._amend(keys=keys, args=[before, json.dumps(after, separators=(",", ":")), *gone])

    async def file(self, conversation: str, name: str) -> File | None:
        """A file that stands in an entry of this conversation, by its id. Raises StoreUnavailable."""
        with store_errors():
            return read(await self._redis.hget(self._files(conversation), name))

    async def since(self, conversation: str, after: int) -> News:
        """What came after the entry with the sequence number `after`; everything where that entry is not known (any more).

        Raises StoreUnavailable.
        """
        with store_errors():
            whole, entries = await self._since(keys=self._of(conversation), args=[after])
        return News(tuple(json.loads(entry) for entry in entries), bool(whole))

    async def forget(self, conversation: str) -> None:
        """Delete all entries. Raises StoreUnavailable."""
        with store_errors():
            await self._redis.delete(*self._of(conversation), self._files(conversation))
            await self._redis.xadd(self._keys.web_feed, {"conversation": conversation}, maxlen=FEED)

    async def tell(self, conversation: str, notice: str) -> None:
        """Tell open pages something that is not kept. Raises StoreUnavailable."""
        with store_errors():
            await self._redis.xadd(self._keys.web_feed, {"conversation": conversation, "notice": notice}, maxlen=FEED)

    def _files(self, conversation: str) -> str:
        return self._keys.desk("web-files", conversation)

    def _of(self, conversation: str) -> list[str]:
        return [self._keys.web_history(conversation), self._keys.web_ids(conversation)]
