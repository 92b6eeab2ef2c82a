"""Wakes the open pages of a conversation when some gateway added something to it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Iterator

from redis.asyncio import Redis

from bot.store.connection import store_errors
from bot.store.errors import StoreUnavailable
from bot.store.keys import Keys

logger = logging.getLogger(__name__)

BLOCK = 1.0
"""Seconds that one look at the feed waits; a shutdown waits as long at most."""

PAUSE = 0.5
LONGEST_PAUSE = 5.0
"""Seconds between tries while Redis is away, at first and at most."""

BATCH = 500
"""News read at once."""


class Listener:
    """One open page."""

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self._notices: list[str] = []

    def notices(self) -> list[str]:
        """What was told since the last call and is not kept; call it before looking at the history."""
        self._news.clear()
        told, self._notices = self._notices, []
        return told

    async def wait(self, seconds: float) -> bool:
        """Until there is something new; False if there is nothing after so many seconds."""
        try:
            await asyncio.wait_for(self._news.wait(), seconds)
        except asyncio.TimeoutError:
            return False
        return True

    def wake(self, notice: str | None = None) -> None:
        if notice:
            self._notices.append(notice)
        self._news.set()


class Hub:
    """The open pages of this gateway, by conversation."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis, self._keys = redis, keys
        self._listeners: dict[str, set[Listener]] = defaultdict(set)

    @contextlib.contextmanager
    def listen(self, conversation: str) -> Iterator[Listener]:
        listener = Listener()
        self._listeners[conversation].add(listener)
        try:
            yield listener
        finally:
            self._listeners[conversation].discard(listener)
            if not self._listeners[conversation]:
                del self._listeners[conversation]

    def wake_all(self) -> None:
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.wake()

    async def run(self) -> None:
        """Follow the feed until cancelled, through any absence of Redis."""
        position: str | None = None
        pause = PAUSE
        while True:
            try:
                if position is None:
                    position = await self._end()
                    self.wake_all()  # what came before we knew where the feed ends
                news = await self._read(position)
                if len(news) == BATCH:
                    self.wake_all()  # so far behind that some may be gone
            except StoreUnavailable as error:
                logger.warning("the feed of the web chat is away: %s", type(error.__cause__).__name__)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                position = None
                continue
            pause = PAUSE
            for entry, fields in news:
                position = entry
                for listener in self._listeners.get(fields["conversation"], ()):
                    listener.wake(fields.get("notice"))

    async def _end(self) -> str:
        with store_errors():
            last = await self._redis.xrevrange(self._keys.web_feed, count=1)
        return str(last[0][0]) if last else "0-0"

    async def _read(self, position: str) -> list[tuple[str, dict[str, str]]]:
        with store_errors():
            read = await self._redis.xread({self._keys.web_feed: position}, count=BATCH, block=int(BLOCK * 1000))
        return list(read[0][1]) if read else []
