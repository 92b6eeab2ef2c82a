"""Engines without Rasa, each a process of its own behind the real server."""

from __future__ import annotations

import contextlib
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from bot.engine.client import EngineClient
from bot.engine.lifeline import Lifeline
from bot.engine.process import ended, spawned, until_ready

FAKE = Path(__file__).with_name("fake_engine.py")


@dataclass
class Served:
    """A running fake engine. http: to ask it anything."""

    client: EngineClient
    http: httpx.AsyncClient
    pid: int
    log: Path
    stop: Callable[[], object]
    gone: Callable[[], Awaitable[object]]


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A directory whose path is short enough for unix sockets."""
    with tempfile.TemporaryDirectory(prefix="qta-") as directory:
        yield Path(directory)


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def fake_command() -> Callable[[Path, Path], list[str]]:
    """The command of a fake engine on a socket, and how it behaves."""
    return lambda socket, model: [sys.executable, str(FAKE), "--socket", str(socket), "--model", str(model)]


@pytest.fixture
def served(
    short_path: Path, fake_command: Callable[[Path, Path], list[str]]
) -> Callable[..., AbstractAsyncContextManager[Served]]:
    """Starts a fake engine: `async with served(*arguments, model="well") as engine`."""

    @contextlib.asynccontextmanager
    async def start(*arguments: str, model: str = "well", wait: bool = True) -> AsyncIterator[Served]:
        path, log = short_path / "engine.sock", short_path / "engine.log"
        with contextlib.closing(Lifeline()) as lifeline:
            process = await spawned([*fake_command(path, Path(model)), *arguments], log, lifeline)
            transport = httpx.AsyncHTTPTransport(uds=str(path))
            try:
                async with (
                    EngineClient(path) as client,
                    httpx.AsyncClient(transport=transport, base_url="http://engine", timeout=20) as http,
                ):
                    while wait and not await client.alive(1):
                        assert process.returncode is None, log.read_text()
                    if wait and model == "well":
                        await until_ready(client, lambda: process.returncode is None, lambda phase: None, log)
                    yield Served(client, http, process.pid, log, process.terminate, process.wait)
            finally:
                await ended(process, 5)

    return start
