"""What the channel needs of the rest of the gateway; `bot.store` has it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Protocol

from bot.engine.protocol import Button
from bot.messages import Incoming, Outgoing

Accept = Callable[[Incoming], Awaitable[bool]]
"""Keeps a message for good; False for one that came before. Raises StoreUnavailable: then it was not kept."""


class Entry(Protocol):
    """A reply to deliver, see `bot.store.outbox.Entry`."""

    @property
    def outgoing(self) -> Outgoing: ...
    @property
    def uncertain(self) -> bool: ...
    async def sending(self) -> None: ...
    async def delivered(self) -> None: ...
    async def failed(self, retry_in: float) -> None: ...
    async def drop(self, reason: str) -> None: ...


class Outbox(Protocol):
    def entries(self, channel: str) -> AsyncIterator[Entry]:
        """Replies in order within a conversation, whose next comes when the last is settled."""

    async def record(self, outgoing: Outgoing) -> bool: ...


class Buttons(Protocol):
    async def issue(self, conversation: str, buttons: Sequence[Button]) -> tuple[str, ...]: ...
    async def find(self, conversation: str, button: str) -> Button | None: ...
