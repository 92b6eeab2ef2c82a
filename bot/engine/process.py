"""Start an engine process and wait until it is ready."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from bot.engine.client import EngineClient
from bot.engine.errors import EngineFailed

START_TIMEOUT = 180.0
"""Seconds an engine may take to get ready."""


@contextlib.asynccontextmanager
async def running_engine(
    model: Path, progress: Callable[[str], None] = lambda phase: None
) -> AsyncIterator[EngineClient]:
    """A client to a freshly started engine that serves `model`; the process ends with the context.

    progress: called with each phase of loading. Raises EngineFailed when the engine does not get ready.
    """
    with tempfile.TemporaryDirectory(prefix="qta-") as directory:
        socket, log = Path(directory) / "engine.sock", Path(directory) / "engine.log"
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "engine", "--socket", str(socket), "--model", str(model),
                stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip
            try:
                async with EngineClient(socket) as client:
                    await _ready(client, process, progress, log)
                    yield client
            finally:
                if process.returncode is None:
                    process.terminate()
                    await process.wait()


async def _ready(
    client: EngineClient, process: asyncio.subprocess.Process, progress: Callable[[str], None], log: Path
) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + START_TIMEOUT
    while loop.time() < deadline:
        if process.returncode is not None:
            raise EngineFailed(f"the engine ended with code {process.returncode}:\n{_tail(log)}")
        ready, phase = await client.phase()
        progress(phase)
        if ready:
            return
        await asyncio.sleep(0.1)
    raise EngineFailed(f"the engine was not ready after {START_TIMEOUT:.0f} s")


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-2000:]
