"""Several engine processes that are started, watched, started again when they die, and stopped.

async with Supervisor(model, engines=2) as pool:
    answer = await pool.turn(turn)
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from bot.engine.client import EngineClient
from bot.engine.errors import EngineFailed
from bot.engine.lifeline import Lifeline
from bot.engine.pool import EnginePool
from bot.engine.process import GRACE, ONE_THREAD, START_TIMEOUT, ended, engine_command, spawned, tail, until_ready

logger = logging.getLogger(__name__)

LONGEST_SOCKET = 100
"""Bytes of a unix socket's path; systems take 103 or 107."""


@dataclass(frozen=True)
class Pace:
    """How patient the supervisor is; all in seconds.

    first, longest: of the pauses before an engine is started again. steady: after such a life the next pause is the first
    one again. look: between two looks at an engine; after `misses` looks without an answer within `answer` it counts as hung.
    """

    first: float = 0.5
    longest: float = 60.0
    steady: float = 60.0
    look: float = 5.0
    answer: float = 5.0
    misses: int = 3
    start: float = START_TIMEOUT
    grace: float = GRACE


@dataclass(frozen=True)
class Engine:
    """The place of one engine, whatever process fills it. Its name decides which conversations are its own."""

    name: str
    socket: Path
    log: Path


class Running(Protocol):
    """A process of an engine."""

    pid: int

    def lives(self) -> bool: ...

    async def wait(self) -> None: ...

    async def end(self, grace: float) -> None: ...


def pause(deaths: int, pace: Pace, chance: float) -> float:
    """Seconds to wait after so many deaths in a row; twice as long each time. chance: 0–1, spreads over ±50 %."""
    return float(min(pace.longest, pace.first * 2 ** min(deaths - 1, 30)) * (0.5 + chance))


def bound(log: Path, limit: int = 1_000_000) -> None:
    """Keep a log that a process writes to (O_APPEND) below about `limit` bytes, and one older part beside it."""
    if log.exists() and log.stat().st_size > limit:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)


def can_fork() -> bool:
    """Whether the system lets us watch processes that are not our children: Linux 5.3 or later."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


class Supervisor:
    """Keeps `engines` processes serving `model`; entering gives a pool of them when all are ready.

    run_dir: for sockets and logs; a temporary one unless given. prefork: engines are forked from one loaded process (less
    memory, quick to come back); where the system can, unless given. progress: called with what is being done while they start.
    command: of a single engine; template: of the process to fork from (for tests).
    Entering raises EngineFailed when an engine does not get ready. Later on every death is answered with another start.
    """

    def __init__(
        self,
        model: Path,
        engines: int = 2,
        run_dir: Path | None = None,
        *,
        prefork: bool | None = None,
        progress: Callable[[str], None] = lambda phase: None,
        pace: Pace = Pace(),
        command: Callable[[Path, Path], Sequence[str]] = engine_command,
        template: Sequence[str] | None = None,
    ) -> None:
        if engines < 1:
            raise ValueError("at least one engine is needed")
        self._model, self._count, self._run_dir = model, engines, run_dir
        self._prefork = can_fork() if prefork is None else prefork
        self._progress, self._pace, self._command = progress, pace, command
        self._template_command = template or [sys.executable, "-m", "bot.engine.template", "--model", str(model)]
        self._template: Template | None = None
        self._running: dict[str, Running] = {}
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> EnginePool:
        async with self._stack as stack:
            lifeline = stack.enter_context(contextlib.closing(Lifeline()))
            engines = self._places(self._directory(stack))
            if self._prefork:
                log = engines[0].log.with_name("template.log")
                self._template = Template(self._template_command, log, lifeline, self._progress, self._pace)
            self._lifeline = lifeline
            stack.push_async_callback(self._stop, engines)
            pool = await stack.enter_async_context(EnginePool({e.name: EngineClient(e.socket) for e in engines}))
            starts = [asyncio.create_task(self._start(engine)) for engine in engines]
            try:
                await asyncio.gather(*starts)
            finally:
                for start in starts:
                    start.cancel()
                await asyncio.gather(*starts, return_exceptions=True)
            keepers = [asyncio.create_task(self._keep(engine, pool), name=f"keep {engine.name}") for engine in engines]
            stack.push_async_callback(_cancelled, keepers)
            self._stack = stack.pop_all()
            return pool

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def pids(self) -> dict[str, int]:
        """Process ids of the engines that live now, by name."""
        return {name: process.pid for name, process in self._running.items() if process.lives()}

    def _directory(self, stack: contextlib.AsyncExitStack) -> Path:
        if self._run_dir is None:
            return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qta-")))
        self._run_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._run_dir

    def _places(self, directory: Path) -> list[Engine]:
        names = [f"engine-{number}" for number in range(self._count)]
        engines = [Engine(name, directory / f"{name}.sock", directory / f"{name}.log") for name in names]
        if len(os.fsencode(engines[-1].socket)) > LONGEST_SOCKET:
            raise ValueError(f"the path of {directory} is too long for a unix socket")
        return engines

    async def _start(self, engine: Engine) -> None:
        """Start a process for the engine and wait until it is ready. Raises EngineFailed."""
        engine.socket.unlink(missing_ok=True)
        bound(engine.log)
        process: Running
        if self._template:
            process = await self._template.fork(engine)
        else:
            process = Spawned(
                await spawned(
                    self._command(engine.socket, self._model), engine.log, self._lifeline, environment=ONE_THREAD
                )
            )
        self._running[engine.name] = process
        try:
            async with EngineClient(engine.socket) as client:
                await until_ready(client, process.lives, self._progress, engine.log, self._pace.start)
        except BaseException:
            await process.end(self._pace.grace)
            raise

    async def _keep(self, engine: Engine, pool: EnginePool) -> None:
        """Wait for the engine's death, bury it, start another; for ever."""
        deaths, born = 0, time.monotonic()
        while True:
            process = self._running[engine.name]
            await self._until_dead(engine, process)
            deaths = 1 if time.monotonic() - born >= self._pace.steady else deaths + 1
            wait = pause(deaths, self._pace, random.random())  # noqa: S311  (no secret)
            logger.warning("%s (process %d) is gone; starting it again in %.1f s", engine.name, process.pid, wait)
            await asyncio.sleep(wait)
            born = time.monotonic()
            try:
                await self._start(engine)
                pool.back(engine.name)
                logger.warning("%s is back after %.1f s", engine.name, time.monotonic() - born)
            except Exception as error:  # noqa: BLE001  (whatever it is, another start may go well)
                logger.error("%s could not be started: %s", engine.name, error)  # noqa: TRY400

    async def _until_dead(self, engine: Engine, process: Running) -> None:
        """Wait for the process to end; end it when it hangs."""
        death = asyncio.ensure_future(process.wait())
        misses = 0
        try:
            async with EngineClient(engine.socket) as client:
                while process.lives():
                    await asyncio.wait({death}, timeout=self._pace.look)
                    bound(engine.log)
                    if not process.lives():
                        return
                    misses = 0 if await client.alive(self._pace.answer) else misses + 1
                    if misses == self._pace.misses:
                        logger.error("%s (process %d) hangs; ending it", engine.name, process.pid)
                        await process.end(0)
        finally:
            death.cancel()

    async def _stop(self, engines: Sequence[Engine]) -> None:
        await asyncio.gather(*(process.end(self._pace.grace) for process in self._running.values()))
        if self._template:
            await self._template.end()
        for engine in engines:
            engine.socket.unlink(missing_ok=True)


class Spawned:
    """An engine process of our own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid

    def lives(self) -> bool:
        return self._process.returncode is None

    async def wait(self) -> None:
        await self._process.wait()

    async def end(self, grace: float) -> None:
        await ended(self._process, grace)


class Forked:
    """An engine process that is the template's child. Held by a pidfd, which never means another process of that number."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        try:
            self._fd: int | None = os.pidfd_open(pid)
        except ProcessLookupError:
            self._fd = None

    def lives(self) -> bool:
        if self._fd is not None and select.select([self._fd], [], [], 0)[0]:
            os.close(self._fd)
            self._fd = None
        return self._fd is not None

    async def wait(self) -> None:
        while self.lives():
            assert self._fd is not None
            loop, fd, gone = asyncio.get_running_loop(), self._fd, asyncio.Event()
            loop.add_reader(fd, gone.set)
            try:
                await gone.wait()
            finally:
                loop.remove_reader(fd)

    async def end(self, grace: float) -> None:
        for number, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, 60.0)):
            if not self.lives():
                return
            assert self._fd is not None
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._fd, number)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.wait(), patience)


class Template:
    """The process that engines are forked from. Started when first needed, and again when it has died."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        lifeline: Lifeline,
        progress: Callable[[str], None],
        pace: Pace,
    ) -> None:
        self._command, self._log, self._lifeline, self._progress, self._pace = command, log, lifeline, progress, pace
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()

    async def fork(self, engine: Engine) -> Forked:
        """A new process for the engine. Raises EngineFailed."""
        async with self._lock:
            process = await self._loaded()
            order = {"socket": str(engine.socket), "log": str(engine.log)}
            try:
                assert process.stdin
                process.stdin.write(json.dumps(order).encode() + b"\n")
                await process.stdin.drain()
                pid = int((await self._answer(process))["pid"])
            except BaseException:
                # cut off in between, its next answer would be taken for that of another order
                self._process = None
                await ended(process, 0)
                raise
            return Forked(pid)

    async def end(self) -> None:
        if self._process:
            await ended(self._process, self._pace.grace)

    async def _loaded(self) -> asyncio.subprocess.Process:
        if self._process and self._process.returncode is None:
            return self._process
        bound(self._log)
        process = self._process = await spawned(
            self._command, self._log, self._lifeline, pipes=True, environment=ONE_THREAD
        )
        try:
            phase = ""
            while phase != "loaded":
                phase = str((await self._answer(process))["phase"])
                self._progress(phase)
        except BaseException:
            self._process = None
            await ended(process, 0)
            raise
        return process

    async def _answer(self, process: asyncio.subprocess.Process) -> dict[str, Any]:
        assert process.stdout
        try:
            line = await asyncio.wait_for(process.stdout.readline(), self._pace.start)
            answer: dict[str, Any] = json.loads(line)
        except (asyncio.TimeoutError, ValueError) as error:
            raise EngineFailed(f"no engine could be loaded:\n{tail(self._log)}") from error
        if "error" in answer:
            raise EngineFailed(str(answer["error"]))
        return answer


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
