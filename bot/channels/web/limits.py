"""How much one session and one address may send, counted in Redis for all gateways."""

from __future__ import annotations

import hashlib
import ipaddress

from redis.asyncio import Redis

from bot.store.connection import store_errors
from bot.store.keys import Keys

_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local wait = 0
for i, key in ipairs(KEYS) do
  local burst = tonumber(ARGV[i])
  local free = math.max(tonumber(redis.call('GET', key) or '0'), now)
  local over = free + 60000 / burst - (now + 60000)
  if over > wait then wait = over end
end
if wait > 0 then return math.ceil(wait) end
for i, key in ipairs(KEYS) do
  local free = math.max(tonumber(redis.call('GET', key) or '0'), now)
  redis.call('SET', key, string.format('%.0f', math.ceil(free + 60000 / tonumber(ARGV[i]))), 'PX', 61000)
end
return 0
"""
"""A leaky bucket (GCRA): as many at once as a minute allows, then one for each share of a minute."""

_SPEND = """
local amount = tonumber(ARGV[1])
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') + amount > tonumber(ARGV[i + 1]) then return 0 end
end
for _, key in ipairs(KEYS) do
  if redis.call('INCRBY', key, amount) == amount then redis.call('EXPIRE', key, 86400) end
end
return 1
"""


class Limits:
    """Buckets of messages and budgets of bytes, by name."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._keys = keys
        self._take, self._spend = redis.register_script(_TAKE), redis.register_script(_SPEND)

    async def take(self, per_minute: dict[str, int]) -> float:
        """Take one from each bucket (name: how many a minute), or from none: seconds to wait then. Raises StoreUnavailable."""
        with store_errors():
            wait = await self._take(
                keys=[self._keys.web_limit(name) for name in per_minute], args=list(per_minute.values())
            )
        return float(wait) / 1000

    async def spend(self, amount: int, per_day: dict[str, int]) -> bool:
        """Take an amount from each budget (name: how much in 24 hours from its first use), or from none: False then. Raises StoreUnavailable."""
        with store_errors():
            done = await self._spend(
                keys=[self._keys.web_limit(name) for name in per_day], args=[amount, *per_day.values()]
            )
        return bool(done)


def network(host: str | None) -> str:
    """The name of an address in limits: a digest, so that addresses are not kept; an IPv6 /64 is one."""
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return "address:unknown"
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or ipaddress.IPv6Network((int(address) >> 64 << 64, 64)).network_address
    return "address:" + hashlib.sha256(address.packed).hexdigest()[:24]
