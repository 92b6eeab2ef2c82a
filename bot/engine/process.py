"""Start an engine process and wait until it is ready."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from bot.engine.client import EngineClient
from bot.engine.errors import EngineFailed
from bot.engine.lifeline import Lifeline
from bot.store.connection import socket_url
from bot.store.server import EmbeddedServer

START_TIMEOUT = 180.0
"""Seconds an engine may take to get ready."""

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Environment of an engine. A message is too little work for several threads: with two a turn took 23 ms, with one 12 ms."""

GRACE = 12.0
"""Seconds a process gets to end; a little more than an engine's running turns get."""


@contextlib.asynccontextmanager
async def running_engine(
    model: Path, progress: Callable[[str], None] = lambda phase: None
) -> AsyncIterator[EngineClient]:
    """A client to a freshly started engine that serves `model`; the process and its conversations end with the context.

    progress: called with each phase of loading. Raises EngineFailed when the engine does not get ready.
    """
    with tempfile.TemporaryDirectory(prefix="qta-") as directory, contextlib.closing(Lifeline()) as lifeline:
        socket, log = Path(directory) / "engine.sock", Path(directory) / "engine.log"
        redis = EmbeddedServer(Path(directory) / "redis")
        place = await asyncio.to_thread(redis.start)
        try:
            process = await spawned(
                engine_command(socket, model), log, lifeline, environment={**ONE_THREAD, "REDIS_URL": socket_url(place)}
            )
            try:
                async with EngineClient(socket) as client:
                    await until_ready(client, lambda: process.returncode is None, progress, log)
                    yield client
            finally:
                await ended(process)
        finally:
            await asyncio.to_thread(redis.stop)


def engine_command(socket: Path, model: Path) -> list[str]:
    """The command that serves one engine."""
    return [sys.executable, "-m", "bot", "engine", "--socket", str(socket), "--model", str(model)]


async def spawned(
    command: Sequence[str],
    log: Path,
    lifeline: Lifeline,
    *,
    pipes: bool = False,
    environment: Mapping[str, str] | None = None,
) -> asyncio.subprocess.Process:
    """A process that ends with this one, writes to `log`, and does not see the terminal's Ctrl-C, which is for us.

    pipes: its standard input and output are ours; else it has none and prints to `log`.
    """
    with _private(log) as output:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE if pipes else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if pipes else output,
            stderr=output,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **lifeline.environment, **(environment or {})},
            pass_fds=(lifeline.fd,),
            start_new_session=True,
        )


def _private(log: Path) -> BinaryIO:
    return open(log, "ab", opener=lambda path, flags: os.open(path, flags, 0o600))


async def ended(process: asyncio.subprocess.Process, grace: float = GRACE) -> None:
    """End the process, by force if it is not gone after `grace` seconds."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), grace)
    except asyncio.TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def until_ready(
    client: EngineClient,
    lives: Callable[[], bool],
    progress: Callable[[str], None],
    log: Path,
    timeout: float = START_TIMEOUT,
) -> None:
    """Wait until the engine answers turns. Raises EngineFailed when it does not come to that, with the end of its log."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    while loop.time() < deadline:
        if not lives():
            raise EngineFailed(f"the engine ended before it was ready:\n{tail(log)}")
        ready, phase = await client.phase()
        progress(phase)
        if ready:
            return
        await asyncio.sleep(0.1)
    raise EngineFailed(f"the engine was not ready after {timeout:.0f} s")


def tail(log: Path) -> str:
    """The end of a log."""
    return log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else ""
