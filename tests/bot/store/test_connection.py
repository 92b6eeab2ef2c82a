from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from redis.asyncio import Redis

import bot.store.connection
from bot.store.connection import check, connect, described, redis_store, socket_url, store_errors
from bot.store.errors import StoreUnavailable, TooNew
from bot.store.keys import SCHEMA, Keys
from bot.store.server import EmbeddedServer

KEYS = Keys()


def written(place: str) -> bool:
    """Whether all has left the server's memory; `everysec` may hold it back for up to two seconds."""
    with redis.Redis(unix_socket_path=place) as client:
        return not client.info("persistence")["aof_buffer_length"]


def until(holds: Callable[[], bool]) -> None:
    while not holds():
        time.sleep(0.002)


@pytest.mark.parametrize(
    "url",
    [
        "http://user:secret@host",
        "secret",
        "redis:/secret",
        "redis://:secret/with/slash@host:6379/0",
        "redis://host:secret",
        "redis://host:99999999",
        "redis://user:secret@host/0?socket_timeout=soon",
        "redis://user:secret@host/0?no_such_option=1",
        "REDIS_URL=redis://secret@host",
    ],
)
async def test_a_wrong_url_is_refused_without_telling_it(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="URL of a Redis") as refused:
        async with redis_store(url, tmp_path):
            pass
    assert "secret" not in "".join(map(str, (refused.value, refused.value.__cause__)))
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://:p@ss@host:6379/1", "redis://host:6379/1"),
        ("rediss://user:secret@host/0?password=secret", "rediss://host/0"),
        ("unix://user@/run/redis.sock?password=secret", "unix:///run/redis.sock"),
        ("redis://host", "redis://host"),
    ],
)
def test_a_url_is_shown_without_secrets(url: str, shown: str) -> None:
    assert described(url) == shown


@pytest.mark.parametrize("url", ["unix:///no/such/socket?password=secret", "redis://user:secret@127.0.0.1:1/0"])
async def test_a_redis_that_is_not_there(url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(StoreUnavailable, match="no Redis at") as missing:
        async with redis_store(url, tmp_path):
            pass
    assert "secret" not in f"{missing.value} {missing.value.__cause__} {caplog.text}"


async def test_a_wrong_password_is_not_told(tmp_path: Path) -> None:
    async with redis_store(None, tmp_path) as redis:
        await redis.config_set("requirepass", "right")
        url = socket_url(Path(redis.connection_pool.connection_kwargs["path"]))
        with pytest.raises(StoreUnavailable, match="password") as refused:
            async with redis_store(f"{url}?password=secret", tmp_path):
                pass
        assert "secret" not in f"{refused.value} {refused.value.__cause__}"
        async with redis_store(f"{url}?password=right", tmp_path) as allowed:
            assert await allowed.ping()
        await redis.config_set("requirepass", "")


async def test_no_wait_is_endless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.store.connection, "COMMAND_TIMEOUT", 0.2)
    silent = tmp_path / "s"
    ended = asyncio.Event()

    async def never_answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await ended.wait()
        writer.close()

    async with await asyncio.start_unix_server(never_answers, silent):
        started = asyncio.get_running_loop().time()
        with pytest.raises(StoreUnavailable, match="Timeout"):
            async with redis_store(socket_url(silent), tmp_path):
                pass
        assert asyncio.get_running_loop().time() - started < 2
        ended.set()


def test_every_connection_has_its_limits() -> None:
    settings = connect("redis://host").connection_pool.connection_kwargs
    assert (settings["socket_connect_timeout"], settings["socket_timeout"]) == (2, 5)


async def test_our_own_redis_ends_with_its_last_user(tmp_path: Path) -> None:
    async with redis_store(None, tmp_path) as first:
        async with redis_store(None, tmp_path) as second:
            await second.set("k", "前海")
        assert await first.get("k") == "前海"
    assert not EmbeddedServer(tmp_path).alive()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    async with redis_store(None, tmp_path) as again:
        assert await again.get("k") == "前海"


async def test_our_own_redis_ends_when_its_user_fails(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        async with redis_store(None, tmp_path):
            raise RuntimeError
    assert not EmbeddedServer(tmp_path).alive()


async def test_our_own_redis_comes_back_when_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.store.connection, "LOOK", 0.05)
    async with redis_store(None, tmp_path) as client:
        await client.set("k", "v")
        place = client.connection_pool.connection_kwargs["path"]
        await asyncio.to_thread(until, lambda: written(place))
        killed = (await client.info("server"))["process_id"]
        os.kill(killed, signal.SIGKILL)
        server = EmbeddedServer(tmp_path)
        await asyncio.to_thread(until, lambda: not server.alive())
        await asyncio.to_thread(until, server.alive)
        await asyncio.to_thread(server.start)  # waits until it answers
        assert await client.get("k") == "v"
        assert (await client.info("server"))["process_id"] != killed
        server.stop()


async def test_after_a_restart_the_first_command_works_on_every_connection(tmp_path: Path) -> None:
    async with redis_store(None, tmp_path) as redis:
        await asyncio.gather(*(redis.set(f"k{n}", n) for n in range(8)))
        server = EmbeddedServer(tmp_path)
        server.start()
        server._shut_down()
        server.start()
        assert await asyncio.gather(*(redis.get(f"k{n}") for n in range(8))) == [str(n) for n in range(8)]
        server.stop()


async def test_a_cancelled_command_spoils_no_later_answer(redis: Redis) -> None:
    await redis.set("cancelled", "wrong" * 1000)
    await redis.set("asked", "right")
    for steps in range(30):
        task = asyncio.create_task(redis.get("cancelled"))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await redis.get("asked") == "right"


async def test_one_version_of_the_layout_is_kept(redis: Redis) -> None:
    await check(redis, KEYS)
    await check(redis, KEYS)
    assert await redis.get(KEYS.schema) == str(SCHEMA)


async def test_a_newer_layout_is_refused(redis: Redis, socket: Path, tmp_path: Path) -> None:
    await redis.set(KEYS.schema, SCHEMA + 1)
    with pytest.raises(TooNew, match=str(SCHEMA + 1)):
        async with redis_store(socket_url(socket), tmp_path):
            pass
    assert await redis.get(KEYS.schema) == str(SCHEMA + 1)


async def test_errors_of_commands_are_told_alike(redis: Redis) -> None:
    await redis.set("text", "v")
    with pytest.raises(StoreUnavailable, match="WRONGTYPE"), store_errors():
        await redis.lpush("text", 1)
