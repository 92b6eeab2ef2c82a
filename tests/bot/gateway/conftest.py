"""Our own Redis, one server for all tests that do not stop it; and `bot serve` as a process."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import socket as sockets
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from bot.cli.common import trained_model
from bot.store.connection import connect, socket_url
from bot.store.server import EmbeddedServer

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    server = EmbeddedServer(tmp_path_factory.mktemp("redis"))
    yield server.start()
    server.stop()


@pytest.fixture
async def redis(socket: Path) -> AsyncIterator[Redis]:
    """Empty."""
    client = connect(socket_url(socket))
    await client.flushall()
    yield client
    await client.close(close_connection_pool=True)


def bot_api() -> ModuleType:
    """The Bot API server of the Telegram tests."""
    path = HERE.parent / "channels" / "telegram" / "bot_api.py"
    spec = importlib.util.spec_from_file_location("bot_api_for_serve", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def free_port() -> int:
    with sockets.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Served:
    """A gateway that can be killed and started again on the same data."""

    def __init__(self, data: Path, api: Any, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "DATA_DIR": str(data), "HTTP_PORT": str(self.port), "ENGINES": "1",
            "TELEGRAM_BOT_TOKEN": api.token, "TELEGRAM_API_URL": api.url, **settings,
        }  # fmt: skip
        self._log = data.parent / "serve.log"
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "serve", env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip

    async def get(self, path: str) -> httpx.Response | None:
        with contextlib.suppress(httpx.TransportError):
            async with httpx.AsyncClient(timeout=5) as http:
                return await http.get(self.url + path)
        return None

    async def until(self, path: str, status: int, seconds: float) -> float:
        """Seconds until an address answers so."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            response = await self.get(path)
            if response is not None and response.status_code == status:
                return time.monotonic() - started
            await asyncio.sleep(0.1)
        raise AssertionError(f"{path} did not answer {status}: {self.log()}")

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")[-2000:]

    def engines(self) -> list[int]:
        """Process ids of what this gateway started and that listens as an engine."""
        assert self.process
        found = []
        for status in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                words = status.read_bytes().split(b"\0")
                if b"bot.engine.template" in words or (b"engine" in words and b"--socket" in words):
                    environ = (status.parent / "environ").read_bytes()
                    if f"HTTP_PORT={self.port}".encode() in environ:
                        found.append(int(status.parent.name))
        return found

    async def stop(self) -> int:
        assert self.process
        self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), 40)

    async def kill(self) -> None:
        assert self.process
        self.process.kill()
        await self.process.wait()


@pytest.fixture
async def api() -> AsyncIterator[Any]:
    server = bot_api().BotApi()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def served(tmp_path: Path, api: Any) -> AsyncIterator[Served]:
    trained_model()
    gateway = Served(tmp_path / "data", api)
    await gateway.start()
    yield gateway
    if gateway.process and gateway.process.returncode is None:
        await gateway.stop()


@pytest.fixture
def make_served() -> type[Served]:
    return Served
