"""Webhooks: updates that come in over HTTP, and setting them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bot_api import BotApi
from conftest import SECRET

from bot.channels.telegram.webhook import check, delete_webhook, info, right_secret, set_webhook

URL = "https://bot.example/telegram"


async def started(gateway: Any, api: BotApi) -> Any:
    channel = await gateway.start(webhook_url=URL, webhook_secret=SECRET)
    await api.until(lambda: api.of("getWebhookInfo"))
    return channel


def body(api: BotApi, text: str) -> bytes:
    number = api.say(text)
    return json.dumps({**api.updates.pop(), "update_id": number}).encode()


async def test_an_update_is_kept_before_200(api: BotApi, gateway: Any) -> None:
    channel = await started(gateway, api)
    update = body(api, "hi")
    gateway.away = 1
    assert await channel.webhook(update, SECRET) == 503
    assert not gateway.accepted
    assert await channel.webhook(update, SECRET) == 200
    assert await channel.webhook(update, SECRET) == 200  # Telegram did not hear us
    await api.got(1)
    assert len(gateway.accepted) == len(api.messages) == 1
    assert not api.of("getUpdates")


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "ü", "\ud800"])
async def test_without_the_secret_nothing_comes_in(api: BotApi, gateway: Any, secret: str | None) -> None:
    channel = await started(gateway, api)
    assert await channel.webhook(body(api, "hi"), secret) == 401
    assert not gateway.accepted


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"{}", 400),
        (b'{"update_id": "x"}', 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"update_id": 1}', 200),
        (b'{"update_id": 1, "message": {"chat": 5}}', 200),
        (b" " * (1024 * 1024 + 1), 413),
    ],
)
async def test_whatever_comes_in_breaks_nothing(api: BotApi, gateway: Any, content: bytes, status: int) -> None:
    channel = await started(gateway, api)
    assert await channel.webhook(content, SECRET) == status


async def test_there_is_no_webhook_without_an_address_or_before_telegram_was_reached(api: BotApi, gateway: Any) -> None:
    channel = await gateway.start()
    assert await channel.webhook(b"{}", SECRET) == 404
    await gateway.stop()
    api.tell("getMe", status=500, times=1000)
    channel = await gateway.start(webhook_url=URL, webhook_secret=SECRET)
    assert await channel.webhook(body(api, "hi"), SECRET) == 503


async def test_a_webhook_that_points_elsewhere_is_noticed(api: BotApi, gateway: Any, caplog: pytest.LogCaptureFixture) -> None:  # fmt: skip
    api.webhook["url"] = "https://old.example/"
    await started(gateway, api)
    await api.until(lambda: "set-webhook" in caplog.text)


async def test_setting_compares_first(api: BotApi, gateway: Any) -> None:
    channel = await gateway.start()
    bot, memory = channel.bot, channel.memory
    assert await set_webhook(bot, memory, URL, SECRET)
    assert not await set_webhook(bot, memory, URL, SECRET)
    assert len(api.of("setWebhook")) == 1
    assert api.of("setWebhook")[0]["secret_token"] == SECRET
    assert (await info(bot)).url == URL
    assert await set_webhook(bot, memory, URL, SECRET + "2")
    api.webhook["url"] = "https://somebody.else/"
    assert await set_webhook(bot, memory, URL, SECRET + "2")
    assert await delete_webhook(bot)
    assert not await delete_webhook(bot)


@pytest.mark.parametrize(
    ("url", "secret"),
    [("http://bot.example/", SECRET), ("ftp://x", SECRET), ("https://", SECRET), (URL, "short"), (URL, "with blanks in it and so on")],
)  # fmt: skip
def test_wrong_addresses_and_secrets_are_refused(url: str, secret: str) -> None:
    with pytest.raises(ValueError, match="webhook"):
        check(url, secret)


def test_secrets_are_compared_whole() -> None:
    assert right_secret(SECRET, SECRET)
    assert not right_secret(SECRET[:-1], SECRET)
    assert not right_secret(None, SECRET)
