"""Ending tasks that talk to Redis."""

from __future__ import annotations

import asyncio
from typing import Any

_AGAIN = 0.1
"""Seconds."""


async def ended(*tasks: asyncio.Future[Any]) -> None:
    """Cancel tasks until they have ended, however they do.

    Once is not enough: redis-py 4.6 begins each command with a look at its connection, limited by a time-out of 0 seconds, and
    a cancellation at that moment is taken for this time-out and lost.
    """
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=_AGAIN)
    await asyncio.gather(*tasks, return_exceptions=True)
