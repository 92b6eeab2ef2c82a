"""Our own Redis, one server for all tests here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.store.connection import connect, socket_url
from bot.store.server import EmbeddedServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    found = EmbeddedServer(tmp_path_factory.mktemp("insights-redis"))
    yield found.start()
    found.stop()


@pytest.fixture
async def redis(server: Path) -> AsyncIterator[Redis]:
    """Empty."""
    client = connect(socket_url(server))
    await client.flushall()
    yield client
    await client.close(close_connection_pool=True)
