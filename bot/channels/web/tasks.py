"""Ending tasks that talk to Redis."""

from __future__ import annotations

import asyncio
from typing import Any

AGAIN = 0.5
"""Seconds until a task that has not ended is cancelled again."""


async def ended(*tasks: asyncio.Task[Any]) -> None:
    """Cancel the tasks and wait until they have ended.

    Once is not enough: redis-py 4.6 swallows a cancellation that comes together with an answer of the server.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=AGAIN)
    await asyncio.gather(*tasks, return_exceptions=True)
