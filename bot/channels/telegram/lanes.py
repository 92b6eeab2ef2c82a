"""Work that runs in order for each key and side by side for different keys."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable

from bot.store.tasks import ended

logger = logging.getLogger(__name__)

Work = Callable[[], Awaitable[object]]


class Lanes:
    """A queue and a task for each key that has work. most: pieces of work held at one time; more have to wait to be put."""

    def __init__(self, most: int) -> None:
        self._room = asyncio.Semaphore(most)
        self._queues: dict[Hashable, deque[Work]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def put(self, key: Hashable, work: Work) -> None:
        """Queue work. What it raises is logged by type and goes no further."""
        await self._room.acquire()
        queue = self._queues.get(key)
        if queue is not None:
            queue.append(work)
            return
        self._queues[key] = deque([work])
        task = asyncio.create_task(self._run(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self, grace: float) -> None:
        """Wait until all is done, at most `grace` seconds; then what is left is cancelled."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace)
            await ended(*late)
        self._queues.clear()

    async def _run(self, key: Hashable) -> None:
        queue = self._queues[key]
        while queue:
            work = queue.popleft()
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - one piece of work must not end the lane
                logger.error("Telegram: %s in %s", type(error).__name__, place(error))  # noqa: TRY400 - may hold words of people
            finally:
                self._room.release()
        del self._queues[key]


def place(error: BaseException) -> str:
    """Where an error was raised, `file:line`; its text may hold words of people."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
