"""What the desk does by itself, in one gateway at a time: it keeps promises about waiting, and writes down who did what."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time

from redis.asyncio import Redis

from bot.desk.desk import Desk
from bot.desk.hours import warn_once
from bot.store.connection import store_errors
from bot.store.errors import StoreError
from bot.store.keys import Keys
from bot.store.leases import BEAT, Leases

logger = logging.getLogger(__name__)

audit = logging.getLogger("bot.audit")
"""A line for each move: case, move, who. No words of anybody."""

BATCH = 500


class Keeper:
    """Runs in every gateway; the one with the lease works. beat: seconds between two looks."""

    def __init__(self, redis: Redis, desk: Desk, keys: Keys = Keys(), beat: float = BEAT) -> None:  # noqa: B008
        self._redis, self._desk, self._keys, self._beat = redis, desk, keys, beat
        self._leases = Leases(redis, "desk", 1, keys)
        self._away = False

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`, through any absence of Redis."""
        while not stop.is_set():
            try:
                await self._leases.renew()
                if self._leases.held:
                    warn_once(self._desk.hours, time.time())
                    await self._desk.tick()
                    await self._write_down()
                if self._away:
                    logger.warning("Redis is back, the desk goes on")
                self._away = False
            except StoreError as error:
                if not self._away:
                    logger.warning("the desk waits for Redis: %s", type(error).__name__)
                self._away = True
            except Exception as error:  # noqa: BLE001  (a bug with one case; the others, and the next look, go on)
                logger.error("the desk's look failed: %s", type(error).__name__)  # noqa: TRY400
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(stop.wait(), self._beat)
        with contextlib.suppress(StoreError):
            await self._leases.leave()

    async def _write_down(self) -> None:
        """Log the moves since the last look; after a crash some twice."""
        key = self._keys.desk("audited")
        with store_errors():
            position = await self._redis.get(key)
        if position is None:
            position = await self._desk.cases.end_of_events()
        news = await self._desk.cases.events(position, 0, BATCH)
        for place, event in news:
            position = place
            if "move" in event:
                audit.info("case %s: %s by %s", event["case"], event["move"], event["by"] or "-")
        with store_errors():
            await self._redis.set(key, position)
