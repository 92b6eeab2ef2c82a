"""How the gateway asks one of several engines.

A conversation keeps to one engine, whose turns are in order; the others stand in for it. Engines share their conversations
through the store, so any of them can answer any turn.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, TypeVar

from bot.engine import breaker
from bot.engine.breaker import Breaker, Limits, State
from bot.engine.client import EngineClient
from bot.engine.errors import (
    EngineConflict,
    EngineError,
    EngineFailed,
    EngineNotReady,
    EngineUnreachable,
    EngineUnresponsive,
)
from bot.engine.protocol import Answer, Turn

T = TypeVar("T")

ENGINES_ASKED = 2
"""Engines that a turn is sent to at most."""


def ranked(engines: Iterable[str], key: str) -> list[str]:
    """Engines in the order in which they serve `key` (rendezvous hashing).

    The order of two engines depends on nothing but them and the key: without one of them, only its keys move.
    """

    def weight(engine: str) -> bytes:
        return hashlib.blake2b(f"{engine}\0{key}".encode("utf-8", "surrogatepass"), digest_size=8).digest()

    return sorted(engines, key=lambda engine: (weight(engine), engine))


class EnginePool:
    """Several engines that are asked like one. Names of engines decide which conversations are theirs.

    The pool closes its clients. clock: seconds, for tests.
    """

    def __init__(
        self,
        engines: Mapping[str, EngineClient],
        limits: Limits = Limits(),  # noqa: B008  (frozen)
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not engines:
            raise ValueError("a pool needs at least one engine")
        self._engines = dict(engines)
        self._breakers = {name: Breaker() for name in engines}
        self._limits = limits
        self._clock = clock

    @classmethod
    def of_urls(cls, urls: Sequence[str], secret: str | None = None) -> EnginePool:
        """Engines at URLs (`http://127.0.0.1:7001`). Raises ValueError for one that is none."""
        for url in urls:
            if not url.startswith(("http://", "https://")):
                raise ValueError(f"an engine's URL begins with http:// or https://, not {url!r}")
        return cls({url: EngineClient(url=url, secret=secret) for url in urls})

    async def __aenter__(self) -> EnginePool:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        async with contextlib.AsyncExitStack() as stack:
            for client in self._engines.values():
                stack.push_async_exit(client)

    async def turn(self, turn: Turn) -> Answer:
        """The answer to a turn from its conversation's engine, or from the next one if the turn surely did not run.

        Raises EngineNotReady when it did not run anywhere, EngineFailed when it may have: then it is not sent again.
        """
        return await self._ask(turn.conversation, lambda client: client.turn(turn))

    async def parse(self, text: str) -> dict[str, Any]:
        """What the pipeline of an engine makes of a text."""
        return await self._ask(text, lambda client: client.parse(text))

    async def phase(self) -> tuple[bool, str]:
        """Whether any engine is ready, and what they are doing. Raises EngineFailed when none could load."""
        said = await asyncio.gather(*(c.phase() for c in self._engines.values()), return_exceptions=True)
        phases = [phase for phase in said if not isinstance(phase, BaseException)]
        broken = [error for error in said if isinstance(error, BaseException)]
        if not phases:
            raise broken[0]
        ready = sum(is_ready for is_ready, _ in phases)
        if ready in (0, len(self._engines)):
            return phases[0]
        return True, f"{ready} of {len(self._engines)} engines ready"

    def states(self) -> dict[str, State]:
        """Whether each engine is asked at present, by name."""
        return {name: breaker.state(b, self._limits, self._clock()) for name, b in self._breakers.items()}

    def back(self, name: str) -> None:
        """Ask that engine again without waiting: somebody has seen that it is ready."""
        self._breakers[name] = Breaker()

    async def _ask(self, key: str, ask: Callable[[EngineClient], Awaitable[T]]) -> T:
        reason: EngineError = EngineNotReady("no engine is answering at the moment")
        tried = 0
        for name in ranked(self._engines, key):
            if tried == ENGINES_ASKED:
                break
            if not breaker.allows(self._breakers[name], self._limits, self._clock()):
                continue
            tried += 1
            try:
                return await self._ask_one(name, ask)
            except (EngineUnreachable, EngineNotReady) as error:
                reason = error
        raise EngineNotReady(str(reason)) from reason

    async def _ask_one(self, name: str, ask: Callable[[EngineClient], Awaitable[T]]) -> T:
        """Ask this engine; once more when somebody else wrote the conversation, since it reads it anew."""
        self._now(name, lambda b: breaker.asked(b, self._limits, self._clock()))
        client = self._engines[name]
        try:
            try:
                result = await ask(client)
            except EngineConflict:
                result = await ask(client)
        except (EngineUnreachable, EngineNotReady, EngineUnresponsive):
            self._now(name, lambda b: breaker.failed(b, self._limits, self._clock()))
            raise
        except EngineFailed:
            # It answered that it broke on this very turn. Nobody can take an engine from others by a message that breaks it.
            self._now(name, breaker.succeeded)
            raise
        self._now(name, breaker.succeeded)
        return result

    def _now(self, name: str, change: Callable[[Breaker], Breaker]) -> None:
        self._breakers[name] = change(self._breakers[name])
