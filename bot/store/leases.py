"""Leases: who alone may work on a thing, shared fairly among the processes that live.

A lease is a string in Redis that expires by itself and holds a token, new each time it is taken. Whatever its holder writes is
written by a script that first compares the token. So a process that slept through the end of its lease can do no harm: its
token is no longer there (fencing).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from redis.asyncio import Redis

from bot.store.connection import store_errors
from bot.store.errors import StoreError
from bot.store.keys import Keys

SECONDS = 6.0
"""Seconds a lease lasts after it was renewed; so long a dead process keeps others from its work."""

BEAT = 1.5
"""Seconds between two renewals. Work of the dead is taken over after at most SECONDS + BEAT and a moment."""

RENEW = """
-- KEYS: living, leases … ARGV: who, milliseconds, token for new leases, then for each lease the token it is held by, or ''
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local names = redis.call('ZRANGE', KEYS[1], 0, -1)
table.sort(names)
local place = 0
for i, name in ipairs(names) do
  if name == ARGV[1] then place = i end
end
local count = #KEYS - 1
local share = math.floor(count / #names)
if place <= count % #names then share = share + 1 end
local held = 0
local state = {}
for i = 1, count do
  if ARGV[3 + i] ~= '' then
    if redis.call('GET', KEYS[1 + i]) == ARGV[3 + i] then
      redis.call('PEXPIRE', KEYS[1 + i], ARGV[2])
      held = held + 1
      state[i] = 'held'
    else
      state[i] = 'lost'
    end
  else
    state[i] = ''
  end
end
for i = 1, count do
  if held < share and state[i] ~= 'held' and redis.call('SET', KEYS[1 + i], ARGV[3], 'NX', 'PX', ARGV[2]) then
    held = held + 1
    state[i] = 'taken'
  end
end
state[count + 1] = tostring(share)
return state
"""

LEAVE = """
-- KEYS: living, leases … ARGV: who, or '' to stay, tokens …
if ARGV[1] ~= '' then redis.call('ZREM', KEYS[1], ARGV[1]) end
for i = 2, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[i] then redis.call('DEL', KEYS[i]) end
end
"""


class LeaseLost(StoreError):
    """Somebody else works on this now, or may soon: nothing was written, and nothing more may be done here."""


@dataclass(frozen=True)
class Lease:
    """The right to work on a thing, as long as `key` holds `token`."""

    number: int
    key: str
    token: str


@dataclass(frozen=True)
class Change:
    """What a renewal found: leases that are new here, that are lost (both may name the same thing), and how many are one's share."""

    gained: tuple[Lease, ...]
    lost: tuple[Lease, ...]
    share: int


class Leases:
    """This process's leases of things 0 … count-1 of a group. Every method raises StoreUnavailable when Redis does not answer.

    seconds: how long a lease lasts unless it is renewed.
    """

    def __init__(
        self, redis: Redis, group: str, count: int, keys: Keys = Keys(), *, seconds: float = SECONDS  # noqa: B008
    ) -> None:  # fmt: skip
        self._who = secrets.token_hex(8)
        self.group = group
        self._count = count
        self._keys = keys
        self._milliseconds = max(1, round(seconds * 1000))
        self._renew = redis.register_script(RENEW)
        self._leave = redis.register_script(LEAVE)
        self._held: dict[int, Lease] = {}

    @property
    def held(self) -> dict[int, Lease]:
        """What this process held when it last looked, by number."""
        return dict(self._held)

    async def renew(self) -> Change:
        """Say that this process lives, renew what it holds, and take what is free up to its share.

        More than the share is not let go by itself: see `release`.
        """
        asked = dict(self._held)
        token = secrets.token_hex(12)
        keys = [self._keys.lease(self.group, number) for number in range(self._count)]
        tokens = [asked[number].token if number in asked else "" for number in range(self._count)]
        with store_errors():
            *found, share = await self._renew(
                keys=[self._keys.living(self.group), *keys], args=[self._who, self._milliseconds, token, *tokens]
            )
        gained, lost = [], []
        for number, state in enumerate(found):
            if number in asked and state != "held":
                lost.append(asked[number])
                if self._held.get(number) == asked[number]:
                    del self._held[number]
            if state == "taken":
                self._held[number] = Lease(number, keys[number], token)
                gained.append(self._held[number])
        return Change(tuple(gained), tuple(lost), int(share))

    def drop(self, lease: Lease) -> None:
        """Hold it no longer: a script said that its token is gone. The next renewal may take it anew."""
        if self._held.get(lease.number) == lease:
            del self._held[lease.number]

    async def release(self, lease: Lease) -> None:
        """Let somebody else take it at once."""
        self.drop(lease)
        with store_errors():
            await self._leave(keys=[self._keys.living(self.group), lease.key], args=["", lease.token])

    async def leave(self) -> None:
        """Let go of all and share no more."""
        leases = list(self._held.values())
        self._held.clear()
        with store_errors():
            await self._leave(
                keys=[self._keys.living(self.group), *(lease.key for lease in leases)],
                args=[self._who, *(lease.token for lease in leases)],
            )
