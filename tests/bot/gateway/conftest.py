"""Our own Redis, one server for all tests that do not stop it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.store.connection import connect, socket_url
from bot.store.server import EmbeddedServer


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
