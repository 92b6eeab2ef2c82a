"""Buttons that people were shown: what goes out is an opaque id, what it means stays here.

An id is random, means something in its conversation only, and for seven days.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict

from redis.asyncio import Redis

from bot.engine.protocol import Button
from bot.store.connection import store_errors
from bot.store.keys import Keys

DAYS = 7
"""Days a button can be pressed."""

MOST = 300
"""Buttons kept of one conversation; beyond, the oldest third goes."""

SECONDS = DAYS * 24 * 60 * 60

_ID = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)

KEEP = f"""
local function keep(key, buttons)
  -- buttons: ids and values in turn; a value begins with the time it was made
  if #buttons == 0 then return end
  redis.call('HSET', key, unpack(buttons))
  redis.call('EXPIRE', key, {SECONDS})
  if redis.call('HLEN', key) > {MOST} then
    local all = redis.call('HGETALL', key)
    local old = {{}}
    for i = 1, #all, 2 do table.insert(old, {{tonumber(string.match(all[i + 1], '^%d+')) or 0, all[i]}}) end
    table.sort(old, function(a, b) return a[1] < b[1] or (a[1] == b[1] and a[2] < b[2]) end)
    for i = 1, #old - {MOST * 2 // 3} do redis.call('HDEL', key, old[i][2]) end
  end
end
"""
"""A function for scripts that keep buttons with what they write."""

_KEEP = KEEP + "\nkeep(KEYS[1], ARGV)"


def new_ids(count: int) -> tuple[str, ...]:
    """Ids that nobody can guess: 16 characters of ASCII each."""
    return tuple(secrets.token_urlsafe(12) for _ in range(count))


def kept(ids: Sequence[str], buttons: Sequence[Button], now: float) -> list[str]:
    """What `keep` is given. now: seconds since 1970."""
    return [
        text
        for each, button in zip(ids, buttons)
        for text in (each, f"{round(now * 1000)} {json.dumps(asdict(button))}")
    ]


class Buttons:
    """Buttons of all conversations. Every method raises StoreUnavailable when Redis does not answer."""

    def __init__(self, redis: Redis, keys: Keys = Keys()) -> None:  # noqa: B008
        self._redis = redis
        self._keys = keys
        self._keep = redis.register_script(_KEEP)

    async def issue(self, conversation: str, buttons: Sequence[Button]) -> tuple[str, ...]:
        """New ids for buttons that are about to be shown, in their order. For those of an answer the worker has done it."""
        ids = new_ids(len(buttons))
        if ids:
            with store_errors():
                await self._keep(keys=[self._keys.buttons(conversation)], args=kept(ids, buttons, time.time()))
        return ids

    async def find(self, conversation: str, button: str) -> Button | None:
        """What a pressed button means; None for one that this conversation was never shown, or too long ago."""
        if not _ID.fullmatch(button):  # from outside, where anything may come from
            return None
        with store_errors():
            found = await self._redis.hget(self._keys.buttons(conversation), button)
        if found is None:
            return None
        made, _, text = found.partition(" ")
        return Button(**json.loads(text)) if time.time() - int(made) / 1000 < SECONDS else None

    async def forget(self, conversation: str) -> None:
        """Delete all buttons of the conversation."""
        with store_errors():
            await self._redis.delete(self._keys.buttons(conversation))
