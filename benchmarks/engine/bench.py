"""Measure both sides, one after the other."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from benchmarks.engine import processes, sides, talk
from benchmarks.engine.bounds import bound, redis_bound
from benchmarks.engine.redis_server import RedisServer, redis_server
from benchmarks.engine.results import OURS, STOCK, TWO, Bound, Depth, Load, Memory, Side, Training
from benchmarks.engine.training import Job

VERSIONS = ("rasa", "rasa-sdk", "tensorflow", "uvicorn", "httpx")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """How thoroughly to measure. seconds: of each level of load; starts: of each side; copies: see `talk.depths`."""

    stock_depths: tuple[int, ...] = (1, 10, 100, 500, 1_000)
    our_depths: tuple[int, ...] = (1, 10, 100, 500, 1_000, 5_000)
    levels: tuple[int, ...] = (1, 8, 64, 256)
    window: int = 20
    seconds: float = 10.0
    starts: int = 3
    copies: bool = False


QUICK = Settings(seconds=5.0, starts=1, copies=True)
FULL = Settings(stock_depths=Settings().our_depths, window=60)


class Bench:
    """now: called with what is done at the moment; done: with each figure in a line."""

    def __init__(self, settings: Settings, now: Say, done: Say) -> None:
        self._settings, self._now, self._done = settings, now, done

    async def measure(self, stock: Job, ours: Job) -> tuple[list[Side], Bound]:
        """All sides. Raises NoAnswer, RuntimeError."""
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            directory = Path(name)
            async with redis_server(directory) as server:
                # Ours first: what both have in common, Rasa itself, is then read from a disk that may not have it at hand.
                mine, lower = await self._ours(ours, server, directory)
                return [
                    await self._stock(stock, server, directory),
                    mine,
                    await self._two(ours, server, directory),
                ], lower

    async def _ours(self, job: Job, server: RedisServer, directory: Path) -> tuple[Side, Bound]:
        settings = self._settings
        async with AsyncExitStack() as stack:
            starts, side = await self._started(OURS, lambda: sides.ours(job, server, directory, 1), stack)
            await talk.warm_up(side)
            self._now(f"{OURS}: lower bound")
            redis = await redis_bound(server, "warm-up", 10 * settings.window, directory)
            lower = await bound(directory / "engine-0.sock", redis, 10 * settings.window)
            plan = talk.Plan(settings.our_depths, settings.window)
            depths, stopped = await talk.depths(side, plan, lambda words: self._now(f"{OURS}: {words}"))
            self._say_depths(OURS, depths)
            loads = await self._loads(OURS, side)
            memory = self._memory(OURS, server)
        return _side(OURS, job.trained, starts, depths, stopped, loads, memory), lower

    async def _two(self, job: Job, server: RedisServer, directory: Path) -> Side:
        async with AsyncExitStack() as stack:
            starts, side = await self._started(TWO, lambda: sides.ours(job, server, directory, 2), stack)
            for _ in range(2):  # conversations go to either engine
                await talk.warm_up(side)
            loads = await self._loads(TWO, side)
            memory = self._memory(TWO, server)
        return _side(TWO, None, starts, [], "", loads, memory)

    async def _stock(self, job: Job, server: RedisServer, directory: Path) -> Side:
        settings = self._settings
        async with AsyncExitStack() as stack:
            starts, side = await self._started(STOCK, lambda: sides.stock(job, server, directory), stack)
            await talk.warm_up(side)
            depths, stopped = await talk.depths(
                side,
                talk.Plan(settings.stock_depths, settings.window),
                lambda words: self._now(f"{STOCK}: {words}"),
                side.lengthen if settings.copies else None,
            )
            self._say_depths(STOCK, depths)
            loads = await self._loads(STOCK, side)
            memory = self._memory(STOCK, server)
            silent = side.silent
        return replace(_side(STOCK, job.trained, starts, depths, stopped, loads, memory), silent=silent)

    async def _started(
        self, name: str, start: Callable[[], AbstractAsyncContextManager[sides.T_Side]], stack: AsyncExitStack
    ) -> tuple[list[float], sides.T_Side]:
        """Seconds of each start, and the side after the last one, which `stack` ends."""
        seconds = []
        for number in range(1, self._settings.starts):
            self._now(f"{name}: start {number} of {self._settings.starts}")
            async with start() as side:
                seconds.append(side.started_in)
        self._now(f"{name}: starting")
        side = await stack.enter_async_context(start())
        seconds.append(side.started_in)
        self._done(f"{name}: first answer after {seconds[-1]:.1f} s")
        return seconds, side

    async def _loads(self, name: str, side: sides.Talking) -> list[Load]:
        found = []
        for level in self._settings.levels:
            self._now(f"{name}: {level} conversations at once")
            load = await talk.load(side, level, self._settings.seconds)
            errors = f", {load.errors} not answered" if load.errors else ""
            self._done(f"{name}: {level} at once: {load.per_second:.1f} turns/s{errors}")
            found.append(load)
        return found

    def _say_depths(self, name: str, depths: list[Depth]) -> None:
        said = ", ".join(f"turn {depth.turn:,} {depth.ms.median:.1f} ms" for depth in depths)
        self._done(f"{name}: {said}")

    def _memory(self, name: str, server: RedisServer) -> Memory:
        measured = processes.memory(processes.our_processes(but=[server.pid]))
        self._done(f"{name}: {measured.pss_mb:.0f} MiB (PSS) in {measured.processes} processes")
        return measured


def versions() -> dict[str, str]:
    return {name: version(name) for name in VERSIONS}


def _side(
    name: str,
    training: Training | None,
    starts: list[float],
    depths: list[Depth],
    stopped: str,
    loads: list[Load],
    memory: Memory,
) -> Side:
    store = sides.StockRasa.store if name == STOCK else sides.OurEngines.store
    return Side(name, store, training, tuple(starts), tuple(depths), stopped, tuple(loads), memory)
