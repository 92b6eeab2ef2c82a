"""A connection to Redis with an end to every wait: to the one with a URL, or to our own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

from redis.asyncio import Redis
from redis.asyncio.connection import ConnectionPool, DefaultParser, PythonParser
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from bot.store.errors import StoreUnavailable, TooNew
from bot.store.keys import SCHEMA, Keys
from bot.store.server import EmbeddedServer

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT = 2.0
COMMAND_TIMEOUT = 5.0
"""Seconds."""

MOST_CONNECTIONS = 200
"""Connections of a process at one time; a command beyond fails at once."""

LOOK = 1.0
LONGEST_LOOK = 30.0
"""Seconds between looks whether our own server still runs, and at most when it cannot be started again."""


@contextlib.asynccontextmanager
async def redis_store(url: str | None, data_dir: Path, keys: Keys = Keys()) -> AsyncIterator[Redis]:  # noqa: B008
    """A ready Redis: the one at `url`, else our own in `data_dir`, which is started again should it die.

    Answers come as str. Raises ValueError for a wrong URL, StoreUnavailable when Redis cannot be reached or started, TooNew
    when its data is of a newer version.
    """
    if url:
        async with _ready(url, keys) as redis:
            yield redis
        return
    server = EmbeddedServer(data_dir)
    place = await asyncio.to_thread(server.start)
    keeper = asyncio.create_task(_keep_running(server))
    try:
        async with _ready(socket_url(place), keys) as redis:
            yield redis
    finally:
        keeper.cancel()
        await asyncio.to_thread(server.stop)


def connect(url: str) -> Redis:
    """A client that connects at its first command. Raises ValueError for a wrong URL, without the URL: it may hold a password."""
    scheme = re.match(r"[a-z]{1,10}://", url)
    if not scheme or scheme[0] not in ("redis://", "rediss://", "unix://"):
        raise ValueError("the URL of a Redis begins with redis://, rediss:// or unix://")
    options: dict[str, object] = {
        "decode_responses": True,
        "max_connections": MOST_CONNECTIONS,
        "socket_connect_timeout": CONNECT_TIMEOUT,
        "socket_timeout": COMMAND_TIMEOUT,
    }
    if DefaultParser is PythonParser:
        options["parser_class"] = _Parser
    try:
        pool = ConnectionPool.from_url(url, **options)
        pool.connection_class(**pool.connection_kwargs)  # would fail at the first command only
    except (ValueError, TypeError, RedisError):
        raise ValueError("the URL of a Redis looks like redis://user:password@host:6379/0 or unix:///path") from None
    return Redis(connection_pool=pool)


def described(url: str) -> str:
    """A URL without user, password and options, for messages."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def socket_url(place: Path) -> str:
    """The URL of a unix socket."""
    return f"unix://{quote(str(place))}"


@contextlib.contextmanager
def store_errors() -> Iterator[None]:
    """Whatever Redis or the way to it raises becomes StoreUnavailable."""
    try:
        yield
    except (RedisError, OSError, asyncio.TimeoutError) as error:
        raise StoreUnavailable(f"{type(error).__name__}: {error}") from error


async def check(redis: Redis, keys: Keys) -> None:
    """Whether Redis answers and holds what this program can read. Raises StoreUnavailable, TooNew."""
    with store_errors():
        async with redis.pipeline(transaction=True) as pipeline:
            pipeline.set(keys.schema, SCHEMA, nx=True).get(keys.schema)
            _, schema = await pipeline.execute()
    if int(schema) > SCHEMA:
        raise TooNew(f"Redis holds data of version {schema}, this program knows {SCHEMA}")


@contextlib.asynccontextmanager
async def _ready(url: str, keys: Keys) -> AsyncIterator[Redis]:
    redis = connect(url)
    try:
        try:
            await check(redis, keys)
        except StoreUnavailable as error:
            raise StoreUnavailable(f"no Redis at {described(url)}: {error}") from error
        yield redis
    finally:
        await redis.close(close_connection_pool=True)


async def _keep_running(server: EmbeddedServer) -> None:
    pause = LOOK
    while True:
        await asyncio.sleep(pause)
        try:
            if not server.alive():
                await asyncio.to_thread(server.revive)
                logger.warning("Redis had ended and was started again")
            pause = LOOK
        except (StoreUnavailable, OSError) as error:
            pause = min(pause * 2, LONGEST_LOOK)
            logger.error("Redis has ended and cannot be started again: %s", error)  # noqa: TRY400


class _Parser(PythonParser):
    """Notices a connection that the server has closed (restarted), so that the pool opens a new one.

    The parser of redis-py 4.6 takes its end for silence, and the next command fails.
    """

    async def can_read_destructive(self) -> bool:
        waiting = bool(await super().can_read_destructive())
        if not waiting and self._stream.at_eof():
            raise RedisConnectionError("closed by the server")
        return waiting
