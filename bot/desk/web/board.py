"""What all open pages of the desk look at: the feed of news, open cases, and the ends of their logs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator, Sequence

from bot.channels.web.hub import BLOCK, LONGEST_PAUSE, PAUSE, Listener
from bot.desk.cases import Case
from bot.desk.entries import Entry
from bot.desk.store import Cases
from bot.store.errors import StoreUnavailable

logger = logging.getLogger(__name__)

TAIL = 60
"""Entries at the end of a log that a summary is made from."""

AT_ONCE = 100
"""Logs read in one round trip."""


class Board:
    """One for each process; `run` has to be running. Every other method raises StoreUnavailable when Redis does not answer."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases
        self._listeners: set[Listener] = set()
        self._loading = asyncio.Lock()
        self._known: tuple[str, list[Case], list[Case]] | None = None

    @contextlib.contextmanager
    def listen(self) -> Iterator[Listener]:
        """A page, which is woken when there is any news."""
        listener = Listener()
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def wake_all(self) -> None:
        for listener in self._listeners:
            listener.wake()

    async def run(self) -> None:
        """Follow the feed until cancelled, through any absence of Redis."""
        position: str | None = None
        pause = PAUSE
        while True:
            try:
                if position is None:
                    position = await self._cases.end_of_events()
                    self.wake_all()  # what came before we knew where the feed ends
                news = await self._cases.events(position, BLOCK)
            except StoreUnavailable as error:
                logger.warning("the feed of the desk is away: %s", type(error.__cause__).__name__)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                position = None
                continue
            pause = PAUSE
            if news:
                position = news[-1][0]
                self.wake_all()

    async def open_cases(self, at: str) -> tuple[list[Case], list[Case]]:
        """Cases that wait and cases that somebody has, as they were at a place of the feed or later; shared by all pages."""
        async with self._loading:
            if self._known is None or number(self._known[0]) < number(at):
                place = await self._cases.end_of_events()
                self._known = (place, await self._cases.waiting(), await self._cases.active())
            return self._known[1], self._known[2]

    async def tails(self, cases: Sequence[str], most: int = TAIL) -> dict[str, list[Entry]]:
        """The last entries of logs, the newest first, by case."""
        found: dict[str, list[Entry]] = {}
        for first in range(0, len(cases), AT_ONCE):
            some = cases[first : first + AT_ONCE]
            found.update(zip(some, await self._cases.tails(some, most)))
        return found


def number(place: str) -> tuple[int, int]:
    """A place in the feed, to compare."""
    first, _, second = place.partition("-")
    return int(first), int(second or 0)
