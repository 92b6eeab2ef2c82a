"""The gateway's HTTP side, without anything behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from bot.channels.telegram.webhook import BODY
from bot.gateway import app
from bot.gateway.app import Gateway
from bot.settings import Settings
from bot.store.connection import connect, socket_url
from bot.store.server import EmbeddedServer
from catalog.store import shared

SECRET = "a-secret-of-the-webhook"


@pytest.fixture
def gateway(redis: Redis) -> Gateway:
    settings = Settings(
        telegram_bot_token="4242:of-no-bot", telegram_webhook_url="https://bot.example/telegram", telegram_webhook_secret=SECRET,
        engines=0, engine_urls="http://127.0.0.1:1",
    )  # fmt: skip
    return Gateway(settings, shared(), None, redis)


def browser(gateway: Gateway, *, careless: bool = False) -> httpx.AsyncClient:
    """careless: it does not mind that an answer is due to a bug."""
    transport = httpx.ASGITransport(app=gateway.app, raise_app_exceptions=not careless)
    return httpx.AsyncClient(transport=transport, base_url="http://chat.test", headers={"Origin": "http://chat.test"})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/desk", 405), ("TRACE", "/desk/api/me", 405), ("DELETE", "/api/files/x", 405), ("PUT", "/", 405), ("GET", "//desk", 404)],
)  # fmt: skip
async def test_what_no_route_answers_has_the_headers(gateway: Gateway, method: str, path: str, status: int) -> None:
    async with browser(gateway) as client:
        response = await client.request(method, httpx.URL("http://chat.test").copy_with(raw_path=path.encode()))
    assert response.status_code == status
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-frame-options"] == "DENY"


async def test_a_bug_has_the_headers(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise KeyError("words of somebody")

    monkeypatch.setattr(gateway.desk.staff, "session", broken)
    async with browser(gateway, careless=True) as client:
        client.cookies.set("qta_desk", "x" * 43)
        response = await client.get("/desk")
    assert (response.status_code, response.text) == (500, "Internal Server Error")
    assert "default-src 'none'" in response.headers["content-security-policy"]


async def test_of_an_endless_update_no_more_is_held_than_telegram_sends(gateway: Gateway) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            await asyncio.sleep(0)
            taken += 2**16
            yield b" " * 2**16

    async with browser(gateway) as client:
        for secret, status in ((SECRET, 413), ("", 401)):
            taken = 0
            headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
            response = await asyncio.wait_for(client.post("/telegram", content=endless(), headers=headers), 10)
            assert response.status_code == status
            assert taken <= BODY + 2 * 2**16


async def test_what_was_deleted_is_off_the_disk_though_redis_is_at_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is written anew once what goes with the answer is gone, and again if Redis was at that already."""
    monkeypatch.setattr(app, "SETTLED", 0.3)
    server = EmbeddedServer(tmp_path / "redis")
    redis = connect(socket_url(server.start()))
    stop = asyncio.Event()
    gateway = Gateway(Settings(engines=0, engine_urls="http://127.0.0.1:1"), shared(), None, redis)
    work = asyncio.create_task(gateway._off_the_disk(stop))
    try:
        await redis.config_set("rdb-key-save-delay", 10_000)  # microseconds for each key: it is at work for a second
        for number in range(100):
            await redis.set(f"qta:other:{number}", "x")
        await redis.set("qta:web:history:web%3Aa", "what somebody said")
        await redis.bgrewriteaof()
        await gateway._forget("web:a")
        await redis.delete("qta:web:history:web%3Aa")
        file = server.data_dir / "appendonly.aof"
        for _ in range(200):
            if b"what somebody said" not in file.read_bytes():
                break
            await asyncio.sleep(0.1)
        assert b"what somebody said" not in file.read_bytes()
    finally:
        stop.set()
        await work
        await redis.close(close_connection_pool=True)
        server.stop()
