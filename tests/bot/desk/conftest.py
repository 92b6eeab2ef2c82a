"""Our own Redis, one server for all tests here, and a desk on it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.store.connection import connect, socket_url
from bot.store.server import EmbeddedServer

sys.path.insert(0, str(Path(__file__).parent))

from office import ANN, LI, WANG, Clock, Office


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


@pytest.fixture
async def office(redis: Redis) -> Office:
    """With Li Na and Wang Wei, who answer people, and Ann, who is a supervisor."""
    found = Office(redis, Clock())
    await found.hires(LI, WANG, ANN)
    return found
