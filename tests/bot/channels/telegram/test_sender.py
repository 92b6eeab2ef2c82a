"""Delivery: at most once, in order, no chat waits for another, whatever Telegram answers."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import pytest
from bot_api import BotApi

from bot.channels.telegram import sender as sender_module
from bot.channels.telegram.pacing import Pace, Rate
from bot.engine.protocol import Answer, Button
from bot.messages import Outgoing
from bot.store.errors import StoreUnavailable

FAST = Rate(1000, 100)


def fast() -> Pace:
    return Pace(FAST, FAST, FAST)


def answer(text: str, *buttons: Button, language: str = "en", forgotten: bool = False) -> Answer:
    return Answer(language, "ask_fee", None, 1.0, text, buttons, forgotten=forgotten)


async def empty(gateway: Any) -> None:
    """Wait until nothing is left to deliver."""
    for _ in range(800):
        if not await gateway.outbox.length("telegram"):
            return
        await asyncio.sleep(0.01)
    raise TimeoutError("replies are left in the outbox")


async def test_a_long_answer_comes_in_parts_the_buttons_under_the_last(api: BotApi, gateway: Any) -> None:
    await gateway.start(pace=fast())
    text = "Work permit · Documents\n\n" + "\n".join(f"☐ paper {n} <b>&" for n in range(900))
    await gateway.reply("tg:7", answer(text, Button("Fees", "/ask_fee")))
    await empty(gateway)
    assert len(api.messages) >= 4
    assert "\n".join(m["text"] for m in api.messages) == text
    assert [bool(api.titles(m)) for m in api.messages] == [False] * (len(api.messages) - 1) + [True]
    assert api.messages[0]["params"]["text"].startswith("<b>Work permit · Documents</b>")


@pytest.mark.parametrize("status", [500, 502])
async def test_trouble_of_telegram_is_waited_for(api: BotApi, gateway: Any, status: int) -> None:
    api.tell("sendMessage", status=status, description="Bad Gateway", times=2)
    await gateway.start()
    for number in range(3):
        await gateway.reply("tg:7", answer(f"{number}"))
    await empty(gateway)
    assert api.texts(7) == ["0", "1", "2"]


async def test_nobody_there_is_waited_for(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    await api.until(lambda: api.of("getUpdates"))
    port = api.port
    await api.stop()
    await gateway.reply("tg:7", answer("hello"))
    await asyncio.sleep(0.7)
    await api.start(port)
    await empty(gateway)
    assert api.texts() == ["hello"]


@pytest.mark.parametrize(
    "how",
    [{"raw": b'{"ok": true, "result": {"message_id": 1}}'}, {"drop": "after"}, {"raw": b"<html>"}, {"raw": b"[1]"}],
)
async def test_what_may_have_arrived_is_not_sent_again(api: BotApi, gateway: Any, how: dict[str, Any]) -> None:
    await gateway.start()
    api.tell("sendMessage", **how)
    await gateway.reply("tg:7", answer("first"))
    await gateway.reply("tg:7", answer("second"))
    await empty(gateway)
    assert api.texts(7) == ["first", "second"]


async def test_an_answer_that_comes_too_late_is_not_sent_again(api: BotApi, gateway: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("bot.channels.telegram.api.ANSWER", 0.3)
    await gateway.start()
    api.tell("sendMessage", slow=1.0)
    await gateway.reply("tg:7", answer("slow"))
    await gateway.reply("tg:7", answer("next"))
    await empty(gateway)
    await asyncio.sleep(1)
    assert sorted(api.texts(7)) == ["next", "slow"]


async def test_after_a_long_part_that_may_have_arrived_the_rest_comes(api: BotApi, gateway: Any) -> None:
    await gateway.start(pace=fast())
    api.tell("sendMessage", drop="before")
    await gateway.reply("tg:7", answer("\n".join(["a" * 3000, "b" * 3000, "c" * 3000])))
    await empty(gateway)
    assert [text[0] for text in api.texts(7)] == ["b", "c"]


async def test_markup_that_is_refused_comes_as_plain_text_once(api: BotApi, gateway: Any) -> None:
    await gateway.start(pace=fast())
    refuse = {"status": 400, "description": "Bad Request: can't parse entities: x"}
    api.tell("sendMessage", **refuse, only=lambda params: "parse_mode" in params)
    await gateway.reply("tg:7", answer("a < b & c", Button("Fees", "/ask_fee")))
    await empty(gateway)
    assert api.texts() == ["a < b & c"]
    assert api.titles(api.messages[0]) == ["Fees"]
    api.tell("sendMessage", **refuse, times=2)
    await gateway.reply("tg:7", answer("hopeless"))
    await gateway.reply("tg:7", answer("next"))
    await empty(gateway)
    assert api.texts() == ["a < b & c", "next"]


async def test_people_who_blocked_the_bot_get_nothing_until_they_write(api: BotApi, gateway: Any) -> None:
    await gateway.start(pace=fast())
    api.tell("sendMessage", status=403, description="Forbidden: bot was blocked by the user")
    for number in range(3):
        await gateway.reply("tg:7", answer(f"{number}"))
    await empty(gateway)
    assert len(api.of("sendMessage")) == 1
    assert not api.messages
    api.say("I am back")
    assert (await api.got(1))[0]["text"] == "heard I am back"


async def test_a_chat_that_must_wait_holds_nobody_up(api: BotApi, gateway: Any) -> None:
    await gateway.start(pace=fast())
    api.tell("sendMessage", status=429, description="Too Many Requests: retry after 2", parameters={"retry_after": 2}, only=lambda p: p["chat_id"] == 7)  # fmt: skip
    began = time.monotonic()
    await gateway.reply("tg:7", answer("slow 1"))
    await gateway.reply("tg:7", answer("slow 2"))
    await asyncio.sleep(0.1)
    for chat in range(20, 40):
        await gateway.reply(f"tg:{chat}", answer("quick"))
    await api.got(20)
    assert time.monotonic() - began < 1.5
    await empty(gateway)
    assert api.texts(7) == ["slow 1", "slow 2"]
    assert next(m["at"] for m in api.messages if m["chat"]["id"] == 7) - began > 1.9


async def test_one_chat_gets_one_message_a_second_after_a_burst(api: BotApi, gateway: Any) -> None:
    await gateway.start()
    for number in range(5):
        await gateway.reply("tg:7", answer(f"{number}"))
    messages = await api.got(5)
    times = [m["at"] - messages[0]["at"] for m in messages]
    assert times[2] < 0.6
    assert 0.8 < times[3] < 1.6
    assert 1.8 < times[4] < 2.8
    assert api.texts() == ["0", "1", "2", "3", "4"]


async def test_a_group_that_became_a_supergroup_is_found(api: BotApi, gateway: Any) -> None:
    channel = await gateway.start(pace=fast())
    api.tell(
        "sendMessage",
        status=400,
        description="Bad Request: group chat was upgraded",
        parameters={"migrate_to_chat_id": -1009},
    )
    await gateway.reply("tg:-5:7", answer("one"))
    await gateway.reply("tg:-5:7", answer("two"))
    await empty(gateway)
    assert api.texts(-1009) == ["one", "two"]
    assert await channel.memory.moved(-5) == -1009


async def test_a_revoked_token_loses_no_reply(api: BotApi, gateway: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("bot.channels.telegram.sender.REFUSED_TOKEN", 0.2)
    await gateway.start(pace=fast())
    await api.until(lambda: api.of("getUpdates"))
    api.revoked = True
    await gateway.reply("tg:7", answer("hello"))
    await api.until(lambda: "refuses the bot token" in caplog.text)
    api.revoked = False
    await empty(gateway)
    assert api.texts() == ["hello"]
    assert api.token not in caplog.text


async def test_killed_while_sending_nothing_comes_twice_and_nothing_unsent_is_lost(api: BotApi, gateway: Any) -> None:
    await gateway.start(pace=fast())
    await gateway.reply("tg:8", answer("before"))
    await api.got(1)
    api.tell("sendMessage", slow=3.0, only=lambda p: p["chat_id"] == 7)
    await gateway.reply("tg:7", answer("\n".join(["a" * 3000, "b" * 3000])))
    await gateway.reply("tg:7", answer("later"))
    await api.until(lambda: api.texts(7))
    await gateway.kill()
    await gateway.start(pace=fast())
    await empty(gateway)
    assert [text[0] for text in api.texts(7)] == ["a", "b", "l"]
    assert api.texts(8) == ["before"]


async def test_an_uncertain_reply_whose_sending_had_not_reached_the_network_is_sent(api: BotApi, gateway: Any, redis: Any) -> None:  # fmt: skip
    await gateway.reply("tg:7", answer("hello"), name="r1")
    place = (await redis.xrange("qta:outbox:telegram"))[0][0]
    await redis.hset("qta:sending:telegram", place, "somebody")
    await gateway.start()
    await empty(gateway)
    assert api.texts() == ["hello"]


async def test_an_uncertain_reply_that_had_begun_is_not_sent(api: BotApi, gateway: Any, redis: Any) -> None:
    await gateway.reply("tg:7", answer("hello"), name="r1")
    place = (await redis.xrange("qta:outbox:telegram"))[0][0]
    await redis.hset("qta:sending:telegram", place, "somebody")
    await redis.set("qta:telegram:sent:r1", "0!")
    await gateway.start()
    await empty(gateway)
    assert not api.messages


async def test_the_end_waits_for_what_is_under_way(api: BotApi, gateway: Any) -> None:
    await gateway.start(pace=fast())
    api.tell("sendMessage", slow=0.5)
    await gateway.reply("tg:7", answer("hello"))
    await api.until(lambda: api.of("sendMessage"))
    await gateway.stop()
    assert await gateway.outbox.length("telegram") == 0


async def test_when_all_was_deleted_the_language_is_forgotten_too(api: BotApi, gateway: Any) -> None:
    channel = await gateway.start(pace=fast())
    await gateway.reply("tg:7", answer("你好", language="zh-Hans"))
    await empty(gateway)
    assert await channel.memory.language("tg:7") == "zh-Hans"
    await gateway.reply("tg:7", answer("删了", language="zh-Hans", forgotten=True))
    await empty(gateway)
    assert await channel.memory.language("tg:7") is None


@pytest.mark.parametrize("method", ["begin", "reached", "set_language", "progress"])
async def test_redis_away_in_the_middle_of_sending_doubles_and_loses_nothing(
    api: BotApi, gateway: Any, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr(sender_module, "REDIS_AWAY", 0.1)
    channel = await gateway.start(pace=fast())
    real, failures = getattr(channel.memory, method), [1, 1]

    async def sometimes(*values: Any) -> Any:
        if failures:
            failures.pop()
            raise StoreUnavailable("as told")
        return await real(*values)

    monkeypatch.setattr(channel.memory, method, sometimes)
    await gateway.reply("tg:7", answer("\n".join(["a" * 3000, "b" * 3000])))
    await gateway.reply("tg:7", answer("c"))
    await empty(gateway)
    assert [text[0] for text in api.texts(7)] == ["a", "b", "c"]


async def test_a_reply_that_breaks_us_holds_up_nothing(
    api: BotApi, gateway: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sender_module.steps

    def steps(reply: Outgoing) -> Any:
        if reply.answer.text == "bad":
            raise RuntimeError("as told")
        return real(reply)

    monkeypatch.setattr(sender_module, "steps", steps)
    await gateway.start(pace=fast())
    await gateway.reply("tg:7", answer("bad"))
    await gateway.reply("tg:7", answer("good"))
    await empty(gateway)
    assert api.texts() == ["good"]


async def test_logs_hold_no_words(api: BotApi, gateway: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await gateway.start(pace=fast())
    for how in ({"status": 400}, {"status": 500}, {"status": 403}, {"raw": b"{secret words"}, {"drop": "before"}):
        api.tell("sendMessage", **how, times=2)
    for chat in range(6):
        await gateway.reply(f"tg:{chat + 1}", answer("secret words"))
    await empty(gateway)
    assert "secret words" not in caplog.text
    assert api.token not in caplog.text
    assert api.token.partition(":")[2] not in caplog.text


async def test_five_hundred_messages_in_fifty_chats_with_troubles(api: BotApi, gateway: Any) -> None:
    await gateway.start(pace=fast())
    api.tell("sendMessage", status=500, times=20, only=lambda p: p["chat_id"] % 3 == 0)
    api.tell("sendMessage", status=429, parameters={"retry_after": 1}, times=20, only=lambda p: p["chat_id"] % 3 == 1)
    api.tell("getUpdates", status=502, times=2)
    for number in range(10):
        for chat in range(1, 51):
            api.say(f"{number}", user=chat)
    await api.got(500, seconds=30)
    await empty(gateway)
    for chat in range(1, 51):
        assert api.texts(chat) == [f"heard {number}" for number in range(10)]
