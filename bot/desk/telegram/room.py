"""Requests about the group: within its budget, and with what goes wrong sorted into what can be done about it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from telegram.error import TelegramError

from bot.channels.telegram.api import Failure, back_off, failure
from bot.channels.telegram.pacing import Pace
from bot.desk.telegram.memory import Memory

logger = logging.getLogger(__name__)

T = TypeVar("T")

_MUTE = ("rights to send", "chat_write_forbidden")

REMOVED = 60.0
"""Seconds until it is tried again after the bot was found to be no member of the group, or its token to be wrong."""

LOOK = 0.5
"""Seconds between looks whether a request that waits for the budget is still wanted."""

UNSURE = 3
"""Attempts at a request of which nobody knows whether it was done."""


class Refused(Exception):
    """What was asked is wrong, or not allowed. words: of Telegram, in small letters."""

    def __init__(self, words: str) -> None:
        super().__init__("refused")  # the words of an error may hold words of people
        self.words = words

    def has(self, *parts: str) -> bool:
        return any(part in self.words for part in parts)

    @property
    def unchanged(self) -> bool:
        return self.has("not modified", "not_modified")

    @property
    def topic_gone(self) -> bool:
        return self.has("thread not found", "topic_deleted", "topic_id_invalid", "topic not found")

    @property
    def topic_closed(self) -> bool:
        return self.has("topic_closed", "topic is closed")


class Later(Exception):
    """Not done; in `seconds` it may be."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds:.1f} s")
        self.seconds = seconds


class Room:
    """The group. slow: unit of pauses after errors, seconds."""

    def __init__(self, pace: Pace, memory: Memory, chat: int, slow: float) -> None:
        self._pace, self._memory, self._slow = pace, memory, slow
        self._home = chat
        self.chat = chat
        self._failed = 0
        self._unsure = 0

    def here(self, chat: int | None) -> bool:
        """Whether this is the group, under its old or its new id."""
        return chat is not None and chat in (self._home, self.chat)

    async def find(self) -> None:
        """Learn where the group is now. Raises StoreUnavailable."""
        self.chat = await self._memory.chat(self._home)

    async def moved(self, to: int) -> None:
        """The group has another id now. Raises StoreUnavailable."""
        logger.warning("Telegram: the group of staff is now %d; set STAFF_CHAT_ID to it", to)
        await self._memory.move(self._home, to)
        self.chat = to

    async def ask(self, call: Callable[[int], Awaitable[T]], unless: Callable[[], bool] | None = None) -> T | None:
        """The result of a request, which is given the chat; None where it was done and nobody can read what came back.

        unless: when this is true by the time the budget of the group has room for it, it is not made. Raises Refused, Later,
        StoreUnavailable.
        """
        await self._turn(unless)
        try:
            found = await call(self.chat)
        except TelegramError as error:
            await self._explain(error)
            return None
        except (TypeError, ValueError, KeyError, AttributeError):  # done, and told in a way the library cannot read
            found = None
        self._failed = self._unsure = 0
        return found

    async def _turn(self, unless: Callable[[], bool] | None) -> None:
        while True:
            if unless and unless():
                raise Later(0.0)
            wait = self._pace.wait(self.chat, True, time.monotonic())
            if not wait:
                break
            await asyncio.sleep(min(wait, LOOK))
        await asyncio.sleep(self._pace.take(self.chat, True, time.monotonic()))

    async def _explain(self, error: TelegramError) -> None:
        """Returns only where a request is taken for done."""
        went = failure(error)
        words = error.message.lower()
        if any(each in words for each in _MUTE):
            went = Failure("blocked", "the bot may not write there")
        elif went.kind == "refused" or (
            went.kind == "blocked" and any(each in words for each in ("right", "admin", "forum"))
        ):
            raise Refused(words) from None
        if went.kind == "slow down":
            self._pace.pause(self.chat, went.seconds, time.monotonic())
            logger.warning("Telegram: %s, for the group of staff", went.words)
            raise Later(0.0) from None
        if went.kind == "moved":
            await self.moved(went.to)
            raise Later(0.0) from None
        if went.kind in ("blocked", "token"):
            logger.error("Telegram: the group of staff cannot be reached: %s", went.words)
            raise Later(REMOVED * self._slow) from None
        if went.kind == "unknown":
            self._unsure += 1
            if self._unsure >= UNSURE:
                self._unsure = 0
                return
        pause = back_off(self._failed) * self._slow
        self._failed += 1
        logger.warning("Telegram: the group of staff waits %.1f s: %s", pause, went.words)
        raise Later(pause) from None


def given(**values: Any) -> dict[str, Any]:
    """Parameters that have a value."""
    return {name: value for name, value in values.items() if value is not None}
