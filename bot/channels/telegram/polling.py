"""Getting updates: long polling, each update acknowledged only after it was handled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.telegram.api import LONGEST, POLL, REFUSED_TOKEN, Failure, back_off, failure
from bot.channels.telegram.memory import Memory
from bot.channels.telegram.updates import WANTED
from bot.store.errors import StoreError
from bot.store.tasks import ended

logger = logging.getLogger(__name__)

AT_ONCE = 100
"""Updates of one request."""

ANSWER = 10.0
"""Seconds beyond the time of long polling until Telegram must have answered."""

HINTS = {
    "token": "set TELEGRAM_BOT_TOKEN to the one @BotFather shows; the rest of the gateway runs on",
    "conflict": "stop the other program that polls with this token",
    "webhook": "a webhook is set for this bot: remove it with `bot telegram delete-webhook`, or set TELEGRAM_WEBHOOK_URL",
}

Handle = Callable[[dict[str, Any]], Awaitable[None]]
"""Handles one update, raw. Raises StoreError when it could not be kept: then it comes again."""


class Troubles:
    """Says what is wrong when it begins, changes, or lasts, and when it is over; waits longer and longer meanwhile."""

    def __init__(self, stop: asyncio.Event, shortest: float = 1.0) -> None:
        self._stop = stop
        self._unit = shortest
        self._attempts = 0
        self.now: str | None = None
        """What is wrong, for the readiness of the gateway."""

    def over(self) -> None:
        if self.now:
            logger.warning("Telegram: works again")
        self._attempts, self.now = 0, None

    async def wait(self, words: str, level: int, longest: float = LONGEST, seconds: float = 0.0) -> None:
        """Wait before the next attempt, or until the end."""
        if words != self.now:
            self._attempts = 0
        pause = max(seconds, back_off(self._attempts, longest) * self._unit)
        repeated = self._attempts & (self._attempts - 1) == 0  # the 1st, 2nd, 3rd, 5th, 9th … time
        logger.log(level if repeated else logging.DEBUG, "Telegram: %s. Next attempt in %.0f s", words, pause)
        self._attempts, self.now = self._attempts + 1, words
        await sleep(pause, self._stop)


async def sleep(seconds: float, stop: asyncio.Event) -> None:
    """Sleep, no longer than until `stop`."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except asyncio.TimeoutError:
        return


async def until_works(call: Callable[[], Awaitable[Any]], troubles: Troubles, stop: asyncio.Event) -> Any:
    """The result of a request that is repeated until it works; None when it is time to stop."""
    while not stop.is_set():
        try:
            result = await call()
        except TelegramError as error:  # noqa: PERF203 - each attempt by itself
            await explain(failure(error), error, troubles)
        else:
            troubles.over()
            return result
    return None


async def explain(went: Failure, error: TelegramError, troubles: Troubles) -> None:
    """Say what went wrong and what to do about it, and wait."""
    webhook = went.kind == "conflict" and "webhook" in error.message.lower()
    hint = HINTS.get("webhook" if webhook else went.kind)
    words = f"{went.words}: {hint}" if hint else went.words
    lasting = went.kind in ("token", "conflict")
    await troubles.wait(
        words, logging.ERROR if lasting else logging.WARNING, REFUSED_TOKEN if went.kind == "token" else LONGEST, went.seconds
    )  # fmt: skip


async def poll(
    bot: Bot, memory: Memory, handle: Handle, troubles: Troubles, stop: asyncio.Event, seconds: int = POLL
) -> None:
    """Get updates and handle them in order until `stop`. seconds: of long polling."""
    stopping = asyncio.create_task(stop.wait())
    request: asyncio.Task[list[dict[str, Any]]] | None = None
    try:
        while not stop.is_set():
            request = asyncio.create_task(_updates(bot, memory, seconds))
            await asyncio.wait((request, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not request.done():
                return
            try:
                updates = request.result()
            except TelegramError as error:
                await explain(failure(error), error, troubles)
                continue
            except StoreError as error:
                await troubles.wait(f"waits for Redis ({type(error).__name__})", logging.WARNING, longest=5.0)
                continue
            troubles.over()
            for update in updates:
                if not await _handled(update, memory, handle, troubles, stop):
                    return
    finally:
        await ended(stopping, *([request] if request else []))


async def _updates(bot: Bot, memory: Memory, seconds: int) -> list[dict[str, Any]]:
    """The next updates, raw: of one that the library cannot read only that one is lost, and nothing of it is logged."""
    asked: dict[str, Any] = {"timeout": seconds, "limit": AT_ONCE, "allowed_updates": list(WANTED)}
    offset = await memory.offset()
    if offset is not None:
        asked["offset"] = offset
    # by another name than the library's own method, which would turn all of them into objects and warn of this
    found: Any = await bot.do_api_request("get_Updates", asked, read_timeout=seconds + ANSWER)
    return found if isinstance(found, list) else []


async def _handled(
    update: dict[str, Any], memory: Memory, handle: Handle, troubles: Troubles, stop: asyncio.Event
) -> bool:
    """Handle an update and remember that; again and again while it cannot be kept. False when it is time to stop."""
    while not stop.is_set():
        try:
            await handle(update)
            await memory.handled(int(update["update_id"]))
        except StoreError as error:  # noqa: PERF203 - each attempt by itself
            await troubles.wait(f"messages cannot be kept ({type(error).__name__})", logging.WARNING, longest=5.0)
        else:
            troubles.over()
            return True
    return False
