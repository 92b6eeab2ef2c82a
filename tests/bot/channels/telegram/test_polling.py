"""Getting updates: acknowledged only when kept, and every trouble said in clear words without the token."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from bot_api import TOKEN, BotApi

from bot.channels.telegram.api import back_off, bot_id, client
from bot.channels.telegram.channel import Channel, Settings


async def test_nothing_is_acknowledged_before_it_is_kept(api: BotApi, gateway: Any) -> None:
    gateway.away = 3
    await gateway.start()
    first = api.say("one")
    api.say("two")
    await api.until(lambda: gateway.away < 3)
    assert not any((p.get("offset") or 0) > first for p in api.of("getUpdates"))
    await api.got(2)
    assert [m.text for m in gateway.accepted] == ["one", "two"]
    await api.until(lambda: not api.updates)


async def test_killed_before_the_acknowledgement_a_message_comes_again_and_is_answered_once(api: BotApi, gateway: Any) -> None:  # fmt: skip
    await gateway.start()
    api.say("one")
    update = api.updates[0]
    await api.until(lambda: gateway.accepted)
    await gateway.kill()
    await gateway.redis.delete(*(await gateway.redis.keys("qta:telegram:offset:*") or ["x"]))
    if update not in api.updates:
        api.updates.append(update)
    await gateway.start()
    api.say("two")
    await api.got(2)
    assert api.texts() == ["heard one", "heard two"]


async def test_after_a_stop_it_goes_on_where_it_was(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    number = api.say("one")
    await api.got(1)
    await gateway.stop()
    api.calls.clear()
    await gateway.start()
    await api.until(lambda: api.of("getUpdates"))
    assert api.of("getUpdates")[0]["offset"] == number + 1


@pytest.mark.parametrize(
    ("status", "description", "words"),
    [
        (401, "Unauthorized", "refuses the bot token"),
        (404, "Not Found", "refuses the bot token"),
        (409, "Conflict: terminated by other getUpdates request", "another program gets the updates"),
        (500, "Internal Server Error", "trouble of its own"),
    ],
)
async def test_troubles_are_explained_and_end_by_themselves(
    api: BotApi, gateway: Any, caplog: pytest.LogCaptureFixture, status: int, description: str, words: str
) -> None:
    api.tell("getUpdates", status=status, description=description, times=3)
    channel = await gateway.start()
    await api.until(lambda: channel.trouble)
    assert words in channel.trouble
    api.say("hi")
    await api.got(1)
    await api.until(lambda: channel.trouble is None)
    assert caplog.text.count(words) >= 1
    assert "works again" in caplog.text
    assert TOKEN not in caplog.text


async def test_a_wrong_token_stops_only_telegram(api: BotApi, gateway: Any, caplog: pytest.LogCaptureFixture) -> None:
    channel = await gateway.start(token="4242:wrong")
    await api.until(lambda: channel.trouble)
    assert "@BotFather" in channel.trouble
    assert "wrong:" not in caplog.text
    assert "4242:wrong" not in caplog.text
    await gateway.stop()


async def test_an_offline_start_works_once_the_network_is_there(api: BotApi, gateway: Any) -> None:
    port = api.port
    await api.stop()
    channel = await gateway.start()
    await api.until(lambda: channel.trouble)
    assert "cannot be reached" in channel.trouble
    await api.start(port)
    api.say("hi")
    await api.got(1)


async def test_a_real_second_poller_is_noticed(api: BotApi, gateway: Any, caplog: pytest.LogCaptureFixture) -> None:
    await gateway.start(poll=5)
    await api.until(lambda: api.of("getUpdates"))
    other = client(TOKEN, api.url)
    try:
        await other.bot.get_updates(timeout=0)
        await api.until(lambda: "another program gets the updates" in caplog.text)
    finally:
        await other.close()
    api.say("hi")
    await api.got(1)


async def test_polling_while_a_webhook_is_set_says_what_to_do(api: BotApi, gateway: Any) -> None:
    api.webhook["url"] = "https://example.org/x"
    channel = await gateway.start()
    await api.until(lambda: channel.trouble)
    assert "delete-webhook" in channel.trouble


@pytest.mark.parametrize(
    "how", [{"drop": "before"}, {"raw": b"no json"}, {"slow": 0.3}, {"raw": b'{"ok":true,"result":{}}'}]
)
async def test_dropped_and_broken_answers_to_polling_lose_nothing(
    api: BotApi, gateway: Any, how: dict[str, Any]
) -> None:
    api.tell("getUpdates", **how, times=2)
    await gateway.start()
    api.say("hi")
    await api.got(1)


async def test_the_end_comes_at_once_in_the_middle_of_long_polling(api: BotApi, gateway: Any) -> None:
    await gateway.start(poll=25)
    await api.until(lambda: api.of("getUpdates"))
    await asyncio.wait_for(gateway.stop(), 1.5)


async def test_only_wanted_kinds_are_asked_for(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    await api.until(lambda: api.of("getUpdates"))
    assert api.of("getUpdates")[0]["allowed_updates"] == ["message", "edited_message", "callback_query", "inline_query", "my_chat_member"]  # fmt: skip


@pytest.mark.parametrize("token", ["", "nonsense", ":x", "12:", "x:y", "１２:x"])
def test_what_is_no_token_is_said_at_once_without_it(token: str) -> None:
    assert bot_id(token) == ""
    with pytest.raises(ValueError, match="looks like") as error:
        client(token)
    assert not token or token not in str(error.value)


def test_a_webhook_needs_a_secret(catalog: Any) -> None:
    with pytest.raises(ValueError, match="secret"):
        Channel(TOKEN, None, None, None, catalog, None, Settings(webhook_url="https://x.example/"))  # type: ignore[arg-type]


def test_pauses_grow_differ_and_end() -> None:
    assert 0.5 <= back_off(0) <= 1
    assert 30 <= back_off(50) <= 60
    assert len({back_off(5) for _ in range(20)}) > 10


async def test_the_library_logs_no_addresses(api: BotApi, gateway: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await gateway.start()
    api.say("my secret words")
    await api.got(1)
    assert TOKEN not in caplog.text
    assert "secret words" not in caplog.text
